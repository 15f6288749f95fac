package dev.varve.kernel;

import java.util.List;

/// A refusal that the caller can understand and act on. Everything that Varve refuses on purpose is a
/// `Problem`; any other exception that reaches a face is a bug.
public final class Problem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final transient List<FieldError> details;

  public Problem(ErrorCode code, String message, List<FieldError> details) {
    // refusals are frequent and their origin is in the message: a stack trace would be cost without
    // use
    super(message, null, false, false);
    this.code = code;
    this.details = List.copyOf(details);
  }

  public Problem(ErrorCode code, String message) {
    this(code, message, List.of());
  }

  /// Input that breaks the model field by field.
  public static Problem invalid(List<FieldError> details) {
    return new Problem(ErrorCode.VALIDATION_ERROR, "Invalid input data", details);
  }

  /// Input of which one field is wrong.
  public static Problem invalid(String field, String message) {
    return invalid(List.of(new FieldError(field, message)));
  }

  /// A query parameter that is unknown or has a value that cannot be used.
  public static Problem parameter(String name, String message) {
    return new Problem(
        ErrorCode.INVALID_PARAMETER,
        "Invalid query parameter",
        List.of(new FieldError(name, message)));
  }

  public static Problem notFound(String message) {
    return new Problem(ErrorCode.NOT_FOUND, message);
  }

  public ErrorCode code() {
    return code;
  }

  public List<FieldError> details() {
    return details;
  }

  /// The message of the exception, which is never absent here.
  public String text() {
    return String.valueOf(getMessage());
  }
}
