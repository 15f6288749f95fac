package dev.varve;

import dev.varve.command.AccessCommand;
import dev.varve.command.ApplyCommand;
import dev.varve.command.CheckCommand;
import dev.varve.command.ClientCommand;
import dev.varve.command.CopyCommand;
import dev.varve.command.DevCommand;
import dev.varve.command.ExportCommand;
import dev.varve.command.GatewayCommand;
import dev.varve.command.IdleHeap;
import dev.varve.command.ImportCommand;
import dev.varve.command.KeysCommand;
import dev.varve.command.LogCommand;
import dev.varve.command.LogLines;
import dev.varve.command.NewCommand;
import dev.varve.command.NodesCommand;
import dev.varve.command.PlanCommand;
import dev.varve.command.RebuildCommand;
import dev.varve.command.RehearseCommand;
import dev.varve.command.ReloadCommand;
import dev.varve.command.ServeCommand;
import dev.varve.command.UserCommand;
import dev.varve.command.VerifyCommand;
import dev.varve.identity.token.UnusableSecret;
import dev.varve.kernel.Problem;
import dev.varve.kernel.UserMistake;
import dev.varve.net.edge.HttpServer;
import dev.varve.store.log.DamagedLogException;
import dev.varve.store.sql.DataFolder;
import dev.varve.store.sql.StorageException;
import dev.varve.store.state.SchemaRefused;
import dev.varve.telemetry.LogSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.logging.LogManager;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/// The command line.
@Command(
    name = "varve",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT, // every command has --help
    versionProvider = Main.Version.class,
    description =
        "The backend under an application, from one schema file: REST and GraphQL over every model, accounts and access rules, a feed of every change, and every read as of any moment.",
    footer = {
      "",
      "Start here:  varve new todo, then varve dev todo",
      "Help on one command:  varve dev --help"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class Main implements Runnable {
  private static final int REFUSED = 1;
  private static final int MISUSED = 2;

  // in the order in which help lists them
  private static final List<Class<?>> COMMANDS =
      List.of(
          NewCommand.class,
          CheckCommand.class,
          PlanCommand.class,
          ApplyCommand.class,
          AccessCommand.class,
          GatewayCommand.class,
          DevCommand.class,
          ServeCommand.class,
          ReloadCommand.class,
          NodesCommand.class,
          UserCommand.class,
          ClientCommand.class,
          KeysCommand.class,
          ImportCommand.class,
          ExportCommand.class,
          LogCommand.class,
          VerifyCommand.class,
          RebuildCommand.class,
          CopyCommand.class,
          RehearseCommand.class);

  @Spec private CommandSpec spec;

  public static void main(String[] args) {
    quietLogs();
    LogLines.follow(LogSettings.DEFAULT);
    IdleHeap.watch();
    System.exit(commandLine(args).execute(args));
  }

  /// The command line for these words: with the command that they begin with, or with all of them where that is none. To read what all
  /// commands take is a good part of a start.
  public static CommandLine commandLine(String... args) {
    CommandLine line = new CommandLine(new Main());
    List<Class<?>> named =
        COMMANDS.stream()
            .filter(command -> args.length > 0 && name(command).equals(args[0]))
            .toList();
    (named.isEmpty() ? COMMANDS : named).forEach(line::addSubcommand);
    return line.setUsageHelpAutoWidth(true)
        .setParameterExceptionHandler(Main::misused)
        .setExecutionExceptionHandler(Main::refused);
  }

  private static String name(Class<?> command) {
    return command.getAnnotation(Command.class).name();
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Name a command");
  }

  private static int misused(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(e.getMessage());
    UnmatchedArgumentException.printSuggestions(e, err);
    err.printf("Help:  %s --help%n", command.getCommandSpec().qualifiedName());
    err.flush();
    return MISUSED;
  }

  private static int refused(Exception e, CommandLine command, @Nullable ParseResult parsed)
      throws Exception {
    String message =
        switch (e) {
          case UserMistake refused -> refused.getMessage();
          case SchemaRefused refused -> refused.getMessage();
          case Problem problem -> problem.getMessage();
          case HttpServer.CannotListen cannotListen -> cannotListen.getMessage();
          case DataFolder.InUse inUse -> inUse.getMessage();
          case UnusableSecret unusable -> unusable.getMessage();
          case StorageException storage -> storage.getMessage();
          case DamagedLogException damaged ->
              damaged.getMessage() + ". Look it over with `varve verify`, and restore a backup";
          case UncheckedIOException io -> "%s: %s".formatted(io.getMessage(), io.getCause());
          default -> throw e;
        };
    command.getErr().println(message);
    command.getErr().flush();
    return REFUSED;
  }

  private static void quietLogs() {
    try (InputStream properties = Main.class.getResourceAsStream("logging.properties")) {
      LogManager.getLogManager().readConfiguration(properties);
    } catch (IOException e) {
      throw new UncheckedIOException("The logging configuration in the jar cannot be read", e);
    }
  }

  /// The version of the jar.
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"varve " + (version == null ? "from class files" : version)};
    }
  }
}
