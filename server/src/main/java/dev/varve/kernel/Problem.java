package dev.varve.kernel;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/// A refusal that the caller can understand and act on. Whatever Varve refuses a caller on purpose
/// is a `Problem`; any other exception that reaches a face is a bug. What stops a command instead, such as a folder that is
/// in use, has exceptions of its own.
public final class Problem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  // a queue drains in a moment; a full disk or a missing mail server takes a person
  private static final long QUEUE_DRAINED_SECONDS = 1;
  private static final long MENDED_SECONDS = 10;

  private final ErrorCode code;
  private final transient List<FieldError> details;
  private final transient List<PartError> parts;
  private final long retryAfterSeconds;
  private final boolean badToken;
  private final transient Set<String> scopes;
  private final transient Optional<KeyChallenge> keyChallenge;
  private final transient Optional<StepUp> stepUp;

  /// What has to be proven before (RFC 9470).
  ///
  /// @param seconds how long ago it may have been proven
  /// @param level the one that it takes (`acr`), where the one that is there is too low
  public record StepUp(long seconds, Optional<String> level) {}

  public Problem(ErrorCode code, String message, List<FieldError> details) {
    this(code, message, details, List.of(), 0, false);
  }

  private Problem(
      ErrorCode code,
      String message,
      List<FieldError> details,
      List<PartError> parts,
      long retryAfterSeconds,
      boolean badToken) {
    this(
        code,
        message,
        details,
        parts,
        retryAfterSeconds,
        badToken,
        Set.of(),
        Optional.empty(),
        Optional.empty());
  }

  private Problem(
      ErrorCode code,
      String message,
      List<FieldError> details,
      List<PartError> parts,
      long retryAfterSeconds,
      boolean badToken,
      Set<String> scopes,
      Optional<StepUp> stepUp,
      Optional<KeyChallenge> keyChallenge) {
    // refusals are frequent and their origin is in the message: a stack trace would be cost without
    // use
    super(message, null, false, false);
    this.code = code;
    this.details = List.copyOf(details);
    this.parts = List.copyOf(parts);
    this.retryAfterSeconds = retryAfterSeconds;
    this.badToken = badToken;
    this.scopes = Set.copyOf(scopes);
    this.keyChallenge = keyChallenge;
    this.stepUp = stepUp;
  }

  public Problem(ErrorCode code, String message) {
    this(code, message, List.of());
  }

  /// A refusal of parts of a request, for which the face that answers says its own words with [#said].
  public static Problem of(ErrorCode code, String message, List<PartError> parts) {
    return new Problem(code, message, named(parts, RequestPart::word), parts, 0, false);
  }

  /// A refusal of one part of a request.
  public static Problem of(ErrorCode code, RequestPart part, String message) {
    return of(
        code, "The %s %s".formatted(part.word(), message), List.of(new PartError(part, message)));
  }

  private static List<FieldError> named(
      List<PartError> parts, Function<RequestPart, String> words) {
    return parts.stream()
        .map(error -> new FieldError(words.apply(error.part()), error.message()))
        .toList();
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

  /// A token that came with the request and is not good.
  ///
  /// @param code UNAUTHENTICATED or TOKEN_EXPIRED
  public static Problem badToken(ErrorCode code, String message) {
    return new Problem(code, message, List.of(), List.of(), 0, true);
  }

  /// What an application may not do, because it was not given a scope for it (RFC 6750, section 3.1).
  ///
  /// @param scopes of which it takes one
  public static Problem insufficientScope(String message, Set<String> scopes) {
    return new Problem(
        ErrorCode.FORBIDDEN,
        message,
        List.of(),
        List.of(),
        0,
        false,
        scopes,
        Optional.empty(),
        Optional.empty());
  }

  /// A proof of a key that is missing or not good (RFC 9449, section 7.1).
  public static Problem badProof(String message, KeyChallenge challenge) {
    return new Problem(
        ErrorCode.UNAUTHENTICATED,
        message,
        List.of(),
        List.of(),
        0,
        false,
        Set.of(),
        Optional.empty(),
        Optional.of(challenge));
  }

  /// What takes a proof that is newer, or stronger, than what the session has (RFC 9470).
  ///
  /// @param seconds how long ago it may have been made
  /// @param level the one that it takes, where the one that is there is too low
  public static Problem stepUp(String message, long seconds, Optional<String> level) {
    return new Problem(
        ErrorCode.STEP_UP_REQUIRED,
        message,
        List.of(),
        List.of(),
        0,
        false,
        Set.of(),
        Optional.of(new StepUp(seconds, level)),
        Optional.empty());
  }

  /// Nobody is signed in, where an application with one of these scopes could be let in.
  public static Problem unauthenticated(String message, Set<String> scopes) {
    return new Problem(
        ErrorCode.UNAUTHENTICATED,
        message,
        List.of(),
        List.of(),
        0,
        false,
        scopes,
        Optional.empty(),
        Optional.empty());
  }

  public static Problem notFound(String message) {
    return new Problem(ErrorCode.NOT_FOUND, message);
  }

  /// More of something than is allowed for now.
  ///
  /// @param retryAfterSeconds when it is allowed again
  public static Problem tooMany(String message, long retryAfterSeconds) {
    return new Problem(
        ErrorCode.TOO_MANY_REQUESTS, message, List.of(), List.of(), retryAfterSeconds, false);
  }

  /// Something that cannot be asked for now.
  ///
  /// @param retryAfterSeconds when it makes sense to ask again
  public static Problem unavailable(ErrorCode code, String message, long retryAfterSeconds) {
    return new Problem(code, message, List.of(), List.of(), retryAfterSeconds, false);
  }

  public ErrorCode code() {
    return code;
  }

  /// Whether it is a token that came with the request, and not that none came.
  public boolean badToken() {
    return badToken;
  }

  /// The scopes of which an application would need one; none when that is not what it lacks.
  public Set<String> scopes() {
    return scopes;
  }

  /// What the next proof of a key takes, when one was not good.
  public Optional<KeyChallenge> keyChallenge() {
    return keyChallenge;
  }

  /// What has to be proven before; nothing when that is not what is missing.
  public Optional<StepUp> stepUp() {
    return stepUp;
  }

  /// The parts of the request that it is about, as long as no face has said its words for them.
  public List<PartError> parts() {
    return parts;
  }

  /// The same in the words of a face.
  ///
  /// @param text in place of its own
  /// @param words what the face calls each part
  public Problem said(String text, Function<RequestPart, String> words) {
    return new Problem(code, text, named(parts, words));
  }

  /// The same refusal in other words.
  public Problem told(String text, List<FieldError> others) {
    return new Problem(
        code, text, others, List.of(), retryAfterSeconds, badToken, scopes, stepUp, keyChallenge);
  }

  public List<FieldError> details() {
    return details;
  }

  /// After how long it makes sense to try again, where that is known.
  public OptionalLong retryAfterSeconds() {
    if (retryAfterSeconds > 0) {
      return OptionalLong.of(retryAfterSeconds);
    }
    return switch (code) {
      case OVERLOADED, UPSTREAM_UNAVAILABLE -> OptionalLong.of(QUEUE_DRAINED_SECONDS);
      case STORAGE_UNAVAILABLE, MAIL_UNAVAILABLE -> OptionalLong.of(MENDED_SECONDS);
      default -> OptionalLong.empty(); // nothing that mends itself
    };
  }

  /// The message of the exception, which is never absent here.
  public String text() {
    return String.valueOf(getMessage());
  }
}
