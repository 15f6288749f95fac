package dev.varve.transfer;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The records of a file, read one after the other. Nothing is kept of those that were read.
interface Rows extends AutoCloseable {
  /// The next record, null at the end of the file.
  @Nullable Row next() throws IOException;

  /// How much of the file was read, to show progress.
  long bytesRead();

  @Override
  void close() throws IOException;

  /// Opens a file whose columns were found right.
  static Rows open(ImportFile file, Columns columns) throws IOException {
    return switch (file.format()) {
      case CSV -> CsvRows.open(file.path(), columns);
      case NDJSON -> NdjsonRows.open(file.path(), columns);
    };
  }

  /// The names of the columns: those in the header of a CSV file, those of the first object of an NDJSON
  /// file.
  ///
  /// @throws UnreadableFileException when a CSV file has no header
  static List<String> columnNames(ImportFile file) throws IOException {
    return switch (file.format()) {
      case CSV -> CsvRows.columnNames(file.path());
      case NDJSON -> NdjsonRows.columnNames(file.path());
    };
  }
}
