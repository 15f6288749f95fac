package dev.varve.proof;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Keeps a server busy with input that asks for next to nothing, sent as fast as it is taken. A process of its own, which
/// takes commands, one to a line: `PORT KIND CONNECTIONS` begins a flood, an empty line ends it. It prints `sending` for
/// each connection, how the server closes it, and `ended` when a flood has.
///
/// Its frames are all well-formed; a connection that the server closes is opened anew.
final class Flood {
  private static final int BLOCK_BYTES = 16 * 1024;

  private final int port;
  private final Kind kind;
  private final List<Thread> senders = new ArrayList<>();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile boolean ended;

  private Flood(int port, Kind kind) {
    this.port = port;
    this.kind = kind;
  }

  /// What is sent without a pause.
  enum Kind {
    WEBSOCKET_PINGS(Protocol.WEBSOCKET, frame(0x89, "")),
    WEBSOCKET_PONGS(Protocol.WEBSOCKET, frame(0x8a, "")),
    WEBSOCKET_MESSAGES(Protocol.WEBSOCKET, frame(0x81, "{\"type\":\"pong\"}")),
    WEBSOCKET_FRAGMENTS(Protocol.WEBSOCKET, frame(0x00, "")) {
      @Override
      byte[] beginning() {
        return join(super.beginning(), frame(0x01, ""));
      }
    },
    WEBSOCKET_OPERATIONS(Protocol.WEBSOCKET, new byte[0]) {
      @Override
      byte[] beginning() {
        return join(super.beginning(), frame(0x81, "{\"type\":\"connection_init\"}"));
      }

      @Override
      byte[] block(int number) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < 50; i++) {
          String id = number + "-" + i;
          block.writeBytes(frame(0x81, SUBSCRIBE.formatted(id)));
          block.writeBytes(frame(0x81, "{\"type\":\"complete\",\"id\":\"%s\"}".formatted(id)));
        }
        return block.toByteArray();
      }
    },
    HTTP2_WINDOW_UPDATES(Protocol.HTTP2, http2(8, 0, 0, new byte[] {0, 0, 0, 1})),
    HTTP2_PINGS(Protocol.HTTP2, http2(6, 0, 0, new byte[8])),
    HTTP2_SETTINGS(Protocol.HTTP2, http2(4, 0, 0, new byte[0])),
    HTTP2_PRIORITIES(Protocol.HTTP2, http2(2, 0, 3, new byte[] {0, 0, 0, 0, 16})),
    HTTP2_UNKNOWN(Protocol.HTTP2, http2(0x42, 0, 0, new byte[0])),
    HTTP2_RESETS(Protocol.HTTP2, http2(3, 0, 1, new byte[] {0, 0, 0, 8})) {
      @Override
      byte[] beginning() {
        return join(super.beginning(), request(1));
      }
    },
    HTTP2_REQUESTS_RESET(Protocol.HTTP2, new byte[0]) {
      @Override
      byte[] block(int number) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < 100; i++) {
          int stream = (number * 100 + i) * 2 + 1;
          block.writeBytes(request(stream));
          block.writeBytes(http2(3, 0, stream, new byte[] {0, 0, 0, 8}));
        }
        return block.toByteArray();
      }
    },
    // headers that never end (CVE-2024-27919 and its like)
    HTTP2_CONTINUATIONS(Protocol.HTTP2, http2(9, 0, 1, new byte[0])) {
      @Override
      byte[] beginning() {
        return join(super.beginning(), http2(1, 1, 1, fields("/nowhere", 2)));
      }
    },
    HTTP2_DATA(Protocol.HTTP2, http2(0, 0, 1, new byte[] {' '})) {
      @Override
      byte[] beginning() {
        return join(super.beginning(), http2(1, 4, 1, fields("/api/notes", 3)));
      }
    },
    HTTP1_CHUNKS(Protocol.HTTP1, ascii("1\r\n \r\n")) {
      @Override
      byte[] beginning() {
        return ascii(
            "POST /api/notes HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
      }
    },
    HTTP1_CHUNKS_UNWANTED(Protocol.HTTP1, ascii("1\r\n \r\n")) {
      @Override
      byte[] beginning() {
        return ascii("POST /nowhere HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
      }
    },
    HTTP1_TRAILERS(Protocol.HTTP1, ascii("X-Trailer: 1\r\n")) {
      @Override
      byte[] beginning() {
        return ascii(
            "POST /api/notes HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n");
      }
    },
    HTTP1_REQUESTS(Protocol.HTTP1, ascii("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n")),
    HTTP1_BROKEN_OFF_STREAMS(Protocol.HTTP1, new byte[0]) {
      @Override
      byte[] beginning() {
        return ascii("GET /api/events HTTP/1.1\r\nHost: a\r\n\r\n");
      }
    },
    HTTP1_BROKEN_OFF_QUERIES(Protocol.HTTP1, new byte[0]) {
      @Override
      byte[] beginning() {
        return ascii("GET /api/notes?limit=500 HTTP/1.1\r\nHost: a\r\n\r\n");
      }
    };

    static final String SUBSCRIBE =
        "{\"type\":\"subscribe\",\"id\":\"%s\",\"payload\":{\"query\":"
            + "\"subscription { noteChanged(after: \\\"0\\\") { id record { text } } }\"}}";

    final Protocol protocol;

    // nobody writes into it
    @SuppressWarnings("ImmutableEnumChecker")
    private final byte[] repeated;

    Kind(Protocol protocol, byte[] repeated) {
      this.protocol = protocol;
      this.repeated = repeated;
    }

    /// What is sent first on each connection.
    byte[] beginning() {
      return protocol.beginning;
    }

    /// What is sent then; nothing when the connection is to be broken off at once.
    byte[] block(int number) {
      ByteArrayOutputStream block = new ByteArrayOutputStream();
      while (repeated.length > 0 && block.size() < BLOCK_BYTES) {
        block.writeBytes(repeated);
      }
      return block.toByteArray();
    }
  }

  enum Protocol {
    HTTP1(new byte[0]),
    HTTP2(join(ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), http2(4, 0, 0, new byte[0]))),
    WEBSOCKET(
        ascii(
            "GET /graphql HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"));

    // nobody writes into it
    @SuppressWarnings("ImmutableEnumChecker")
    private final byte[] beginning;

    Protocol(byte[] beginning) {
      this.beginning = beginning;
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] join(byte[] first, byte[] second) {
    return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
  }

  /// A frame of the WebSocket protocol, masked with zeros.
  private static byte[] frame(int first, String text) {
    byte[] payload = ascii(text);
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(first);
    if (payload.length < 126) {
      frame.write(0x80 | payload.length);
    } else {
      frame.write(0x80 | 126);
      frame.write(payload.length >> 8);
      frame.write(payload.length);
    }
    frame.writeBytes(new byte[4]);
    frame.writeBytes(payload);
    return frame.toByteArray();
  }

  private static byte[] http2(int type, int flags, int stream, byte[] payload) {
    return ByteBuffer.allocate(9 + payload.length)
        .put((byte) (payload.length >> 16))
        .putShort((short) payload.length)
        .put((byte) type)
        .put((byte) flags)
        .putInt(stream)
        .put(payload)
        .array();
  }

  /// `GET /nowhere`, whole in one frame.
  private static byte[] request(int stream) {
    return http2(1, 5, stream, fields("/nowhere", 2));
  }

  /// Pseudo-header fields (RFC 7541): method and scheme from the static table, path and authority as they are.
  ///
  /// @param method 2 for GET, 3 for POST
  private static byte[] fields(String path, int method) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write(0x80 | method);
    block.write(0x86);
    block.write(0x04);
    block.write(path.length());
    block.writeBytes(ascii(path));
    block.write(0x01);
    block.write(1);
    block.write('a');
    return block.toByteArray();
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String command = commands.readLine(); command != null; command = commands.readLine()) {
      String[] words = command.split(" ", -1);
      Flood flood = new Flood(Integer.parseInt(words[0]), Kind.valueOf(words[1]));
      flood.begin(Integer.parseInt(words[2]));
      commands.readLine();
      flood.end();
      System.out.println("ended");
    }
  }

  private void begin(int connections) {
    for (int i = 0; i < connections; i++) {
      senders.add(Thread.ofPlatform().start(this::floodUntilTheEnd));
    }
  }

  private void end() throws InterruptedException {
    ended = true;
    for (Socket socket : sockets) {
      close(socket);
    }
    for (Thread sender : senders) {
      sender.join();
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // closed by the server at the same time
    }
  }

  private void floodUntilTheEnd() {
    while (!ended) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        sockets.add(socket);
        socket.setTcpNoDelay(true);
        Thread listener = Thread.ofPlatform().start(() -> listen(socket));
        // one that was opened while the flood ended may be unknown to whoever ends it
        if (!ended) {
          send(socket);
        }
        socket.shutdownInput();
        listener.join();
        sockets.remove(socket);
      } catch (IOException e) {
        // closed by the server; once more
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void send(Socket socket) {
    try {
      OutputStream out = socket.getOutputStream();
      out.write(kind.beginning());
      System.out.println("sending");
      byte[] block = kind.block(0);
      if (block.length == 0) {
        socket.close();
      }
      for (int number = 1; block.length > 0; number++) {
        out.write(block);
        block = kind.block(number);
      }
    } catch (IOException e) {
      // the listener says why
    }
  }

  /// Takes all that the server sends, and prints how it closes.
  private void listen(Socket socket) {
    try {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      switch (kind.protocol) {
        case HTTP1 -> listenHttp1(in);
        case HTTP2 -> listenHttp2(in);
        case WEBSOCKET -> listenWebSocket(in);
      }
    } catch (IOException e) {
      // gone without a word
    }
  }

  private static void listenHttp1(InputStream in) throws IOException {
    byte[] status = in.readNBytes("HTTP/1.1 200".length());
    System.out.println("status " + new String(status, StandardCharsets.US_ASCII).substring(9));
    in.skip(Long.MAX_VALUE);
  }

  private static void listenHttp2(DataInputStream in) throws IOException {
    while (true) {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      in.readNBytes(5);
      byte[] payload = in.readNBytes(length);
      if (type == 7) {
        System.out.println("GOAWAY " + ByteBuffer.wrap(payload).getInt(4));
      }
    }
  }

  private static void listenWebSocket(DataInputStream in) throws IOException {
    int ends = 0;
    while (ends < 4) {
      int next = in.readUnsignedByte();
      ends = next == (ends % 2 == 0 ? '\r' : '\n') ? ends + 1 : 0;
    }
    while (true) {
      int opcode = in.readUnsignedByte() & 0x0f;
      int given = in.readUnsignedByte();
      byte[] payload = in.readNBytes(given == 126 ? in.readUnsignedShort() : given);
      if (opcode == 8) {
        System.out.println("close " + ByteBuffer.wrap(payload).getShort());
      }
    }
  }
}
