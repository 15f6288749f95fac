package dev.varve.net.outgoing;

/// There is no answer: the server may not be called, or did not answer as it should. The message says why, and nothing of what lies
/// behind this server.
public final class CallFailed extends Exception {
  private static final long serialVersionUID = 1L;

  CallFailed(String message) {
    super(message);
  }

  CallFailed(String message, Throwable cause) {
    super(message, cause);
  }

  /// Why, as a clause.
  public String reason() {
    return String.valueOf(getMessage());
  }
}
