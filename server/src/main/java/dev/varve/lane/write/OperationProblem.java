package dev.varve.lane.write;

import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;

/// Names the operation of a unit that a refusal is about.
final class OperationProblem {
  private OperationProblem() {}

  /// The same refusal, its fields prefixed by `operations[3]`, when the unit has several operations.
  static Problem at(int index, int operations, Problem problem) {
    if (operations == 1) {
      return problem;
    }
    String place = "operations[" + index + "]";
    return new Problem(
        problem.code(),
        place + ": " + problem.text(),
        problem.details().isEmpty()
            ? java.util.List.of(new FieldError(place, problem.text()))
            : problem.details().stream()
                .map(detail -> new FieldError(place + "." + detail.field(), detail.message()))
                .toList());
  }
}
