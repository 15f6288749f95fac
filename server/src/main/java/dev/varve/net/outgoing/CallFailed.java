package dev.varve.net.outgoing;

/// Another server could not be asked, or has not answered as it should. The text is for operators: it names the host and says what
/// happened.
public final class CallFailed extends Exception {
  private static final long serialVersionUID = 1L;

  public CallFailed(String message) {
    super(message);
  }

  CallFailed(String message, Throwable cause) {
    super(message, cause);
  }
}
