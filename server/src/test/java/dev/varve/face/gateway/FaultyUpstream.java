package dev.varve.face.gateway;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// A service that does with a connection whatever a test says, byte by byte, and keeps what it was sent.
///
/// ```
/// try (FaultyUpstream upstream = FaultyUpstream.start(call -> {
///   call.readHead();
///   call.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab");   // less than it says
/// })) { … upstream.url() … }
/// ```
public final class FaultyUpstream implements AutoCloseable {
  private final ServerSocket socket;
  private final Behaviour behaviour;
  private final List<String> heads = new CopyOnWriteArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicInteger wholes = new AtomicInteger();

  /// What it does with a connection, from its start to its end.
  @FunctionalInterface
  public interface Behaviour {
    void on(Call call) throws IOException, InterruptedException;
  }

  private FaultyUpstream(ServerSocket socket, Behaviour behaviour) {
    this.socket = socket;
    this.behaviour = behaviour;
  }

  public static FaultyUpstream start(Behaviour behaviour) {
    try {
      FaultyUpstream upstream =
          new FaultyUpstream(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), behaviour);
      Thread.ofVirtual().start(upstream::accept);
      return upstream;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// One that answers every request, whatever it is, on connections that stay.
  ///
  /// @param answer as HTTP writes it
  public static FaultyUpstream answering(String answer) {
    return start(call -> {
      while (call.readRequest()) {
        call.write(answer);
      }
    });
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        accepted.incrementAndGet();
        open.add(connection);
        Thread.ofVirtual().start(() -> serve(connection));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      behaviour.on(new Call(connection));
    } catch (IOException e) {
      // the gateway has had enough of it
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(connection);
    }
  }

  public String url() {
    return "http://127.0.0.1:" + socket.getLocalPort();
  }

  int port() {
    return socket.getLocalPort();
  }

  /// The heads of all requests, as they came.
  public List<String> heads() {
    return heads;
  }

  /// How many requests there were of which all had come.
  public int wholes() {
    return wholes.get();
  }

  /// How many connections there were.
  public int accepted() {
    return accepted.get();
  }

  /// How many there are.
  public int open() {
    return open.size();
  }

  /// Closes the connections that there are.
  public void cut() throws IOException {
    for (Socket connection : open) {
      connection.close();
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
      cut();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// One connection.
  public final class Call {
    private final Socket connection;
    private final InputStream in;
    private final OutputStream out;

    private Call(Socket connection) throws IOException {
      this.connection = connection;
      this.in = connection.getInputStream();
      this.out = connection.getOutputStream();
    }

    /// Reads up to the empty line.
    ///
    /// @return empty when the connection ended
    public String readHead() throws IOException {
      ByteArrayOutputStream head = new ByteArrayOutputStream();
      while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
        int next = in.read();
        if (next < 0) {
          return "";
        }
        head.write(next);
      }
      String text = head.toString(StandardCharsets.ISO_8859_1);
      heads.add(text);
      return text;
    }

    /// Reads a whole request, with its body.
    ///
    /// @return false when the connection ended
    public boolean readRequest() throws IOException {
      String head = readHead();
      boolean whole = !head.isEmpty();
      for (String line : head.toLowerCase(Locale.ROOT).split("\r\n", -1)) {
        if (line.startsWith("content-length:")) {
          int length = Integer.parseInt(line.substring("content-length:".length()).strip());
          whole &= in.readNBytes(length).length == length;
        } else if (line.startsWith("transfer-encoding:")) {
          whole &= readChunks();
        }
      }
      if (whole) {
        wholes.incrementAndGet();
      }
      return whole;
    }

    private boolean readChunks() throws IOException {
      String text = "";
      while (!text.endsWith("0\r\n\r\n")) {
        int next = in.read();
        if (next < 0) {
          return false;
        }
        text += (char) next;
      }
      return true;
    }

    public InputStream input() {
      return in;
    }

    public OutputStream output() {
      return out;
    }

    public byte[] read(int length) throws IOException {
      return in.readNBytes(length);
    }

    /// Reads until the gateway closes.
    public void readToEnd() throws IOException {
      in.transferTo(OutputStream.nullOutputStream());
    }

    /// Whether the gateway has reset the connection: a byte that is written fails.
    public boolean isGone() {
      try {
        out.write('x');
        return false;
      } catch (IOException e) {
        return true;
      }
    }

    public void write(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }

    public void write(byte[] bytes) throws IOException {
      out.write(bytes);
      out.flush();
    }

    /// Closes it so that the other end is told at once, whatever is on its way.
    public void reset() throws IOException {
      connection.setSoLinger(true, 0);
      connection.close();
    }
  }
}
