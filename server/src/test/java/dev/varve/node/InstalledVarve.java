package dev.varve.node;

import dev.varve.Main;
import dev.varve.command.AppFolder;
import dev.varve.command.UserCommand;
import dev.varve.kernel.UserMistake;
import dev.varve.store.sql.sqlite.EmptyDatabase;
import dev.varve.store.state.SchemaRefused;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/// Varve as a reader of its documentation has it: commands, and a server on a free port.
public final class InstalledVarve implements AutoCloseable {
  private final App app;
  private final AppFolder folder;

  private InstalledVarve(App app, AppFolder folder) {
    this.app = app;
    this.folder = folder;
  }

  /// What a command said, and how it ended.
  public record Said(int exitCode, String text) {}

  /// Every command by its name, with the names of its options.
  public static Map<String, List<String>> commands() {
    Map<String, List<String>> commands = new java.util.TreeMap<>();
    Main.commandLine()
        .getSubcommands()
        .forEach((name, command) -> {
          if (!command.getCommandSpec().usageMessage().hidden()) {
            commands.put(
                name,
                command.getCommandSpec().options().stream()
                    .map(option -> option.longestName())
                    .toList());
          }
        });
    return commands;
  }

  /// Refuses words that are no command.
  public static void parse(List<String> words) {
    String[] arguments = words.toArray(String[]::new);
    Main.commandLine(arguments).parseArgs(arguments);
  }

  /// Runs a command that comes to an end by itself.
  public static Said run(List<String> words) {
    return run(Map.of(), words);
  }

  /// The same with variables of the environment.
  public static Said run(Map<String, String> environment, List<String> words) {
    StringWriter text = new StringWriter();
    String[] arguments = words.toArray(String[]::new);
    CommandLine command = Main.commandLine(arguments);
    for (CommandLine one : command.getSubcommands().values()) {
      if (one.getCommandSpec().userObject() instanceof UserCommand user) {
        user.environment(environment);
      }
    }
    command.setOut(new PrintWriter(text, true));
    command.setErr(new PrintWriter(text, true));
    int exitCode = command.execute(arguments);
    return new Said(exitCode, text.toString());
  }

  /// Settings as `varve.yaml` in the folder has them.
  public static void readSettings(Path folder) {
    Settings.read(folder, Map.of());
  }

  /// Serves an application on a free port, whatever the command says about it.
  ///
  /// @param words of a `dev` or `serve` command
  /// @throws Refused when the schema is wrong, or does not fit the data
  public static InstalledVarve serve(List<String> words) {
    return serve(words, 0);
  }

  /// @param port at which it is to be found
  public static InstalledVarve serve(List<String> words, int port) {
    return serve(words, port, System.getenv());
  }

  /// @param environment where its secrets come from
  public static InstalledVarve serve(
      List<String> words, int port, Map<String, String> environment) {
    AppFolder folder = new AppFolder();
    new CommandLine(folder)
        .setUnmatchedArgumentsAllowed(true)
        .parseArgs(words.subList(1, words.size()).toArray(String[]::new));
    try {
      AppFolder.LoadedSchema loaded = folder.schema();
      Settings settings = Settings.read(folder.folder(), Map.of());
      if (settings.database().isFile()) {
        EmptyDatabase.into(folder.data());
      }
      boolean development = words.getFirst().equals("dev");
      Settings anywhere = settings.with(settings.http().at("127.0.0.1", port));
      App.Start usual =
          development ? App.Start.development(folder.folder()) : App.Start.production();
      App.Start start = new App.Start(usual.development(), usual.samples(), environment);
      App app =
          App.start(
              start,
              development ? anywhere.forDevelopment() : anywhere,
              folder.data(),
              loaded.schema(),
              loaded.access(),
              Clock.systemUTC());
      return new InstalledVarve(app, folder);
    } catch (UserMistake | SchemaRefused e) {
      throw new Refused(String.valueOf(e.getMessage()));
    }
  }

  /// The application cannot be served so.
  public static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  public int port() {
    return app.port();
  }

  /// Serves the schema file anew, as `varve dev` does when it is saved.
  ///
  /// @throws Refused when it is wrong, or does not fit the data; the schema before is served on
  public void reload() {
    try {
      AppFolder.LoadedSchema loaded = folder.schema();
      app.reload(loaded.schema(), loaded.access());
    } catch (UserMistake | SchemaRefused e) {
      throw new Refused(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {
    app.close();
  }
}
