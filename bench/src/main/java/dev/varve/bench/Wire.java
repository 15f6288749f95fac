package dev.varve.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/// How the bytes of a connection go over it.
interface Wire {
  /// Sends a request: it is far smaller than the socket's buffer, which is empty then.
  void write(ByteBuffer request) throws IOException;

  /// Adds what has arrived.
  ///
  /// @return negative at the end
  int read(ByteBuffer into) throws IOException;

  /// As they are.
  record Plain(SocketChannel channel) implements Wire {
    @Override
    public void write(ByteBuffer request) throws IOException {
      while (request.hasRemaining()) {
        channel.write(request);
      }
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
      return channel.read(into);
    }
  }
}
