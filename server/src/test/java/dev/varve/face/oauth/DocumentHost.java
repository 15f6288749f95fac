package dev.varve.face.oauth;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// Where clients keep the documents that describe them, on this machine.
final class DocumentHost implements AutoCloseable {
  private final HttpServer server;
  private final Map<String, Given> documents = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();

  record Given(int status, Map<String, String> headers, String body) {}

  private DocumentHost(HttpServer server) {
    this.server = server;
  }

  static DocumentHost start() {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 50);
      DocumentHost host = new DocumentHost(server);
      server.createContext("/", host::answer);
      server.start();
      return host;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().toString();
    asked.add(path);
    Given given = documents.getOrDefault(path, new Given(404, Map.of(), ""));
    given.headers().forEach(exchange.getResponseHeaders()::set);
    byte[] body = given.body().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(given.status(), body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  /// How often a path was asked for.
  long asked(String path) {
    return asked.stream().filter(path::equals).count();
  }

  List<String> asked() {
    return List.copyOf(asked);
  }

  String origin() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  String url(String path) {
    return origin() + path;
  }

  void gives(String path, int status, Map<String, String> headers, String body) {
    documents.put(path, new Given(status, headers, body));
  }

  /// A document of JSON.
  void gives(String path, String body, String... cacheControl) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/json");
    if (cacheControl.length > 0) {
      headers.put("Cache-Control", cacheControl[0]);
    }
    gives(path, 200, headers, body);
  }

  /// A document that is fine, with more members.
  ///
  /// @param more such as `"client_name": "Editor"`
  String gives(String path, String redirectUri, String name, String more) {
    gives(
        path,
        "{\"client_id\": \"%s\", \"client_name\": \"%s\", \"redirect_uris\": [\"%s\"]%s}"
            .formatted(url(path), name, redirectUri, more.isEmpty() ? "" : ", " + more));
    return url(path);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
