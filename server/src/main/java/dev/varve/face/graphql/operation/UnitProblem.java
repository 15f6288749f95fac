package dev.varve.face.graphql.operation;

import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A refusal of a unit of work, and which of its commands it is about. The write lane says `operations[3]`; in
/// GraphQL that is a field, which the path of the error names.
record UnitProblem(int index, Problem problem) {
  private static final Pattern PLACE =
      Pattern.compile("operations\\[(\\d+)]: (.*)", Pattern.DOTALL);

  static UnitProblem of(Problem problem, int commands) {
    Matcher place = PLACE.matcher(problem.text());
    if (commands == 1 || !place.matches()) {
      return new UnitProblem(0, problem);
    }
    String prefix = "operations[" + place.group(1) + "]";
    List<FieldError> details =
        problem.details().stream()
            .filter(detail -> !detail.field().equals(prefix))
            .map(detail ->
                detail.field().startsWith(prefix + ".")
                    ? new FieldError(
                        detail.field().substring(prefix.length() + 1), detail.message())
                    : detail)
            .toList();
    return new UnitProblem(
        Integer.parseInt(place.group(1)), new Problem(problem.code(), place.group(2), details));
  }
}
