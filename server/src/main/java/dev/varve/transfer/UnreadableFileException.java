package dev.varve.transfer;

import java.io.IOException;

/// A file that is not of the format it should be, beyond one line of it.
final class UnreadableFileException extends IOException {
  private static final long serialVersionUID = 1L;

  UnreadableFileException(String message) {
    super(message);
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
