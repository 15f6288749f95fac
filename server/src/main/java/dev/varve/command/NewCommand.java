package dev.varve.command;

import dev.varve.kernel.UserMistake;
import dev.varve.node.Settings;
import dev.varve.schema.sdl.SchemaParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `varve new`: a small application to start from.
@Command(
    name = "new",
    description = "Makes a small application to start from.",
    footer = {
      "",
      "It holds a schema that explains itself, its settings, a page and a few records. Nothing that",
      "is there already is overwritten.",
      "",
      "Example:",
      "  varve new todo",
      "  varve dev todo"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class NewCommand implements Callable<Integer> {
  // stands in Markdown and in HTML
  private static final Pattern PLAIN = Pattern.compile("[<>&\"']");

  @Parameters(index = "0", paramLabel = "DIR", description = "The folder to make.")
  private Path folder;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    refuseWhatIsThere();
    Files.createDirectories(folder.resolve("seed"));
    write(AppFolder.SCHEMA, starter("schema.graphql"));
    write(Settings.FILE, settings());
    write("README.md", named("README.md").replace("{dir}", folder.toString()));
    Files.createDirectories(folder.resolve("public"));
    write("public/index.html", named("public/index.html"));
    write("public/style.css", starter("public/style.css"));
    write("public/app.js", starter("public/app.js"));
    write(".gitignore", starter("gitignore"));
    write(".graphqlrc.yml", starter("graphqlrc.yml"));
    write("directives.graphql", text(SchemaParser.class, "directives.graphql"));
    write("seed/Project.ndjson", starter("seed/Project.ndjson"));
    write("seed/Task.ndjson", starter("seed/Task.ndjson"));
    PrintWriter out = spec.commandLine().getOut();
    out.printf("Made %s. Next:%n%n", folder);
    out.printf("  varve dev %s%n", folder);
    out.flush();
    return 0;
  }

  private void refuseWhatIsThere() throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      Optional<Path> first = files.sorted().findFirst();
      if (first.isPresent()) {
        throw new UserMistake(
            List.of(
                "%s is not empty (it holds %s). Name a folder that does not exist yet"
                    .formatted(folder, first.get().getFileName())));
      }
    } catch (NotDirectoryException e) {
      throw new UserMistake(
          List.of("%s is a file. Name a folder that does not exist yet".formatted(folder)));
    }
  }

  /// All at their defaults, but that there are pages.
  private static String settings() {
    return Settings.reference()
        .commentedFile()
        .replace("# files: []\n", "files:\n  - path: /\n    directory: public\n    spa: true\n");
  }

  /// A text with the name of the application in it, which is that of its folder.
  private String named(String file) {
    Path name = folder.toAbsolutePath().normalize().getFileName();
    return starter(file)
        .replace(
            "{name}",
            name == null ? "An application" : PLAIN.matcher(name.toString()).replaceAll("-"));
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
  }

  private static String starter(String file) {
    return text(NewCommand.class, "starter/" + file);
  }

  private static String text(Class<?> beside, String resource) {
    try (InputStream in = beside.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("The jar lacks " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("The jar cannot be read", e);
    }
  }
}
