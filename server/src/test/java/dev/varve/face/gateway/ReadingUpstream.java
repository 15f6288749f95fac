package dev.varve.face.gateway;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// A service that reads requests in a way of its own and answers each with what it makes of it, in the order in which it
/// believes that they came. It keeps every byte that it was sent.
///
/// ```
/// HTTP/1.1 200 OK
/// X-Seen: 12
/// Content-Length: 16
///
/// GET /shipping/x
/// ```
final class ReadingUpstream implements AutoCloseable {
  private final FaultyUpstream upstream;
  private final RequestReader reader;
  private final List<SeenRequest> seen = new CopyOnWriteArrayList<>();
  private final List<ByteArrayOutputStream> streams = new CopyOnWriteArrayList<>();
  private final List<String> deviations = new CopyOnWriteArrayList<>();

  private ReadingUpstream(RequestReader reader) {
    this.reader = reader;
    this.upstream = FaultyUpstream.start(this::serve);
  }

  static ReadingUpstream start(RequestReader reader) {
    return new ReadingUpstream(reader);
  }

  private void serve(FaultyUpstream.Call call) throws IOException {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    streams.add(stream);
    PushbackInputStream in = new PushbackInputStream(new Kept(call.input(), stream));
    try {
      Optional<SeenRequest> next = reader.next(in);
      while (next.isPresent()) {
        seen.add(next.get());
        call.write(answer(next.get(), seen.size()));
        next = reader.next(in);
      }
    } catch (RequestReader.Deviation deviation) {
      deviations.add(String.valueOf(deviation.getMessage()));
    }
  }

  private static String answer(SeenRequest request, int number) {
    String body = request.line();
    return "HTTP/1.1 200 OK\r\nX-Seen: %d\r\nContent-Length: %d\r\n\r\n%s"
        .formatted(number, body.length(), request.method().equals("HEAD") ? "" : body);
  }

  /// Keeps what is read.
  private static final class Kept extends FilterInputStream {
    private final ByteArrayOutputStream kept;

    private Kept(InputStream in, ByteArrayOutputStream kept) {
      super(in);
      this.kept = kept;
    }

    @Override
    public int read() throws IOException {
      int next = super.read();
      if (next >= 0) {
        kept.write(next);
      }
      return next;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int read = super.read(into, offset, length);
      if (read > 0) {
        kept.write(into, offset, read);
      }
      return read;
    }
  }

  String url() {
    return upstream.url();
  }

  int port() {
    return upstream.port();
  }

  /// Every request that it believes it saw.
  List<SeenRequest> seen() {
    return seen;
  }

  /// The bytes of every connection, as far as it has read them.
  List<byte[]> streams() {
    return streams.stream().map(ByteArrayOutputStream::toByteArray).toList();
  }

  /// What it did not take.
  List<String> deviations() {
    return deviations;
  }

  /// How many connections there are.
  int open() {
    return upstream.open();
  }

  @Override
  public void close() {
    upstream.close();
  }
}
