package dev.varve.face.gateway;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// A service that speaks HTTP/2 frame by frame, as a test says, over a [FaultyUpstream].
///
/// ```
/// FramedUpstream.start(peer -> {
///   int stream = peer.request();
///   peer.headers(stream, false, ":status", "200");
///   peer.reset(stream, FramedUpstream.CANCEL);        // in the middle of its body
/// })
/// ```
final class FramedUpstream {
  static final int NO_ERROR = 0;
  static final int INTERNAL_ERROR = 2;
  static final int REFUSED_STREAM = 7;
  static final int CANCEL = 8;
  static final int MAX_CONCURRENT_STREAMS = 3;

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int WINDOW_UPDATE = 8;
  private static final int CONTINUATION = 9;
  private static final int INITIAL_WINDOW_SIZE = 4;
  private static final int WINDOW_BYTES = 65_535;
  private static final int FRAME_BYTES_MAX = 16_384;
  private static final int END_STREAM = 1;
  private static final int ACK = 1;
  private static final int END_HEADERS = 4;
  private static final int PREFACE_BYTES = 24;

  private FramedUpstream() {}

  /// What it does with a connection, after both have begun.
  @FunctionalInterface
  interface Behaviour {
    void on(Peer peer) throws IOException, InterruptedException;
  }

  /// @param settings identifiers and values in turn
  static FaultyUpstream start(Behaviour behaviour, int... settings) {
    return FaultyUpstream.start(call -> {
      if (call.read(PREFACE_BYTES).length == PREFACE_BYTES) {
        Peer peer = new Peer(call);
        peer.settings(settings);
        behaviour.on(peer);
      }
    });
  }

  record Frame(int type, int flags, int stream, byte[] payload) {
    boolean beginsRequest() {
      return type == HEADERS;
    }

    private boolean is(int flag) {
      return (flags & flag) != 0;
    }
  }

  /// One connection.
  static final class Peer {
    private final FaultyUpstream.Call call;
    private final Map<Integer, Long> windows = new HashMap<>(Map.of(0, (long) WINDOW_BYTES));
    private long firstWindow = WINDOW_BYTES;

    private Peer(FaultyUpstream.Call call) {
      this.call = call;
    }

    /// Waits for the next request, and gives the number of its stream.
    int request() throws IOException {
      Frame frame = next();
      while (frame.type() != HEADERS) {
        frame = next();
      }
      return frame.stream();
    }

    /// Waits for a request with all of its body.
    int wholeRequest() throws IOException {
      Frame frame = next();
      while (!((frame.type() == HEADERS || frame.type() == DATA) && frame.is(END_STREAM))) {
        frame = next();
      }
      return frame.stream();
    }

    /// Waits until the gateway resets a stream, and gives the reason.
    int awaitReset() throws IOException {
      Frame frame = next();
      while (frame.type() != RST_STREAM) {
        frame = next();
      }
      return ByteBuffer.wrap(frame.payload()).getInt();
    }

    /// The next frame. SETTINGS and PING are acknowledged.
    Frame next() throws IOException {
      ByteBuffer head = ByteBuffer.wrap(whole(9));
      int length = (head.get() & 0xFF) << 16 | (head.getShort() & 0xFFFF);
      int type = head.get();
      int flags = head.get() & 0xFF;
      Frame frame = new Frame(type, flags, head.getInt(), whole(length));
      keepWindows(frame);
      boolean wantsAnswer = (type == SETTINGS || type == PING) && !frame.is(ACK);
      if (wantsAnswer) {
        frame(type, ACK, 0, type == PING ? frame.payload() : new byte[0]);
      }
      return frame;
    }

    private void keepWindows(Frame frame) {
      ByteBuffer payload = ByteBuffer.wrap(frame.payload());
      if (frame.type() == WINDOW_UPDATE) {
        int more = payload.getInt();
        windows.merge(
            frame.stream(),
            frame.stream() == 0 ? more : firstWindow + more,
            (was, _) -> was + more);
      }
      while (frame.type() == SETTINGS && payload.hasRemaining()) {
        int setting = payload.getShort();
        int value = payload.getInt();
        firstWindow = setting == INITIAL_WINDOW_SIZE ? value : firstWindow;
      }
    }

