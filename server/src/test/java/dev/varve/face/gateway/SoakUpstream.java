package dev.varve.face.gateway;

import dev.varve.kernel.Patience;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A service that does to a request what its path says, well or badly: `/one/HALF/17` breaks off in the middle of the answer
/// to request 17.
final class SoakUpstream implements AutoCloseable {
  private static final Pattern FIRST_LINE =
      Pattern.compile("[A-Z]+ /[a-z]+/([A-Z_]+)/(\\d+)[ ?].*");
  private static final String LENGTH = "content-length:";
  private static final int LARGE_BYTES = 50_000;
  private static final long SLOW_MILLIS = 20;

  private final InetSocketAddress address;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Semaphore held = new Semaphore(0);
  private final Semaphore letGo = new Semaphore(0);
  private volatile ServerSocket listener;
  private volatile boolean closed;

  /// What it does.
  enum Deed {
    /// Answers with [#text].
    OK,
    /// The same, as JSON.
    JSON,
    /// The same in chunks.
    CHUNKS,
    /// The same many times.
    LARGE,
    /// The same, until the connection ends.
    UNTIL_CLOSED,
    SLOW,
    /// Answers, and closes the connection later without a word.
    LAST,
    /// Answers twice.
    STRAY,
    NO_CONTENT,
    ERROR,
    /// Answers before it has all of the request, and closes.
    EARLY,
    RESET,
    CLOSE,
    /// Ends in the middle of a body of a known length.
    HALF,
    /// Ends in the middle of a chunk.
    HALF_CHUNK,
    GARBAGE,
    /// Never answers.
    SILENT,
    /// Answers when it is let go.
    HELD,
    /// Becomes a WebSocket, and sends back what comes.
    ECHO
  }

