package dev.varve.transfer;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import dev.varve.schema.Field;
import dev.varve.schema.ScalarType;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads CSV (RFC 4180) with a header, in UTF-8.
///
/// An empty cell is an absent value; a text field tells it from `""`, which is the empty text.
final class CsvRows implements Rows {
  private final CountedInput input;
  private final CsvReader<Line> reader;
  private final Iterator<Line> lines;
  private final List<String> header;
  private final List<Target> targets = new ArrayList<>();
  private long lastLine;
  private boolean ended;

  private CsvRows(Path file) throws IOException {
    this.input = CountedInput.open(file);
    InputStreamReader text =
        new InputStreamReader(input.withoutMark(), StandardCharsets.UTF_8.newDecoder());
    this.reader =
        CsvReader.builder()
            .skipEmptyLines(true)
            .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
            .build(new LineHandler(), text);
    this.lines = reader.iterator();
    try {
      this.header = header();
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  static CsvRows open(Path file, Columns columns) throws IOException {
    CsvRows rows = new CsvRows(file);
    for (String name : rows.header) {
      if (columns.match(name) instanceof ColumnMatcher.Match.Found(Target target)) {
        rows.targets.add(target);
      } else {
        rows.close();
        throw new UnreadableFileException("the file was changed while it was read");
      }
    }
    return rows;
  }

  static List<String> columnNames(Path file) throws IOException {
    try (CsvRows rows = new CsvRows(file)) {
      return rows.header;
    }
  }

  /// One line, or several when a cell has line breaks.
  ///
  /// @param cells null where empty
  private record Line(long number, List<@Nullable String> cells) {}

  private static final class LineHandler extends AbstractBaseCsvCallbackHandler<Line> {
    private List<@Nullable String> cells = new ArrayList<>();

    @Override
    protected void handleBegin(long startingLineNumber) {
      cells = new ArrayList<>();
    }

    @Override
    protected void handleField(int index, char[] buffer, int offset, int length, boolean quoted) {
      cells.add(length == 0 && !quoted ? null : new String(buffer, offset, length));
    }

    @Override
    protected Line buildRecord() {
      return new Line(getStartingLineNumber(), cells);
    }
  }

  private List<String> header() throws IOException {
    Line first = nextLine();
    if (first == null) {
      throw new UnreadableFileException(
          "the file is empty: its first line must name the columns, separated by commas");
    }
    return first.cells().stream().map(cell -> cell == null ? "" : cell.strip()).toList();
  }

  private @Nullable Line nextLine() throws IOException {
    try {
      if (!lines.hasNext()) {
        return null;
      }
      Line line = lines.next();
      lastLine = line.number();
      return line;
    } catch (UncheckedIOException e) {
      throw e.getCause() instanceof CharacterCodingException
          ? new UnreadableFileException(
              "the text is not UTF-8 somewhere after line %d: convert the file first"
                  .formatted(lastLine))
          : e.getCause();
    } catch (CsvParseException e) {
      throw new UnreadableFileException(
          "the text after line %d is not CSV: a quote may be open, or a cell too large"
              .formatted(lastLine));
    }
  }

  @Override
  public @Nullable Row next() throws IOException {
    Line line = ended ? null : nextLine();
    if (line == null) {
      ended = true;
      return null;
    }
    if (line.cells().size() != header.size()) {
      return Row.wrong(
          line.number(),
          "has %d cells, but the header has %d".formatted(line.cells().size(), header.size()));
    }
    return row(line);
  }

  private Row row(Line line) {
    RowBuilder builder = new RowBuilder(line.number());
    for (int i = 0; i < header.size(); i++) {
      if (targets.get(i) instanceof Target.To to) {
        String cell = line.cells().get(i);
        if (cell != null && !isEmpty(to.last(), cell)) {
          builder.put(to, CellReader.plain(to.last(), cell, to.text(), builder.errors()));
        }
      }
    }
    for (Target target : targets) {
      if (target instanceof Target.To to && !isId(to)) {
        builder.putEmpty(to.field());
      }
    }
    return builder.row();
  }

  private static boolean isId(Target.To to) {
    return to.field().system();
  }

  private static boolean isEmpty(Field field, String cell) {
    boolean text = field.type() == ScalarType.STRING && !field.list();
    return !text && cell.isBlank();
  }

  @Override
  public long bytesRead() {
    return input.bytes();
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
