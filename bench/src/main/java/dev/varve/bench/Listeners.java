package dev.varve.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/// Many streams of the change feed, all read by one thread, because it shares the machine with the server.
final class Listeners implements AutoCloseable {
  private static final int BUFFER_BYTES = 256 * 1024;

  private final Selector selector;
  private final Thread thread;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final AtomicLong heard = new AtomicLong();
  private final AtomicLong started = new AtomicLong();
  private volatile LongConsumer onChange = _ -> {};
  private volatile boolean closed;

  /// @param targets one for each stream
  Listeners(int port, List<String> targets) {
    try {
      this.selector = Selector.open();
      for (String target : targets) {
        open(port, target);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.thread = Thread.ofPlatform().daemon().name("listeners").start(this::listen);
  }

  private void open(int port, String target) throws IOException {
    SocketChannel channel =
        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    String request = "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_READ, new Ids());
  }

  /// Streams that have begun.
  long started() {
    return started.get();
  }

  /// Changes heard so far, by all streams together.
  long heard() {
    return heard.get();
  }

  /// @param next takes the position of each change that is heard from now on
  void onChange(LongConsumer next) {
    onChange = next;
  }

  private void listen() {
    try {
      while (!closed) {
        selector.select(200);
        for (SelectionKey key : selector.selectedKeys()) {
          read(key);
        }
        selector.selectedKeys().clear();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read(SelectionKey key) throws IOException {
    buffer.clear();
    if (((SocketChannel) key.channel()).read(buffer) < 0) {
      throw new IOException("The server ended a stream");
    }
    buffer.flip();
    Ids ids = (Ids) key.attachment();
    while (buffer.hasRemaining()) {
      ids.read(buffer.get());
    }
  }

  /// Finds the ids of events in the bytes of one stream: `id: 12.0` of a change, `id: 12` of the start.
  private final class Ids {
    private static final String START = "\nid: ";

    private int matched;
    private long number;

    void read(byte next) {
      if (matched < START.length()) {
        matched = next == START.charAt(matched) ? matched + 1 : next == '\n' ? 1 : 0;
        number = 0;
      } else if (next >= '0' && next <= '9') {
        number = number * 10 + next - '0';
      } else {
        if (next == '.') {
          heard.incrementAndGet();
          onChange.accept(number);
        } else {
          started.incrementAndGet();
        }
        matched = next == '\n' ? 1 : 0;
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    selector.wakeup();
    try {
      thread.join();
      for (SelectionKey key : selector.keys()) {
        key.channel().close();
      }
      selector.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
