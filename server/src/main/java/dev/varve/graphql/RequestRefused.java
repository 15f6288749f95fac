package dev.varve.graphql;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import graphql.language.SourceLocation;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A request that is not carried out: a request error of GraphQL, whose answer has no data.
final class RequestRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// The status of what is understood and cannot be carried out.
  static final int UNPROCESSABLE = 422;

  private final int status;
  private final transient List<GraphQlError> errors;
  private final transient Optional<Problem> problem;

  private RequestRefused(int status, List<GraphQlError> errors, Optional<Problem> problem) {
    super(errors.getFirst().message(), null, false, false);
    this.status = status;
    this.errors = List.copyOf(errors);
    this.problem = problem;
  }

  RequestRefused(int status, List<GraphQlError> errors) {
    this(status, errors, Optional.empty());
  }

  RequestRefused(int status, Problem problem) {
    this(
        status,
        List.of(GraphQlError.of(problem, Optional.empty(), List.of())),
        Optional.of(problem));
  }

  static RequestRefused of(Problem problem) {
    return new RequestRefused(problem.code().status(), problem);
  }

  /// A well-formed request that breaks a rule of GraphQL or of this server.
  static RequestRefused invalid(String message) {
    return new RequestRefused(UNPROCESSABLE, new Problem(ErrorCode.VALIDATION_ERROR, message));
  }

  /// A problem with the field at a place of the document.
  static RequestRefused at(Problem problem, @Nullable SourceLocation place, List<Object> path) {
    return new RequestRefused(
        problem.code().status(),
        List.of(GraphQlError.of(problem, Optional.ofNullable(place), path)));
  }

  /// The errors as a list of their own.
  byte[] json(String requestId) {
    return Json.bytes(json -> {
      json.writeStartArray();
      errors.forEach(error -> error.write(json, requestId));
      json.writeEndArray();
    });
  }

  int status() {
    return status;
  }

  /// What it is about as a whole, when it is not about places in the document.
  Optional<Problem> problem() {
    return problem;
  }

  List<GraphQlError> errors() {
    return errors;
  }
}
