package dev.varve.transfer;

import dev.varve.kernel.Nearest;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Which files are imported, in what order, and which field each of their columns goes to: found right
/// before anything is written.
public final class ImportPlan {
  private final List<Planned> files;

  private ImportPlan(List<Planned> files) {
    this.files = List.copyOf(files);
  }

  /// A file and its columns.
  ///
  /// @param layout how it is written
  record Planned(ImportFile file, Layout layout, Columns columns) {}

  /// What became of the arguments of an import.
  public sealed interface Result {
    /// All of it can be read.
    record Ready(ImportPlan plan) implements Result {}

    /// Something cannot be read.
    ///
    /// @param mistakes all of them
    record Rejected(List<String> mistakes) implements Result {
      public Rejected {
        mistakes = List.copyOf(mistakes);
      }
    }
  }

  /// Reads arguments such as `Track=Track.csv`.
  ///
  public static Result of(Schema schema, List<String> arguments, ImportOptions options) {
    List<String> mistakes = new ArrayList<>();
    List<ImportFile> files =
        arguments.stream().flatMap(argument -> file(schema, argument, mistakes).stream()).toList();
    return plan(schema, files, options, mistakes);
  }

  /// Takes every CSV and NDJSON file of a folder, named by model: `Order.ndjson`.
  public static Result ofFolder(Schema schema, Path folder) {
    List<String> mistakes = new ArrayList<>();
    try (Stream<Path> entries = Files.list(folder)) {
      List<ImportFile> files =
          entries
              .sorted()
              .filter(path -> Format.of(path).isPresent())
              .flatMap(path -> file(schema, stem(path), path, mistakes).stream())
              .toList();
      return plan(schema, files, ImportOptions.NONE, mistakes);
    } catch (IOException e) {
      return new Result.Rejected(List.of(folder + ": cannot be listed (" + e + ")"));
    }
  }

  private static String stem(Path path) {
    String name = String.valueOf(path.getFileName());
    return name.substring(0, name.lastIndexOf('.'));
  }

  private static Optional<ImportFile> file(Schema schema, String argument, List<String> mistakes) {
    int equals = argument.indexOf('=');
    if (equals < 1 || equals == argument.length() - 1) {
      mistakes.add(
          "%s: write Model=FILE, such as %s=%2$s.csv"
              .formatted(argument, schema.models().getFirst().name()));
      return Optional.empty();
    }
    return file(
        schema, argument.substring(0, equals), Path.of(argument.substring(equals + 1)), mistakes);
  }

  private static Optional<ImportFile> file(
      Schema schema, String name, Path path, List<String> mistakes) {
    Optional<Model> model = schema.model(name);
    Optional<Format> format = Format.of(path);
    if (model.isEmpty()) {
      List<String> known = schema.models().stream().map(Model::name).toList();
      mistakes.add(
          "%s: the schema has no model '%s'.%s"
              .formatted(path.getFileName(), name, Nearest.hint(name, known)));
    }
    if (format.isEmpty()) {
      mistakes.add(
          "%s: the name must end in .csv, .ndjson or .jsonl, which says how to read it"
              .formatted(path.getFileName()));
    }
    return model.flatMap(known -> format.map(ending -> new ImportFile(known, path, ending)));
  }

  private static Result plan(
      Schema schema, List<ImportFile> files, ImportOptions options, List<String> mistakes) {
    ColumnNames names = ColumnNames.read(schema, options.columns(), mistakes);
    Layout layout = Layout.read(options.encoding(), options.separator(), mistakes);
    List<Planned> planned = new ArrayList<>();
    List<ColumnNames.Header> headers = new ArrayList<>();
    for (ImportFile file : LoadOrder.of(files)) {
      Columns columns = new Columns(new ColumnMatcher(file.model(), names));
      Header header = header(file, layout, columns, mistakes);
      columns.add(header.columns()).forEach(mistake -> mistakes.add(file.name() + ": " + mistake));
      planned.add(new Planned(file, header.layout(), columns));
      headers.add(
          new ColumnNames.Header(file.model(), header.columns(), file.format() == Format.NDJSON));
    }
    if (mistakes.isEmpty()) {
      names.refuseUnused(headers, mistakes);
    }
    return mistakes.isEmpty()
        ? new Result.Ready(new ImportPlan(planned))
        : new Result.Rejected(mistakes);
  }

  private static Header header(
      ImportFile file, Layout layout, Columns columns, List<String> mistakes) {
    try {
      return Header.of(
          file, layout, name -> columns.match(name) instanceof ColumnMatcher.Match.Found);
    } catch (NoSuchFileException _) {
      mistakes.add(file.path() + ": there is no such file");
    } catch (UnreadableFileException e) {
      mistakes.add(e.text(file.name()));
    } catch (IOException e) {
      mistakes.add(file.path() + ": cannot be read (" + e + ")");
    }
    return Header.none(layout);
  }

  List<Planned> files() {
    return files;
  }

  /// What to tell before it starts: columns that Varve sets itself and that are left out therefore.
  public List<String> notes() {
    return files.stream()
        .filter(planned -> !planned.columns().kept().isEmpty())
        .map(planned ->
            "%s: %s left out, because Varve sets %s itself"
                .formatted(
                    planned.file().name(),
                    String.join(", ", planned.columns().kept()),
                    planned.columns().kept().size() == 1 ? "it" : "them"))
        .toList();
  }
}
