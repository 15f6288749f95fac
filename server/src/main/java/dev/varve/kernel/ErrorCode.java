package dev.varve.kernel;

/// The stable codes of refusals, each with its HTTP status. Clients may switch on them: a code is never renamed.
public enum ErrorCode {
  MALFORMED_REQUEST(400),
  VALIDATION_ERROR(400),
  INVALID_PARAMETER(400),
  INVALID_CURSOR(400),
  INVALID_INSTANT(400),
  UNAUTHENTICATED(401),
  TOKEN_EXPIRED(401),
  FORBIDDEN(403),
  NOT_FOUND(404),
  PERSISTED_QUERY_NOT_FOUND(404),
  METHOD_NOT_ALLOWED(405),
  NOT_ACCEPTABLE(406),
  ALREADY_EXISTS(409),
  CONFLICT(409),
  PRECONDITION_FAILED(412),
  TOO_LARGE(413),
  URI_TOO_LONG(414),
  UNSUPPORTED_MEDIA_TYPE(415),
  RULE_VIOLATION(422),
  REFERENCE_NOT_FOUND(422),
  IDEMPOTENCY_KEY_REUSED(422),
  PRECONDITION_REQUIRED(428),
  TOO_MANY_REQUESTS(429),
  HEADERS_TOO_LARGE(431),
  INTERNAL_ERROR(500),
  OVERLOADED(503),
  STORAGE_UNAVAILABLE(503);

  private final int status;

  ErrorCode(int status) {
    this.status = status;
  }

  public int status() {
    return status;
  }
}
