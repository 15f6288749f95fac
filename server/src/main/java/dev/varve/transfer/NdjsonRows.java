package dev.varve.transfer;

import dev.varve.kernel.FieldError;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.schema.Field;
import dev.varve.schema.RelationType;
import dev.varve.schema.ScalarType;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads a JSON object from each line; lines without text are left out.
final class NdjsonRows implements Rows {
  private final Columns columns;
  private final LineReader lines;

  private NdjsonRows(Columns columns, LineReader lines) {
    this.columns = columns;
    this.lines = lines;
  }

  static NdjsonRows open(Path file, Layout layout, Columns columns) throws IOException {
    return new NdjsonRows(columns, new LineReader(CountedInput.open(file, layout.encoding())));
  }

  /// The names in the first object. What is wrong with the first line is said when it is imported.
  static List<String> columnNames(Path file, Layout layout) throws IOException {
    try (LineReader lines = new LineReader(CountedInput.open(file, layout.encoding()))) {
      byte[] first = lines.next();
      return first != null && Json.read(first) instanceof Map<?, ?> members
          ? members.keySet().stream().map(String::valueOf).toList()
          : List.of();
    } catch (Problem _) {
      return List.of();
    }
  }

  @Override
  public @Nullable SourceRow next() throws IOException {
    byte[] line = lines.next();
    if (line == null) {
      return null;
    }
    try {
      return Json.read(line) instanceof Map<?, ?> members
          ? row(members)
          : SourceRow.wrong(lines.number(), "must be a JSON object with the fields of a record");
    } catch (Problem problem) {
      return SourceRow.wrong(lines.number(), JsonLine.reason(problem));
    }
  }

  private SourceRow row(Map<?, ?> members) {
    RowBuilder builder = new RowBuilder(lines.number());
    Map<String, ColumnTarget.To> taken = new HashMap<>();
    members.forEach((key, value) -> {
      String name = String.valueOf(key);
      switch (columns.match(name)) {
        case ColumnMatcher.Match.Mistake(String message) ->
            builder.errors().add(new FieldError("", message));
        case ColumnMatcher.Match.Found(ColumnTarget.To to) -> {
          ColumnTarget.To other = taken.putIfAbsent(to.field().name(), to);
          if (other == null || (isMember(other) && isMember(to))) {
            builder.put(to, plain(to.last(), value));
          } else {
            builder.errors().add(new FieldError(to.field().name(), "is given more than once"));
          }
        }
        case ColumnMatcher.Match.Found(ColumnTarget.Kept _) -> {}
        case ColumnMatcher.Match.Found(ColumnTarget.Skip _) -> {}
      }
    });
    return builder.row();
  }

  private static boolean isMember(ColumnTarget.To to) {
    return to.path().size() > 1;
  }

  /// Databases number their records; here ids are text.
  private static @Nullable Object plain(Field field, @Nullable Object value) {
    boolean id = field.type() == ScalarType.ID || field.type() instanceof RelationType;
    return switch (value) {
      case Long number when id -> number.toString();
      case BigDecimal number when id -> number.toPlainString();
      case null -> null;
      case Object other -> other;
    };
  }

  @Override
  public long bytesRead() {
    return lines.bytesRead();
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
