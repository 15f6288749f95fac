package dev.varve.face.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/// A well-behaved service, the HTTP server of the JDK, that can be stopped and comes back at the same port. It answers with its
/// name, and keeps what it was asked.
final class StoppableUpstream implements AutoCloseable {
  private final String name;
  private final int port;
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private volatile int status = 200;
  private HttpServer server;

  /// What it was asked.
  record Asked(String method, String path, int bodyBytes) {}

  private StoppableUpstream(String name, HttpServer server) {
    this.name = name;
    this.server = server;
    this.port = server.getAddress().getPort();
    serve();
  }

  static StoppableUpstream start(String name) {
    return new StoppableUpstream(name, server(0));
  }

  private static HttpServer server(int port) {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 50);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void serve() {
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    int body = exchange.getRequestBody().readAllBytes().length;
    asked.add(new Asked(exchange.getRequestMethod(), exchange.getRequestURI().getPath(), body));
    byte[] answer = name.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  List<Asked> asked() {
    return asked;
  }

  /// How often it was asked for a path.
  long asked(String path) {
    return asked.stream().filter(each -> each.path().equals(path)).count();
  }

  void answerWith(int other) {
    status = other;
  }

  void stop() {
    server.stop(0);
  }

  void startAgain() {
    server = server(port);
    serve();
  }

  @Override
  public void close() {
    stop();
  }
}
