package dev.varve.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// One connection that asks one thing at a time and times each answer.
final class Client implements AutoCloseable {
  private static final int ANSWER_BYTES_MAX = 2 << 20;

  private final SocketChannel channel;
  private final ByteBuffer in = ByteBuffer.allocate(ANSWER_BYTES_MAX);
  private final AnswerHead head = new AnswerHead();

  Client(int port) {
    try {
      channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Answer ask(byte[] request) {
    try {
      long start = System.nanoTime();
      exchange(request);
      long nanos = System.nanoTime() - start;
      byte[] bytes = in.array();
      return new Answer(
          head.status(),
          new String(bytes, 0, head.bodyStart(), StandardCharsets.ISO_8859_1),
          Arrays.copyOfRange(bytes, head.bodyStart(), head.end()),
          nanos);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void exchange(byte[] request) throws IOException {
    ByteBuffer out = ByteBuffer.wrap(request);
    while (out.hasRemaining()) {
      channel.write(out);
    }
    in.clear();
    do {
      if (channel.read(in) < 0) {
        throw new IOException("The server closed the connection instead of answering");
      }
    } while (!head.isWhole(in.array(), in.position()));
  }

  Answer get(String target) {
    return ask(Requests.get(target));
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
