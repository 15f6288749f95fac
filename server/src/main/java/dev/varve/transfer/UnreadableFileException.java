package dev.varve.transfer;

import java.io.IOException;

/// A file that is not of the format it should be, so that nothing after that place can be read.
final class UnreadableFileException extends IOException {
  private static final long serialVersionUID = 1L;

  private final long line;

  /// @param line from 1; 0 when it is about the whole file
  UnreadableFileException(long line, String message) {
    super(message);
    this.line = line;
  }

  UnreadableFileException(String message) {
    this(0, message);
  }

  /// Where it is, and what: `Track.csv:17: the quote ...`.
  ///
  /// @param file what messages call the file
  String text(String file) {
    return (line == 0 ? "%s: %s" : "%s:%3$d: %2$s").formatted(file, getMessage(), line);
  }
}
