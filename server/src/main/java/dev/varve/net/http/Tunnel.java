package dev.varve.net.http;

/// The other end of a connection whose bytes are passed on as they come, in both directions at once, once both ends have agreed
/// on another protocol than HTTP. One thread reads, and one writes, at a time.
public interface Tunnel extends AutoCloseable {
  /// Waits until the other end has sent something, and gives what there is; -1 when it has gone.
  int read(byte[] into);

  /// Sends to the other end.
  ///
  /// @throws BrokenOff when it has gone
  void write(byte[] bytes);

  /// Ends it, from any thread: whoever reads or writes finds out.
  @Override
  void close();
}
