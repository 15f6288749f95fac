package dev.varve.net.http;

/// Where the pieces of the body of a request come from, for one who passes them on and never holds all of it. Read by one
/// thread at a time.
public interface Inlet {
  /// The length of a body that does not say how long it is.
  long UNKNOWN = -1;

  /// How many bytes there are in all, or [#UNKNOWN].
  long length();

  /// Waits until the client has sent something, and gives what there is.
  ///
  /// @param into filled from `offset`, with `length` bytes at most
  /// @return how many bytes it was; -1 at the end of the body
  /// @throws dev.varve.kernel.Problem MALFORMED_REQUEST when the connection breaks the protocol
  /// @throws ClientGone when the client has gone before the end, or sends too slowly
  int read(byte[] into, int offset, int length);
}
