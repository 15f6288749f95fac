package dev.varve.transfer;

import dev.varve.kernel.Problem;

/// JSON that lies in one line of a file, of which another line number than the file's says nothing.
final class JsonLine {
  private static final String PLACE = " at line 1, column ";

  private JsonLine() {}

  /// Why it could not be read.
  static String reason(Problem problem) {
    return problem.text().replace(PLACE, " at column ");
  }
}
