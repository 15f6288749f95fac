package dev.varve.transfer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/// What a file says of its columns before its records are read.
///
/// @param columns their names, as they are written
/// @param layout by which they were read
record Header(List<String> columns, Layout layout) {
  Header {
    columns = List.copyOf(columns);
  }

  static Header none(Layout layout) {
    return new Header(List.of(), layout);
  }

  /// Reads the names in the first line of a CSV file, or those in the first object of an NDJSON file. Of the
  /// separators that CSV may have, it is the one by which the most columns are known, then the one that makes the
  /// most columns.
  ///
  /// @param known whether a column of that name can be read
  /// @throws UnreadableFileException when a CSV file has no header
  static Header of(ImportFile file, Layout layout, Predicate<String> known) throws IOException {
    return switch (file.format()) {
      case NDJSON -> new Header(NdjsonRows.columnNames(file.path(), layout), layout);
      case CSV -> ofCsv(file.path(), layout, known);
    };
  }

  private static Header ofCsv(Path file, Layout layout, Predicate<String> known)
      throws IOException {
    List<Header> possible = new ArrayList<>();
    List<UnreadableFileException> wrong = new ArrayList<>();
    for (char separator : layout.candidates()) {
      Layout candidate = layout.separatedBy(separator);
      try {
        possible.add(new Header(CsvRows.columnNames(file, candidate), candidate));
      } catch (UnreadableFileException e) {
        // what is in quotes may end where another separator follows
        wrong.add(e);
      }
    }
    Header best =
        possible.stream()
            // the first of equals, so the usual one
            .min(
                Comparator.comparingLong((Header header) -> -header.knownCount(known))
                    .thenComparingInt(header -> -header.columns().size()))
            .orElse(none(layout));
    // one column may be all that is left of a header whose quotes are wrong
    if (!wrong.isEmpty() && best.columns().size() <= 1) {
      throw wrong.getFirst();
    }
    return best;
  }

  private long knownCount(Predicate<String> known) {
    return columns.stream().filter(known).count();
  }
}
