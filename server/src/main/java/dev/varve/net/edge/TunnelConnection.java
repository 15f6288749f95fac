package dev.varve.net.edge;

import dev.varve.net.admission.Deadlines;
import dev.varve.net.http.BrokenOff;
import dev.varve.net.http.Tunnel;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries the bytes of a connection to a [Tunnel] and back, until one of both ends has had enough. Neither end can send faster
/// than the other takes it, and nothing is kept.
final class TunnelConnection {
  private static final Logger LOG = LoggerFactory.getLogger(TunnelConnection.class);
  // most messages are shorter, and there may be many thousands of tunnels
  private static final int PIECE_BYTES = 2 * 1024;

  private final MeteredConnection connection;
  private final Deadlines.Deadline deadline;
  private final ClientWatch watch;
  private final Tunnel tunnel;

  /// @param watch that may still be reading from the connection
  TunnelConnection(
      MeteredConnection connection, Deadlines.Deadline deadline, ClientWatch watch, Tunnel tunnel) {
    this.connection = connection;
    this.deadline = deadline;
    this.watch = watch;
    this.tunnel = tunnel;
  }

  /// Returns when it has come to its end in both directions.
  void carry() throws InterruptedException {
    deadline.waiting();
    Thread back = Thread.ofVirtual().name("tunnel-back").start(this::toClient);
    try {
      watch.handOver();
      toOtherEnd();
    } finally {
      tunnel.close();
      back.join();
    }
  }

  private void toOtherEnd() {
    try {
      while (true) {
        byte[] bytes = connection.dataReader().readBuffer().readBytes();
        tunnel.write(bytes);
        connection.budget().turn();
      }
    } catch (DataReader.InsufficientDataAvailableException e) {
      // the client has gone, as it may
    } catch (RuntimeException e) {
      LOG.debug("A tunnel ended", e);
    }
  }

  private void toClient() {
    byte[] piece = new byte[PIECE_BYTES];
    try {
      int length = tunnel.read(piece);
      while (length >= 0) {
        send(Arrays.copyOf(piece, length));
        length = tunnel.read(piece);
      }
    } catch (BrokenOff e) {
      LOG.debug("The other end of a tunnel broke off", e);
    } catch (RuntimeException e) {
      LOG.debug("The client of a tunnel has gone", e);
    } finally {
      close();
    }
  }

  private void send(byte[] bytes) {
    deadline.sending();
    deadline.untaken(bytes.length);
    try {
      connection.dataWriter().writeNow(BufferData.create(bytes));
    } finally {
      deadline.taken(bytes.length);
    }
    deadline.waiting();
  }

  private void close() {
    try {
      connection.serverSocket().close();
    } catch (RuntimeException e) {
      LOG.debug("The client closed a tunnel first", e);
    }
  }
}
