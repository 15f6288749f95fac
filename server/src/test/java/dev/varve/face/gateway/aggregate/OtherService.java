package dev.varve.face.gateway.aggregate;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A service that somebody runs already: the HTTP server of the JDK, with an answer for each path.
///
/// ```
/// /parcels?order=7      {"items": [{"number": "P-7", "state": "SENT"}]}
/// /none                 {"items": []}
/// /users/ada            {"id": "ada", "plan": "gold", "ids": [1, 2]}
/// /echo/...             {"target": "/echo/..."}
/// /status/503           that status
/// /never                nothing, until it is closed
/// /big/1000             a text of 1,000 characters
/// /chunks/1000          the same without a length
/// /text, /nothing       no JSON; 204
/// /headers              the names of the headers that came, and the values of some
/// ```
final class OtherService implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final ConcurrentLinkedQueue<String> targets = new ConcurrentLinkedQueue<>();

  OtherService() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /// Path and query of each request that came, as they were sent.
  List<String> targets() {
    return List.copyOf(targets);
  }

  void forget() {
    targets.clear();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String target = exchange.getRequestURI().toString();
    targets.add(target);
    String path = exchange.getRequestURI().getRawPath();
    String last = path.substring(path.lastIndexOf('/') + 1);
    try (exchange) {
      switch (path.split("/", -1)[1]) {
        case "parcels" -> send(exchange, 200, parcel(exchange));
        case "none" -> send(exchange, 200, "{\"items\": []}");
        case "users" ->
            send(
                exchange,
                200,
                "{\"id\": \"%s\", \"plan\": \"gold\", \"ids\": [1]}".formatted(last));
        case "status" -> {
          exchange.getResponseHeaders().add("Retry-After", "7");
          send(exchange, Integer.parseInt(last), "{\"detail\": \"for its own eyes\"}");
        }
        case "never" -> closed.await();
        case "big" -> send(exchange, 200, '"' + "x".repeat(Integer.parseInt(last)) + '"');
        case "chunks" -> {
          exchange.sendResponseHeaders(200, 0);
          exchange
              .getResponseBody()
              .write(
                  ('"' + "x".repeat(Integer.parseInt(last)) + '"')
                      .getBytes(StandardCharsets.UTF_8));
        }
        case "text" -> send(exchange, 200, "<html>");
        case "nothing" -> exchange.sendResponseHeaders(204, -1);
        case "headers" -> send(exchange, 200, headers(exchange));
        default ->
            send(exchange, 200, "{\"target\": \"%s\"}".formatted(target.replace("\"", "\\\"")));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String parcel(HttpExchange exchange) {
    String order = exchange.getRequestURI().getQuery().substring("order=".length());
    return "{\"items\": [{\"number\": \"P-%s\", \"state\": \"SENT\"}]}".formatted(order);
  }

  private static String headers(HttpExchange exchange) {
    List<String> names =
        exchange.getRequestHeaders().keySet().stream()
            .map(String::toLowerCase)
            .sorted()
            .map(name -> '"' + name + '"')
            .toList();
    return "{\"names\": [%s], \"accept\": \"%s\"}"
        .formatted(String.join(", ", names), exchange.getRequestHeaders().getFirst("Accept"));
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.close();
  }
}
