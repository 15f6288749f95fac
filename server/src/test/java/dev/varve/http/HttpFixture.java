package dev.varve.http;

import dev.varve.kernel.Ids;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;

/// A server on a free port, and ways to talk to it.
final class HttpFixture implements AutoCloseable {
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final HttpServer server;

  HttpFixture(HttpSettings settings, Routes routes) {
    Clock clock = Clock.systemUTC();
    this.server = HttpServer.start(settings, routes, clock, new Ids(clock, new SecureRandom()));
  }

  static HttpSettings settings() {
    return new HttpSettings(
        "127.0.0.1", 0, 1_024, 4_096, 1_024, 64, 64, 2_000, 8_192, 60, 30, 60, 10);
  }

  HttpServer server() {
    return server;
  }

  HttpClient client() {
    return client;
  }

  HttpRequest.Builder to(String target) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + target));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> get(String target) throws IOException, InterruptedException {
    return send(to(target));
  }

  /// Sends the bytes as they are and reads until the server closes.
  String raw(String request) throws IOException {
    try (Socket socket = socket()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return readAll(socket.getInputStream());
    }
  }

  Socket socket() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    // a test that waits longer has failed
    socket.setSoTimeout(20_000);
    return socket;
  }

  static String readAll(InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() {
    client.close();
    server.stop();
  }
}
