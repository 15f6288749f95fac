package dev.varve.transfer;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/// How records lie in a file.
public enum Format {
  /// A header with the names of the columns, then a record a line (RFC 4180).
  CSV,
  /// A JSON object a line.
  NDJSON;

  /// By the ending of the file's name.
  static Optional<Format> of(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(".csv")) {
      return Optional.of(CSV);
    }
    return name.endsWith(".ndjson") || name.endsWith(".jsonl")
        ? Optional.of(NDJSON)
        : Optional.empty();
  }

  /// The ending of file names, without the point.
  String ending() {
    return name().toLowerCase(Locale.ROOT);
  }
}