    /// Whether the gateway takes as much on a stream now.
    boolean mayData(int stream, int bytes) {
      return windows.getOrDefault(0, 0L) >= bytes
          && windows.getOrDefault(stream, firstWindow) >= bytes;
    }

    private byte[] whole(int length) throws IOException {
      byte[] bytes = call.read(length);
      if (bytes.length < length) {
        throw new IOException("the gateway has closed");
      }
      return bytes;
    }

    void readToEnd() throws IOException {
      call.readToEnd();
    }

    void settings(int... pairs) throws IOException {
      ByteBuffer payload = ByteBuffer.allocate(pairs.length / 2 * 6);
      for (int i = 0; i < pairs.length; i += 2) {
        payload.putShort((short) pairs[i]).putInt(pairs[i + 1]);
      }
      frame(SETTINGS, 0, 0, payload.array());
    }

    /// @param fields names and values in turn
    void headers(int stream, boolean last, String... fields) throws IOException {
      frame(HEADERS, END_HEADERS | (last ? END_STREAM : 0), stream, block(fields));
    }

    /// Headers whose end is yet to come.
    void beginHeaders(int stream, String... fields) throws IOException {
      frame(HEADERS, 0, stream, block(fields));
    }

    void continuation(int stream, String... fields) throws IOException {
      frame(CONTINUATION, 0, stream, block(fields));
    }

    /// A header of so many KiB, in as many frames as it takes.
    void hugeHeaders(int stream, int kibibytes) throws IOException {
      byte[] block = block(":status", "200", "x-huge", "x".repeat(kibibytes * 1024));
      int type = HEADERS;
      for (int from = 0; from < block.length; from += FRAME_BYTES_MAX) {
        int to = Math.min(from + FRAME_BYTES_MAX, block.length);
        frame(
            type,
            to == block.length ? END_HEADERS : 0,
            stream,
            Arrays.copyOfRange(block, from, to));
        type = CONTINUATION;
      }
      data(stream, true, "ok");
    }

    void data(int stream, boolean last, String text) throws IOException {
      data(stream, last, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void data(int stream, boolean last, byte[] bytes) throws IOException {
      windows.merge(0, 0L, (was, _) -> was - bytes.length);
      windows.merge(stream, firstWindow - bytes.length, (was, _) -> was - bytes.length);
      frame(DATA, last ? END_STREAM : 0, stream, bytes);
    }

    void reset(int stream, int error) throws IOException {
      frame(RST_STREAM, 0, stream, ByteBuffer.allocate(4).putInt(error).array());
    }

    void goAway(int lastStream, int error) throws IOException {
      frame(GOAWAY, 0, 0, ByteBuffer.allocate(8).putInt(lastStream).putInt(error).array());
    }

    void answer(int stream, String text) throws IOException {
      headers(stream, false, ":status", "200");
      data(stream, true, text);
    }

    void write(String bytes) throws IOException {
      call.write(bytes);
    }

    void frame(int type, int flags, int stream, byte[] payload) throws IOException {
      ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
      frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
      frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
      call.write(frame.array());
    }
  }

  /// Fields as literals that are not kept (RFC 7541, section 6.2.2).
  private static byte[] block(String... fields) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    try {
      for (int i = 0; i < fields.length; i += 2) {
        block.write(0);
        text(block, fields[i]);
        text(block, fields[i + 1]);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return block.toByteArray();
  }

  private static void text(ByteArrayOutputStream block, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    if (bytes.length < 127) {
      block.write(bytes.length);
    } else {
      block.write(127);
      int rest = bytes.length - 127;
      for (; rest >= 128; rest >>= 7) {
        block.write(rest % 128 + 128);
      }
      block.write(rest);
    }
    block.write(bytes);
  }
}