  private SoakUpstream(ServerSocket listener) {
    this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort());
    this.listener = listener;
    Thread.ofVirtual().name("soak-accept").start(() -> accept(listener));
  }

  static SoakUpstream start() {
    try {
      return new SoakUpstream(new ServerSocket(0, 500, InetAddress.getLoopbackAddress()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What the right answer to a request is.
  static String text(Deed deed, int number) {
    return switch (deed) {
      case JSON -> "{\"number\": %d}".formatted(number);
      case LARGE -> "number %d\n".formatted(number).repeat(LARGE_BYTES / 10);
      case ERROR -> "error";
      case NO_CONTENT -> "";
      default -> "number " + number;
    };
  }

  private void accept(ServerSocket from) {
    try {
      while (true) {
        Socket socket = from.accept();
        open.add(socket);
        Thread.ofVirtual().name("soak-service").start(() -> serve(socket));
        if (closed) {
          socket.close();
        }
      }
    } catch (IOException e) {
      // it takes no connections for now, or any more
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      OutputStream out = new BufferedOutputStream(socket.getOutputStream());
      boolean goesOn = true;
      while (goesOn) {
        goesOn = answer(socket, in, out);
        out.flush();
      }
    } catch (IOException e) {
      // the gateway has had enough of it
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(socket);
    }
  }

  /// @return whether the connection stays
  private boolean answer(Socket socket, InputStream in, OutputStream out)
      throws IOException, InterruptedException {
    String head = head(in);
    Matcher parts = FIRST_LINE.matcher(head.substring(0, head.indexOf('\r')));
    if (!parts.matches()) {
      write(out, "HTTP/1.1 404 None\r\nContent-Length: 0\r\n\r\n");
      return true;
    }
    Deed deed = Deed.valueOf(parts.group(1));
    String text = text(deed, Integer.parseInt(parts.group(2)));
    if (deed == Deed.EARLY) {
      write(out, "HTTP/1.1 413 Much\r\nContent-Length: 4\r\n\r\nmuch");
      return false;
    }
    boolean right = readBody(in, head, Integer.parseInt(parts.group(2)));
    if (!right) {
      write(out, "HTTP/1.1 418 Other\r\nContent-Length: 0\r\n\r\n");
      return true;
    }
    return answer(socket, in, out, deed, text);
  }

  private boolean answer(Socket socket, InputStream in, OutputStream out, Deed deed, String text)
      throws IOException, InterruptedException {
    switch (deed) {
      case OK, JSON, LARGE -> write(out, whole(200, text));
      case SLOW -> {
        TimeUnit.MILLISECONDS.sleep(SLOW_MILLIS);
        write(out, whole(200, text));
      }
      case HELD -> {
        held.release();
        letGo.acquire();
        write(out, whole(200, text));
      }
      case ERROR -> write(out, whole(500, text));
      case NO_CONTENT -> write(out, "HTTP/1.1 204 None\r\n\r\n");
      case CHUNKS -> write(out, chunks(text) + "0\r\n\r\n");
      case STRAY -> write(out, whole(200, text) + whole(200, "stray"));
      case UNTIL_CLOSED -> {
        write(out, "HTTP/1.1 200 OK\r\n\r\n" + text);
        return false;
      }
      case LAST -> {
        write(out, whole(200, text));
        return false;
      }
      case HALF -> {
        write(out, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + text);
        return false;
      }
      case HALF_CHUNK -> {
        write(out, chunks(text) + "ff\r\n" + text);
        return false;
      }
      case GARBAGE -> write(out, "220 mail.example ESMTP\r\n");
      case RESET -> {
        socket.setSoLinger(true, 0);
        return false;
      }
      case SILENT -> {
        return in.read() >= 0;
      }
      case ECHO -> {
        write(
            out,
            "HTTP/1.1 101 Other\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
        out.flush();
        for (int next = in.read(); next >= 0; next = in.read()) {
          out.write(next);
          out.flush();
        }
        return false;
      }
      case CLOSE, EARLY -> {
        return false;
      }
    }
    return true;
  }

  private static String whole(int status, String text) {
    return "HTTP/1.1 %d Said\r\nContent-Length: %d\r\n\r\n%s"
        .formatted(status, text.length(), text);
  }

  private static String chunks(String text) {
    return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n"
        .formatted(text.length(), text);
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < 4 || head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException();
      }
      head.append((char) next);
    }
    return head.toString();
  }

  /// @return whether all of it is what a client sends with this number
  private static boolean readBody(InputStream in, String head, int number) throws IOException {
    int length =
        head.lines()
            .map(line -> line.toLowerCase(Locale.ROOT))
            .filter(line -> line.startsWith(LENGTH))
            .map(line -> Integer.parseInt(line.substring(LENGTH.length()).strip()))
            .findFirst()
            .orElse(0);
    boolean right = true;
    for (int i = 0; i < length; i++) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException();
      }
      right &= next == letter(number);
    }
    return right;
  }

  /// What the bodies of requests with a number are made of.
  static char letter(int number) {
    return (char) ('a' + number % 26);
  }

  /// Takes no connections for a moment; those that there are go on.
  void refuseFor(long millis) throws IOException, InterruptedException {
    listener.close();
    TimeUnit.MILLISECONDS.sleep(millis);
    // a connection may have come from the port meanwhile
    Patience.until("it takes connections again", this::listenAgain);
  }

  private boolean listenAgain() {
    try {
      ServerSocket next = new ServerSocket();
      next.setReuseAddress(true);
      try {
        next.bind(address, 500);
      } catch (BindException e) {
        next.close();
        return false;
      }
      listener = next;
      Thread.ofVirtual().name("soak-accept").start(() -> accept(next));
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Closes the connections on which nothing happens, and the others.
  void cut() throws IOException {
    for (Socket socket : open) {
      socket.close();
    }
  }

  /// How many requests are held.
  int held() {
    return held.availablePermits();
  }

  void letGo(int count) {
    held.drainPermits();
    letGo.release(count);
  }

  /// How many connections there are.
  int open() {
    return open.size();
  }

  String url() {
    return "http://127.0.0.1:" + address.getPort();
  }

  @Override
  public void close() {
    closed = true;
    try {
      listener.close();
      cut();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
