package dev.varve.transfer;

import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What is wrong with the lines of one unit, as text: `Track.csv:17: unitPrice: must be ...`.
final class ImportRefusals {
  // enough to see what they have in common
  private static final int SHOWN_MAX = 20;
  // as the write lane names the command of a unit that it refuses
  private static final Pattern OPERATION = Pattern.compile("operations\\[(\\d+)](?:\\.(.*))?");

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
  /// @param lines of the commands of the unit, in their order
  void add(List<Long> lines, Problem problem) {
    if (problem.details().isEmpty()) {
      add("%s:%d: %s".formatted(file, lines.getFirst(), problem.text()));
    }
    for (FieldError detail : problem.details()) {
      Matcher operation = OPERATION.matcher(detail.field());
      if (operation.matches()) {
        int index = Integer.parseInt(operation.group(1));
        String field = operation.group(2);
        add(lines.get(index), field == null ? "" : field, detail.message());
      } else {
        add(lines.getFirst(), detail.field(), detail.message());
      }
    }
  }

  List<String> texts() {
    List<String> all = new ArrayList<>(texts);
    if (more > 0) {
      all.add("%s: and %d more in the same unit".formatted(file, more));
    }
    return all;
  }
}
