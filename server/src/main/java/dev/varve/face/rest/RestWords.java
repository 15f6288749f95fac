package dev.varve.face.rest;

import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import dev.varve.kernel.RequestPart;
import dev.varve.net.http.Handler;
import java.util.List;

/// What REST calls the parts of a request that the stages below refuse.
final class RestWords {
  private static final String BODY = "body.";

  private RestWords() {}

  /// A handler whose refusals are in the words of REST.
  static Handler said(Handler handler) {
    return request -> {
      try {
        return handler.handle(request);
      } catch (Problem problem) {
        throw of(problem);
      }
    };
  }

  private static Problem of(Problem problem) {
    if (problem.parts().isEmpty()) {
      return problem;
    }
    Problem said = problem.said(problem.text(), RestWords::word);
    return new Problem(problem.code(), text(said), said.details());
  }

  private static String text(Problem said) {
    FieldError first = said.details().getFirst();
    return switch (said.code()) {
      case INVALID_INSTANT -> first.field() + " " + first.message();
      case INVALID_PARAMETER -> "Invalid query parameter";
      case PRECONDITION_REQUIRED ->
          "This write must carry If-Match with the ETag of the record as you read it, such as If-Match: \"3\"";
      default -> said.text();
    };
  }

  private static String word(RequestPart part) {
    return switch (part) {
      case FILTER -> FilterParameters.FILTER;
      case SORT -> SortParameter.NAME;
      case EXPANSION -> SelectionParameters.EXPAND;
      case MOMENT -> MomentParameter.NAME;
      case PRECONDITION -> "If-Match";
    };
  }

  /// A refusal of an operation of a batch, whose fields stand in its body and whose precondition stands beside it.
  static Problem inBatch(Problem problem) {
    if (!problem.parts().isEmpty()) {
      return problem.said(
          problem.text(),
          part -> part == RequestPart.PRECONDITION ? BatchReader.IF_MATCH : BODY + word(part));
    }
    List<FieldError> details =
        problem.details().stream()
            .map(detail -> new FieldError(BODY + detail.field(), detail.message()))
            .toList();
    return new Problem(problem.code(), problem.text(), details);
  }
}
