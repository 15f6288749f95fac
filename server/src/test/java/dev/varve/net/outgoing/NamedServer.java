package dev.varve.net.outgoing;

import dev.varve.net.certificate.TestAuthority;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;

/// A server that somebody names: it answers each path with the bytes that it was given for it, over TLS, and notes what it was asked.
public final class NamedServer implements AutoCloseable {
  private final ServerSocket socket;
  private final Path ca;
  private final Map<String, byte[]> answers = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();

  private NamedServer(ServerSocket socket, Path ca) {
    this.socket = socket;
    this.ca = ca;
  }

  /// @param names that its certificate is good for, beside `localhost`
  public static NamedServer start(String... names) {
    try {
      TestAuthority authority = new TestAuthority();
      Path ca = Files.createTempFile("varve-ca-", ".pem");
      Files.writeString(ca, TestAuthority.pem(authority.root()));
      var keys = TestAuthority.ecKeys();
      Set<String> all = new java.util.LinkedHashSet<>(List.of(names));
      all.add("localhost");
      Instant now = Instant.now();
      TestAuthority.Issued issued =
          new TestAuthority.Issued(
              List.of(
                  authority.certificate(
                      keys.getPublic(),
                      all,
                      now.minus(Duration.ofHours(1)),
                      now.plus(Duration.ofHours(1))),
                  authority.root()),
              keys.getPrivate());
      SSLContext context = authority.client(issued);
      NamedServer server =
          new NamedServer(
              context
                  .getServerSocketFactory()
                  .createServerSocket(0, 50, InetAddress.getByName("127.0.0.1")),
              ca);
      Thread.ofVirtual().start(server::accept);
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        Thread.ofVirtual().start(() -> answer(connection));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void answer(Socket connection) {
    try (connection) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(connection.getInputStream(), StandardCharsets.ISO_8859_1));
      String line = String.valueOf(in.readLine());
      for (String header = in.readLine();
          header != null && !header.isEmpty();
          header = in.readLine()) {}
      asked.add(line);
      byte[] answer = answers.get(line.split(" ", -1)[1]);
      OutputStream out = connection.getOutputStream();
      out.write(
          answer == null ? bytes("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n") : answer);
      out.flush();
      if (answer != null && answer.length == 0) {
        in.read(); // says nothing until the other end has gone
      }
    } catch (IOException e) {
      // the other end has gone
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// From now on a path is answered with these bytes; with none, it is kept waiting.
  public void answers(String path, String bytes) {
    answers.put(path, bytes(bytes));
  }

  /// From now on a path is answered with a body.
  public void gives(String path, String contentType, String body, String... headers) {
    StringBuilder answer = new StringBuilder("HTTP/1.1 200 OK\r\n");
    answer.append("Content-Type: ").append(contentType).append("\r\n");
    List.of(headers).forEach(header -> answer.append(header).append("\r\n"));
    answer.append("Content-Length: ").append(bytes(body).length).append("\r\n\r\n").append(body);
    answers(path, answer.toString());
  }

  /// The first line of each request that came.
  public List<String> asked() {
    return List.copyOf(asked);
  }

  public int port() {
    return socket.getLocalPort();
  }

  public String url(String path) {
    return "https://localhost:%d%s".formatted(port(), path);
  }

  /// Settings with which it may be called.
  public OutgoingSettings settings() {
    return new OutgoingSettings(List.of("127.0.0.0/8", "::1"), ca.toString(), 60);
  }

  @Override
  public void close() {
    try {
      socket.close();
      Files.deleteIfExists(ca);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
