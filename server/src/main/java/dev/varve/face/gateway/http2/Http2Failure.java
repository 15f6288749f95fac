package dev.varve.face.gateway.http2;

/// A service did not do what HTTP/2 wants. The message says what it did: `refused the request`.
public final class Http2Failure extends Exception {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  Http2Failure(Kind kind, String message) {
    // failures come in floods, and their place is in the message
    super(message, null, false, false);
    this.kind = kind;
  }

  /// What kind of failure it is.
  public enum Kind {
    /// The request was not acted on, and the service has said so (RFC 9113, section 8.7), or it was never sent.
    UNTOUCHED,
    /// The stream or the connection ended where it must not.
    BROKEN,
    /// What came is no HTTP/2, or more than is taken.
    MALFORMED,
    /// It took too long.
    LATE,
    /// It was given up at this end.
    GIVEN_UP
  }

  public Kind kind() {
    return kind;
  }

  public String text() {
    return String.valueOf(getMessage());
  }
}
