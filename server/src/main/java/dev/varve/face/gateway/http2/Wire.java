package dev.varve.face.gateway.http2;

import java.io.IOException;

/// A connection as bytes, on which HTTP/2 is spoken. One thread reads, and one writes, at a time; any may close it.
public interface Wire {
  /// What has come, as soon as something has; -1 at the end.
  int read(byte[] into) throws IOException;

  /// Returns when the other end has taken it. When that takes nothing for too long, the wire is closed, and both who read and who
  /// write fail with a [java.net.SocketTimeoutException].
  void write(byte[] bytes, int offset, int length) throws IOException;

  /// Nobody has a request on it for now: it may be closed when that stays so.
  void rest();

  /// Somebody is about to send a request.
  ///
  /// @return false when it was closed while it rested
  boolean wake();

  void close();
}
