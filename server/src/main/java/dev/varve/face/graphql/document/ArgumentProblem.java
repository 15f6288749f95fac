package dev.varve.face.graphql.document;

import dev.varve.face.graphql.type.InputTypes;
import dev.varve.face.graphql.type.TypeSystem;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.PartError;
import dev.varve.kernel.Problem;
import dev.varve.kernel.RequestPart;
import java.util.List;

/// What GraphQL calls the parts of a request that are refused: arguments.
public final class ArgumentProblem {
  private static final String INVALID = "Invalid argument";

  private ArgumentProblem() {}

  /// An argument that cannot be used.
  public static Problem invalid(String argument, String message) {
    return new Problem(
        ErrorCode.INVALID_PARAMETER, INVALID, List.of(new FieldError(argument, message)));
  }

  /// A moment that cannot be used, in `@asOf(at:)`.
  public static Problem moment(ErrorCode code, String message) {
    return of(Problem.of(code, RequestPart.MOMENT, message));
  }

  /// The same in the words of GraphQL.
  static Problem of(Problem problem) {
    if (problem.parts().isEmpty()) {
      return problem;
    }
    boolean moment =
        problem.parts().stream().map(PartError::part).anyMatch(RequestPart.MOMENT::equals);
    return switch (problem.code()) {
      case INVALID_INSTANT, INVALID_PARAMETER ->
          problem.said(moment ? INVALID + " of @asOf" : INVALID, ArgumentProblem::word);
      case PRECONDITION_REQUIRED ->
          problem.said(
              "Records are changed only with expectedVersion: the version of the record as you read it",
              ArgumentProblem::word);
      default -> problem.said(problem.text(), ArgumentProblem::word);
    };
  }

  private static String word(RequestPart part) {
    return switch (part) {
      case FILTER -> InputTypes.WHERE;
      case SORT -> InputTypes.ORDER_BY;
      // what is wanted of related records is no argument
      case EXPANSION -> "selection";
      case MOMENT -> TypeSystem.AT;
      case PRECONDITION -> TypeSystem.EXPECTED_VERSION;
    };
  }
}
