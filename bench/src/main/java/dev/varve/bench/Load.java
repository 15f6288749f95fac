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
import java.util.function.Supplier;

/// Many connections that each ask, wait for the answer, and ask again at once (HTTP/1.1, keep-alive).
///
/// One thread serves all of them, because it shares the machine with the server that it measures.
final class Load {
  private static final int ANSWER_BYTES_MAX = 64 * 1024;
  private static final Duration WARM_UP_STEP = Duration.ofMillis(500);
  private static final long SILENCE_MILLIS_MAX = 20_000;

  private final InetSocketAddress server;
  private final int connections;
  private final Questions questions;
  private final int status;
  private final int answerBytesMax;
  private final boolean encrypted;
  // a handshake costs as much as hundreds of requests, and is not what is measured
  private final List<Connection> kept = new ArrayList<>();
  private final AnswerHead head = new AnswerHead();

  /// What is asked over the connections.
  interface Questions {
    /// @param connection its number, from 0
    byte[] next(int connection);

    /// For those that ask with what they were told.
    ///
    /// @param answer the whole of it, made to a text when it is asked for
    default void answered(int connection, Supplier<String> answer) {}

    /// These in turn, over all connections.
    static Questions inTurn(byte[][] requests) {
      return new Questions() {
        private int at;

        @Override
        public byte[] next(int connection) {
          byte[] request = requests[at];
          at = at + 1 == requests.length ? 0 : at + 1;
          return request;
        }
      };
    }
  }

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
    this(port, connections, Questions.inTurn(requests), status, encrypted, answerBytesMax);
  }

  /// @param status of every answer; another one ends the measurement
  Load(int port, int connections, Questions questions, int status) {
    this(port, connections, questions, status, false, ANSWER_BYTES_MAX);
  }

  private Load(
      int port,
      int connections,
      Questions questions,
      int status,
      boolean encrypted,
      int answerBytesMax) {
    this.encrypted = encrypted;
    this.answerBytesMax = answerBytesMax;
    this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    this.connections = connections;
    this.questions = questions;
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
      made.add(connect(i));
    }
    if (encrypted) {
      kept.addAll(made);
    }
    return made;
  }

  private Connection connect(int number) throws IOException {
    SocketChannel channel = SocketChannel.open(server);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    Wire wire = encrypted ? TlsWire.begin(channel) : new Wire.Plain(channel);
    channel.configureBlocking(false);
    return new Connection(number, channel, wire, answerBytesMax);
  }

  private static final class Connection implements Supplier<String> {
    private final int number;
    private final SocketChannel channel;
    private final Wire wire;
    private final ByteBuffer in;
    private long askedAt;

    Connection(int number, SocketChannel channel, Wire wire, int answerBytesMax) {
      this.number = number;
      this.channel = channel;
      this.wire = wire;
      this.in = ByteBuffer.allocate(answerBytesMax);
    }

    /// What has arrived.
    @Override
    public String get() {
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
      byte[] request = questions.next(connection.number);
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
            "Expected status %d but got %s".formatted(status, connection.get()));
      }
      questions.answered(connection.number, connection);
      connection.in.clear();
      if (now < deadline) {
        ask(connection);
      }
    }
  }
}
