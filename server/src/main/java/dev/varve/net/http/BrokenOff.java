package dev.varve.net.http;

/// What a [Streaming] body is made from came to no end. The answer has begun, so that nothing but the end of its connection
/// can say so.
public final class BrokenOff extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public BrokenOff(String message, Throwable cause) {
    super(message, cause, false, false);
  }
}
