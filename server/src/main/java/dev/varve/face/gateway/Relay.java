package dev.varve.face.gateway;

import dev.varve.face.gateway.upstream.UpstreamAnswer;
import dev.varve.face.gateway.upstream.UpstreamFailure;
import dev.varve.net.http.BrokenOff;
import dev.varve.net.http.HeaderLine;
import dev.varve.net.http.Outlet;
import dev.varve.net.http.Streaming;
import java.util.Arrays;
import java.util.List;

/// The body of an answer on its way from a service to the client, each piece as it comes. A client that takes nothing holds up
/// the service, and nobody else; one that goes ends the exchange.
final class Relay implements Streaming {
  private static final int PIECE_BYTES = 16 * 1024;

  private final UpstreamAnswer answer;
  private final Alterations changes;
  private final byte[] begun;

  /// @param changes what the route says of headers
  /// @param begun what was read of it already
  Relay(UpstreamAnswer answer, Alterations changes, byte[] begun) {
    this.answer = answer;
    this.changes = changes;
    this.begun = begun;
  }

  @Override
  public void send(Outlet outlet) {
    byte[] buffer = new byte[PIECE_BYTES];
    try {
      if (begun.length > 0) {
        outlet.send(begun);
      }
      int length = answer.read(buffer, 0, buffer.length);
      while (length >= 0) {
        outlet.send(Arrays.copyOf(buffer, length));
        length = answer.read(buffer, 0, buffer.length);
      }
    } catch (UpstreamFailure e) {
      throw new BrokenOff("The service " + e.text(), e);
    }
  }

  @Override
  public List<HeaderLine> trailers() {
    return Trailers.passedBack(answer.trailers(), changes);
  }

  @Override
  public void stop() {
    answer.breakOff();
  }

  @Override
  public void close() {
    answer.close();
  }
}
