package dev.varve.transfer;

import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import java.util.ArrayList;
import java.util.List;

/// What is wrong with the lines of one unit, as text: `Track.csv:17: unitPrice: must be ...`.
final class ImportRefusals {
  // enough to see what they have in common
  private static final int SHOWN_MAX = 20;

  private final String file;
  private final List<String> texts = new ArrayList<>();
  private long more;

  ImportRefusals(String file) {
    this.file = file;
  }

  boolean isEmpty() {
    return texts.isEmpty();
  }

  void add(long line, List<FieldError> errors) {
    errors.forEach(error -> add(line, error.field(), error.message()));
  }

  private void add(long line, String field, String message) {
    add("%s:%d: %s%s".formatted(file, line, field.isEmpty() ? "" : field + ": ", message));
  }

  /// Something that is wrong with the file itself.
  void add(UnreadableFileException problem) {
    add(problem.text(file));
  }

  private void add(String text) {
    if (texts.size() < SHOWN_MAX) {
      texts.add(text);
    } else {
      more++;
    }
  }

  /// What the write lane refused.
  ///
  /// @param line of the command that is refused
  void add(long line, Problem problem) {
    if (problem.details().isEmpty()) {
      add(line, "", problem.text());
    }
    add(line, problem.details());
  }

  List<String> texts() {
    List<String> all = new ArrayList<>(texts);
    if (more > 0) {
      all.add("%s: and %d more in the same unit".formatted(file, more));
    }
    return all;
  }
}
