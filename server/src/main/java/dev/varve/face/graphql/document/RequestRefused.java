package dev.varve.face.graphql.document;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import graphql.language.SourceLocation;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A request that is not carried out: a request error of GraphQL, whose answer has no data.
public final class RequestRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private static final int OK = 200;
  private static final int BAD_REQUEST = 400;

  private final int status;
  private final boolean wellFormed;
  private final transient List<GraphQlError> errors;
  private final transient Optional<Problem> problem;

  private RequestRefused(
      int status, boolean wellFormed, List<GraphQlError> errors, Optional<Problem> problem) {
    super(errors.getFirst().message(), null, false, false);
    this.status = status;
    this.wellFormed = wellFormed;
    this.errors = List.copyOf(errors);
    this.problem = problem;
  }

  RequestRefused(int status, List<GraphQlError> errors) {
    this(status, true, errors, Optional.empty());
  }

  private RequestRefused(int status, boolean wellFormed, Problem problem) {
    this(
        status,
        wellFormed,
        List.of(GraphQlError.of(problem, Optional.empty(), List.of())),
        Optional.of(problem));
  }

  public static RequestRefused of(Problem problem) {
    return new RequestRefused(problem.code().status(), true, problem);
  }

  /// A well-formed request that breaks a rule of GraphQL or of this server.
  public static RequestRefused invalid(String message) {
    return of(new Problem(ErrorCode.VALIDATION_ERROR, message));
  }

  /// A well-formed request whose document cannot be used.
  public static RequestRefused invalid(List<GraphQlError> errors) {
    return new RequestRefused(BAD_REQUEST, errors);
  }

  /// A well-formed request that asks for too much. The request itself is of a size that is taken, so the status is not
  /// that of a body that is too large.
  static RequestRefused tooMuch(String message) {
    return new RequestRefused(BAD_REQUEST, true, new Problem(ErrorCode.TOO_LARGE, message));
  }

  /// What is no GraphQL-over-HTTP request: a parameter is missing, of the wrong type, or cannot be read.
  public static RequestRefused malformed(Problem problem) {
    return new RequestRefused(problem.code().status(), false, problem);
  }

  public static RequestRefused malformed(String message) {
    return malformed(new Problem(ErrorCode.VALIDATION_ERROR, message));
  }

  /// A problem with the field at a place of the document.
  public static RequestRefused at(
      Problem problem, @Nullable SourceLocation place, List<Object> path) {
    return new RequestRefused(
        problem.code().status(),
        List.of(GraphQlError.of(problem, Optional.ofNullable(place), path)));
  }

  /// The errors as a list of their own.
  public byte[] json(String requestId) {
    return Json.bytes(json -> {
      json.writeStartArray();
      errors.forEach(error -> error.write(json, requestId));
      json.writeEndArray();
    });
  }

  public int status() {
    return status;
  }

  /// The status for whoever takes plain JSON alone: such clients read the errors of 200 and of nothing else.
  public int statusInJson() {
    return wellFormed && status == BAD_REQUEST ? OK : status;
  }

  /// What it is about as a whole, when it is not about places in the document.
  public Optional<Problem> problem() {
    return problem;
  }

  public List<GraphQlError> errors() {
    return errors;
  }
}
