package dev.varve.transfer;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import dev.varve.schema.Field;
import dev.varve.schema.ScalarType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reads CSV (RFC 4180) with a header.
///
/// An empty cell is an absent value; a text field tells it from `""`, which is the empty text.
final class CsvRows implements Rows {
  // a cell is held in memory as a whole, and no record may be larger
  private static final int CELL_CHARS_MAX = 8 * 1024 * 1024;
  private static final String QUOTES =
      "close each cell that begins with a quote, and write quotes that are part of a text twice";

  private final CountedInput input;
  private final DecodedText text;
  private final LineHandler handler;
  private final CsvReader<Line> reader;
  private final Iterator<Line> lines;
  private final List<String> header = new ArrayList<>();
  private final List<ColumnTarget> targets = new ArrayList<>();
  private boolean ended;

  private CsvRows(Path file, Layout layout) throws IOException {
    this.input = CountedInput.open(file, layout.encoding());
    this.text = new DecodedText(input);
    this.handler = new LineHandler(text);
    this.reader =
        CsvReader.builder()
            .fieldSeparator(layout.separator().orElseThrow())
            .skipEmptyLines(true)
            .allowUnclosedQuote(false)
            .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
            // larger than what is refused here
            .maxBufferSize(2 * CELL_CHARS_MAX)
            .build(handler, text);
    this.lines = reader.iterator();
    try {
      header.addAll(header());
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  static CsvRows open(Path file, Layout layout, Columns columns) throws IOException {
    CsvRows rows = new CsvRows(file, layout);
    for (String name : rows.header) {
      if (columns.match(name) instanceof ColumnMatcher.Match.Found(ColumnTarget target)) {
        rows.targets.add(target);
      } else {
        rows.close();
        throw new UnreadableFileException("the file was changed while it was read");
      }
    }
    return rows;
  }

  static List<String> columnNames(Path file, Layout layout) throws IOException {
    try (CsvRows rows = new CsvRows(file, layout)) {
      return List.copyOf(rows.header);
    }
  }

  /// One line, or several when a cell has line breaks.
  ///
  /// @param cells null where empty
  private record Line(long number, List<@Nullable String> cells) {}

  private static final class LineHandler extends AbstractBaseCsvCallbackHandler<Line> {
    private final DecodedText text;
    private List<@Nullable String> cells = new ArrayList<>();

    LineHandler(DecodedText text) {
      this.text = text;
    }

    @Override
    protected void handleBegin(long startingLineNumber) {
      cells = new ArrayList<>(cells.size());
      text.limit(CELL_CHARS_MAX);
    }

    @Override
    protected void handleField(int index, char[] buffer, int offset, int length, boolean quoted) {
      cells.add(length == 0 && !quoted ? null : new String(buffer, offset, length));
      text.limit(CELL_CHARS_MAX);
    }

    @Override
    protected Line buildRecord() {
      return new Line(getStartingLineNumber(), cells);
    }

    /// The line in which the cell begins that is read now.
    long cellLine() {
      return getStartingLineNumber()
          + cells.stream().filter(Objects::nonNull).mapToLong(LineHandler::lineBreaks).sum();
    }

    private static long lineBreaks(String cell) {
      // what follows the last break is a line too, so one that is empty must not be left out
      return (cell + "|").lines().count() - 1;
    }

    /// The number of the cell that is read now, from 0.
    int cell() {
      return cells.size();
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
      return lines.hasNext() ? lines.next() : null;
    } catch (UncheckedIOException e) {
      throw e.getCause() instanceof DecodedText.BeyondLimitException
          ? wrongCell(
              "%s is larger than %,d characters, or its quote is never closed"
                  .formatted(cell(), CELL_CHARS_MAX))
          : e.getCause();
    } catch (CsvParseException _) {
      throw text.exhausted()
          ? wrongCell("a quote is opened in %s and never closed".formatted(cell()))
          : wrongCell("%s goes on after its closing quote".formatted(cell()));
    }
  }

  private UnreadableFileException wrongCell(String what) {
    return new UnreadableFileException(handler.cellLine(), what + ": " + QUOTES);
  }

  private String cell() {
    int cell = handler.cell();
    return cell < header.size() ? "the cell of '" + header.get(cell) + "'" : "cell " + (cell + 1);
  }

  @Override
  public @Nullable SourceRow next() throws IOException {
    Line line = ended ? null : nextLine();
    if (line == null) {
      ended = true;
      return null;
    }
    if (line.cells().size() != header.size()) {
      return SourceRow.wrong(
          line.number(),
          "has %d cells, but the header has %d".formatted(line.cells().size(), header.size()));
    }
    return row(line);
  }

  private SourceRow row(Line line) {
    RowBuilder builder = new RowBuilder(line.number());
    for (int i = 0; i < targets.size(); i++) {
      if (targets.get(i) instanceof ColumnTarget.To to) {
        String cell = line.cells().get(i);
        if (cell != null && !isEmpty(to.last(), cell)) {
          builder.put(to, CellReader.plain(to, cell, builder.errors()));
        }
      }
    }
    for (ColumnTarget target : targets) {
      // the id of a record is made where it has none
      if (target instanceof ColumnTarget.To to && !to.field().system()) {
        builder.putEmpty(to.field());
      }
    }
    return builder.row();
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
