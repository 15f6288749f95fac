package dev.varve.face.gateway.upstream;

import dev.varve.net.http.HeaderLine;
import java.util.List;
import java.util.OptionalLong;

/// The answer of a service, whose body is read as it comes. Belongs to one thread. Closing it gives back the connection, when
/// nothing is left on it, and ends the exchange otherwise.
public sealed interface UpstreamAnswer extends AutoCloseable permits Http1Answer, Http2Answer {

  int status();

  /// All of them, as they came.
  List<HeaderLine> headers();

  /// How long its body is, if that is known.
  OptionalLong length();

  /// Whether it has no body, whatever its headers say of one: it answers HEAD, or its status has none.
  boolean hasNoBody();

  /// The fields behind its body, known when [#read] has come to the end. Never merged into the headers: who reads a field that
  /// comes this late has to know what it does with it (RFC 9110, section 6.5.1).
  List<HeaderLine> trailers();

  /// Whether something of the request is still on its way.
  boolean isEarly();

  /// Waits until something has come, and gives what there is; -1 at the end.
  int read(byte[] into, int offset, int length) throws UpstreamFailure;

  /// Whether the connection is a WebSocket now.
  boolean isSwitched();

  /// What there is on a WebSocket; -1 at the end. One on which nothing goes in either direction for minutes is closed.
  int readSwitched(byte[] into) throws UpstreamFailure;

  void writeSwitched(byte[] bytes) throws UpstreamFailure;

  /// Ends the exchange from another thread: whoever reads finds out.
  void breakOff();

  /// What is done when it is closed, in the end.
  void whenClosed(Runnable then);

  @Override
  void close();
}
