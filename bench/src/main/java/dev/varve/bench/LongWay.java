package dev.varve.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/// A way to a PostgreSQL server that takes time, as from another machine. It counts how often somebody waits for an answer.
final class LongWay implements AutoCloseable {
  private static final int PIECE_BYTES = 64 * 1024;
  // what the server says behind each transaction that it has on disk
  private static final byte[] COMMITTED = "COMMIT\0".getBytes(StandardCharsets.US_ASCII);

  private final ServerSocket socket;
  private final int target;
  private final long delayNanos;
  private final Queue<Link> links = new ConcurrentLinkedQueue<>();

  private LongWay(ServerSocket socket, int target, Duration delay) {
    this.socket = socket;
    this.target = target;
    this.delayNanos = delay.toNanos();
  }

  /// @param delay by which each answer comes later
  static LongWay to(int port, Duration delay) {
    try {
      LongWay way =
          new LongWay(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), port, delay);
      Thread.ofPlatform().daemon().name("long-way").start(way::accept);
      return way;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return socket.getLocalPort();
  }

  /// What went over one connection.
  ///
  /// @param waits how often its client sent something, and waited for an answer
  record Traffic(long waits, long commits) {}

  /// Of the connection over which most was committed, since the last time that somebody asked.
  Traffic busiest() {
    Traffic most =
        links.stream()
            .map(link -> new Traffic(link.waits.sum(), link.commits.sum()))
            .max(Comparator.comparingLong(Traffic::commits))
            .orElseThrow();
    links.forEach(Link::forget);
    return most;
  }

  private void accept() {
    try {
      while (true) {
        Socket client = socket.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        Link link = new Link(client, server);
        links.add(link);
        Thread.ofVirtual().start(link::ask);
        Thread.ofVirtual().start(link::answer);
      }
    } catch (IOException e) {
      // it is closed
    }
  }

  private final class Link {
    private final Socket client;
    private final Socket server;
    private volatile boolean answered = true;
    private final LongAdder waits = new LongAdder();
    private final LongAdder commits = new LongAdder();

    Link(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    void forget() {
      waits.reset();
      commits.reset();
    }

    void ask() {
      byte[] piece = new byte[PIECE_BYTES];
      try (client;
          server) {
        InputStream in = client.getInputStream();
        OutputStream out = server.getOutputStream();
        for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
          if (answered) {
            answered = false;
            waits.increment();
          }
          out.write(piece, 0, length);
        }
      } catch (IOException e) {
        // one of the two has gone
      }
    }

    void answer() {
      byte[] piece = new byte[PIECE_BYTES];
      try (client;
          server) {
        InputStream in = server.getInputStream();
        OutputStream out = client.getOutputStream();
        for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
          answered = true;
          commits.add(count(piece, length));
          if (delayNanos > 0) {
            LockSupport.parkNanos(delayNanos);
          }
          out.write(piece, 0, length);
        }
      } catch (IOException e) {
        // one of the two has gone
      }
    }

    private static int count(byte[] bytes, int length) {
      int found = 0;
      for (int at = 0; at + COMMITTED.length <= length; at++) {
        int same = 0;
        while (same < COMMITTED.length && bytes[at + same] == COMMITTED[same]) {
          same++;
        }
        if (same == COMMITTED.length) {
          found++;
        }
      }
      return found;
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
