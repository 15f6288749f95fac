package dev.varve.command;

import dev.varve.kernel.UserMistake;
import dev.varve.lane.access.Access;
import dev.varve.lane.access.RulesResult;
import dev.varve.schema.Schema;
import dev.varve.schema.sdl.Mistake;
import dev.varve.schema.sdl.ParseResult;
import dev.varve.schema.sdl.SchemaParser;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The application that a command works on: a folder with a schema, settings and data.
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class AppFolder {
  static final String SCHEMA = "schema.graphql";

  @Parameters(
      index = "0",
      paramLabel = "APP",
      description = "The folder of the application: the one that holds schema.graphql.")
  private Path folder;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where the data are kept. By default in APP/.varve.")
  private @Nullable Path data;

  /// A schema that is right, with its rules compiled.
  public record LoadedSchema(Schema schema, Access access) {}

  /// An application that no command line names.
  static AppFolder at(Path folder) {
    return at(folder, null);
  }

  /// The same.
  ///
  /// @param data where the data are kept, if that is said
  static AppFolder at(Path folder, @Nullable Path data) {
    AppFolder app = new AppFolder();
    app.folder = folder;
    app.data = data;
    return app;
  }

  public Path folder() {
    return folder;
  }

  Path schemaFile() {
    return folder.resolve(SCHEMA);
  }

  public Path data() {
    return Optional.ofNullable(data).orElse(folder.resolve(".varve"));
  }

  /// Whether the command line says where the data are.
  boolean isDataNamed() {
    return data != null;
  }

  /// Reads the schema file.
  ///
  /// @throws UserMistake with every mistake in it
  public LoadedSchema schema() {
    String text = text();
    return switch (SchemaParser.parse(schemaFile().toString(), text)) {
      case ParseResult.Rejected rejected ->
          throw new UserMistake(mistakes(rejected.mistakes().stream().map(Mistake::text).toList()));
      case ParseResult.Parsed parsed -> compiled(parsed.schema());
    };
  }

  private LoadedSchema compiled(Schema schema) {
    return switch (Access.compile(schema)) {
      case RulesResult.Compiled compiled -> new LoadedSchema(schema, compiled.access());
      case RulesResult.Rejected rejected ->
          throw new UserMistake(
              mistakes(
                  rejected.mistakes().stream()
                      .map(mistake ->
                          "%s:%d:%d: %s"
                              .formatted(
                                  schemaFile(),
                                  mistake.location().line(),
                                  mistake.location().column(),
                                  mistake.message()))
                      .toList()));
    };
  }

  private static List<String> mistakes(List<String> mistakes) {
    List<String> lines = new ArrayList<>(mistakes);
    lines.add(mistakes.size() == 1 ? "1 mistake" : mistakes.size() + " mistakes");
    return lines;
  }

  private String text() {
    try {
      return Files.readString(schemaFile());
    } catch (NoSuchFileException e) {
      throw new UserMistake(
          List.of(
              "There is no %s. Name the folder that holds it, or make one with `varve new DIR`"
                  .formatted(schemaFile())));
    } catch (MalformedInputException e) {
      throw new UserMistake(List.of(schemaFile() + " is not UTF-8 text"));
    } catch (IOException e) {
      throw new UserMistake(
          List.of("%s cannot be read: %s".formatted(schemaFile(), e.getMessage())));
    }
  }
}
