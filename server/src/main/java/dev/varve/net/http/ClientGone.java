package dev.varve.net.http;

import org.jspecify.annotations.Nullable;

/// The client of a stream or of a [WebSocket] has gone, or did not take what was sent to it in time.
public final class ClientGone extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ClientGone(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
