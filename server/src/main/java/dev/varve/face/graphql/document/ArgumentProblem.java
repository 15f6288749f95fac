package dev.varve.face.graphql.document;

import dev.varve.face.graphql.type.TypeSystem;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import java.util.List;

/// Says in the words of GraphQL what is wrong with the way something is asked for: REST has parameters where GraphQL has
/// arguments, and its parameter `asOf` is the argument `at` of `@asOf`.
final class ArgumentProblem {
  private static final String OF_REST = "Invalid query parameter";
  private static final String INVALID_MOMENT = "Invalid argument of @asOf";

  private ArgumentProblem() {}

  static Problem of(Problem problem) {
    return switch (problem.code()) {
      case INVALID_INSTANT -> moment(ErrorCode.INVALID_INSTANT, problem.details());
      case INVALID_PARAMETER -> parameter(problem);
      default -> problem;
    };
  }

  private static Problem parameter(Problem problem) {
    if (problem.details().stream().anyMatch(ArgumentProblem::isMoment)) {
      return moment(problem.code(), problem.details());
    }
    return problem.text().equals(OF_REST)
        ? new Problem(problem.code(), "Invalid argument", problem.details())
        : problem;
  }

  private static Problem moment(ErrorCode code, List<FieldError> details) {
    return new Problem(
        code, INVALID_MOMENT, details.stream().map(ArgumentProblem::atMoment).toList());
  }

  private static boolean isMoment(FieldError detail) {
    return detail.field().equals(TypeSystem.AS_OF);
  }

  private static FieldError atMoment(FieldError detail) {
    return isMoment(detail)
        ? new FieldError(
            TypeSystem.AT, detail.message().replace("ask without asOf", "ask without @asOf"))
        : detail;
  }
}
