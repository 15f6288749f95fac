package dev.varve.face.graphql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Json;
import dev.varve.node.TestServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// An operation that is answered with server-sent events, line by line.
final class EventLines implements AutoCloseable {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final BufferedReader lines;

  private EventLines(InputStream body) {
    this.lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
  }

  static EventLines post(TestServer server, String document, String accept)
      throws IOException, InterruptedException {
    byte[] body = Json.bytes(json -> Json.write(json, Map.of("query", document)));
    return open(
        to(server, "/graphql", accept)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(body)));
  }

  static EventLines get(TestServer server, String target, String accept)
      throws IOException, InterruptedException {
    return open(to(server, target, accept).GET());
  }

  private static HttpRequest.Builder to(TestServer server, String target, String accept) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + target))
        .header("Accept", accept);
  }

  private static EventLines open(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    HttpResponse<InputStream> response = CLIENT.send(request.build(), BodyHandlers.ofInputStream());
    assertThat(response.statusCode()).isEqualTo(200);
    return new EventLines(response.body());
  }

  /// The data of the next event.
  String data() throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("data:")) {
        return line.substring(5).strip();
      }
    }
    return "the end";
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
