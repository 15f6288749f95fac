package dev.varve.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Many connections that each ask, wait for the answer, and ask again at once (HTTP/1.1, keep-alive).
///
/// One thread serves all of them, because it shares the machine with the server that it measures.
final class Load {
  private static final int ANSWER_BYTES_MAX = 64 * 1024;
  private static final Duration WARM_UP_STEP = Duration.ofMillis(500);
  private static final long SILENCE_MILLIS_MAX = 20_000;

  private final InetSocketAddress server;
  private final int connections;
  private final byte[][] requests;
  private final int status;
  private final int answerBytesMax;
  private final boolean encrypted;
  // a handshake costs as much as hundreds of requests, and is not what is measured
  private final List<Connection> kept = new ArrayList<>();
  private final AnswerHead head = new AnswerHead();
  private int nextRequest;

  /// @param requests asked in turn, over all connections
  /// @param status of every answer; another one ends the measurement
  Load(int port, int connections, byte[][] requests, int status) {
    this(port, connections, requests, status, false);
  }

  /// @param encrypted whether over TLS
  Load(int port, int connections, byte[][] requests, int status, boolean encrypted) {
    this(port, connections, requests, status, encrypted, ANSWER_BYTES_MAX);
  }

  /// @param answerBytesMax the longest answer, with its headers; so much is held for each connection
  Load(
      int port,
      int connections,
      byte[][] requests,
      int status,
      boolean encrypted,
      int answerBytesMax) {
    this.encrypted = encrypted;
    this.answerBytesMax = answerBytesMax;
    this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    this.connections = connections;
    this.requests = requests;
    this.status = status;
  }

  /// What was seen.
  record Seen(Latencies latencies, double seconds) {
    double perSecond() {
      return latencies.count() / seconds;
    }
  }

  /// Asks so many times that the code behind the requests is compiled, but not for ever.
  void warmUp(long requestsMin, Duration max) {
    long deadline = System.nanoTime() + max.toNanos();
    long asked = 0;
    while (asked < requestsMin && System.nanoTime() < deadline) {
      asked += run(WARM_UP_STEP).latencies().count();
    }
  }

  /// Asks for a time, then waits for the answers under way.
  Seen run(Duration duration) {
    try (Selector selector = Selector.open()) {
      return run(selector, duration);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Seen run(Selector selector, Duration duration) throws IOException {
    for (Connection connection : connected()) {
      connection.channel.register(selector, SelectionKey.OP_READ, connection);
    }
    Run run = new Run(System.nanoTime() + duration.toNanos());
    long start = System.nanoTime();
    for (SelectionKey key : selector.keys()) {
      run.ask((Connection) key.attachment());
    }
    while (run.open > 0) {
      if (selector.select(run::ready, SILENCE_MILLIS_MAX) == 0) {
        throw new IllegalStateException("The server has not answered for 20 s");
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    if (!encrypted) {
      for (SelectionKey key : selector.keys()) {
        key.channel().close();
      }
    }
    return new Seen(run.latencies, seconds);
  }

  private List<Connection> connected() throws IOException {
    if (!kept.isEmpty()) {
      return kept;
    }
    List<Connection> made = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      made.add(connect());
    }
    if (encrypted) {
      kept.addAll(made);
    }
    return made;
  }

  private Connection connect() throws IOException {
    SocketChannel channel = SocketChannel.open(server);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    Wire wire = encrypted ? TlsWire.begin(channel) : new Wire.Plain(channel);
    channel.configureBlocking(false);
    return new Connection(channel, wire, answerBytesMax);
  }

  private static final class Connection {
    private final SocketChannel channel;
    private final Wire wire;
    private final ByteBuffer in;
    private long askedAt;

    Connection(SocketChannel channel, Wire wire, int answerBytesMax) {
      this.channel = channel;
      this.wire = wire;
      this.in = ByteBuffer.allocate(answerBytesMax);
    }

    /// What has arrived.
    String text() {
      return new String(in.array(), 0, in.position(), StandardCharsets.UTF_8);
    }
  }

  private final class Run {
    private final Latencies latencies = new Latencies();
    private final long deadline;
    private int open;

    Run(long deadline) {
      this.deadline = deadline;
    }

    void ask(Connection connection) throws IOException {
      byte[] request = requests[nextRequest];
      nextRequest = nextRequest + 1 == requests.length ? 0 : nextRequest + 1;
      connection.askedAt = System.nanoTime();
      connection.wire.write(ByteBuffer.wrap(request));
      open++;
    }

    void ready(SelectionKey key) {
      Connection connection = (Connection) key.attachment();
      try {
        if (connection.wire.read(connection.in) < 0) {
          throw new IOException("The server closed a connection instead of answering");
        }
        if (head.isWhole(connection.in.array(), connection.in.position())) {
          answered(connection);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void answered(Connection connection) throws IOException {
      long now = System.nanoTime();
      latencies.add(now - connection.askedAt);
      open--;
      if (head.status() != status) {
        throw new IllegalStateException(
            "Expected status %d but got %s".formatted(status, connection.text()));
      }
      connection.in.clear();
      if (now < deadline) {
        ask(connection);
      }
    }
  }
}
