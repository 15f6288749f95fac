package dev.varve.transfer;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The records of a file, read one after the other. Nothing is kept of those that were read.
interface Rows extends AutoCloseable {
  /// The next record, null at the end of the file.
  @Nullable SourceRow next() throws IOException;

  /// How much of the file was read, to show progress.
  long bytesRead();

  @Override
  void close() throws IOException;

  /// Opens a file whose columns were found right.
  ///
  /// @param layout as its header has it
  static Rows open(ImportFile file, Layout layout, Columns columns) throws IOException {
    return switch (file.format()) {
      case CSV -> CsvRows.open(file.path(), layout, columns);
      case NDJSON -> NdjsonRows.open(file.path(), layout, columns);
    };
  }
}
