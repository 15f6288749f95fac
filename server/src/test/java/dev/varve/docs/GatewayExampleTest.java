package dev.varve.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Patience;
import dev.varve.node.InstalledVarve;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// `examples/gateway` as a team would live through it: the program behind the gateway is stopped, and comes back.
final class GatewayExampleTest {
  private static final Path EXAMPLE =
      Path.of(System.getProperty("basedir", ".")).resolve("../examples/gateway");
  private static final String ORDERED =
      "{\"id\": \"7\", \"product\": \"Ceramic Dripper\", \"total\": \"21.50\"}";
  private static final String ORDER = "/pages/orders/7";
  private static final String PARCELS = "/shipping/parcels?order=7";

  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void aServiceThatStopsIsLeftAloneUntilOneRequestFindsItBack(@TempDir Path folder)
      throws IOException {
    ExampleProgram shipping = ExampleProgram.start(EXAMPLE.resolve("Shipping.java"));
    int behind = shipping.port();
    prepare(folder, behind);
    try (InstalledVarve varve = InstalledVarve.serve(List.of("dev", folder.toString()))) {
      String token = signedUp(varve.port());
      assertThat(post(varve.port(), "/api/orders", token, ORDERED).statusCode()).isEqualTo(201);
      assertThat(post(varve.port(), PARCELS, token, "").statusCode()).isEqualTo(201);
      assertThat(get(varve.port(), ORDER, token).body()).contains("7-1", "Ceramic Dripper");

      shipping.close();

      for (int i = 0; i < 5; i++) {
        assertThat(get(varve.port(), PARCELS, token).statusCode()).isEqualTo(502);
      }
      HttpResponse<String> open = get(varve.port(), PARCELS, token);
      assertThat(open.statusCode()).as(open.body()).isEqualTo(503);
      assertThat(open.headers().firstValueAsLong("Retry-After")).isPresent();
      assertThat(open.body()).contains("UPSTREAM_UNAVAILABLE", "'shipping' has failed since");
      assertThat(get(varve.port(), ORDER, token).body())
          .contains("Ceramic Dripper", "\"errors\":{\"parcel\":{\"status\":50");

      shipping = ExampleProgram.start(EXAMPLE.resolve("Shipping.java"), behind);

      Patience.until(
          "a trial finds it back", () -> get(varve.port(), PARCELS, token).statusCode() == 200);
      assertThat(get(varve.port(), "/health/services", token).body())
          .contains("\"state\":\"CLOSED\"");
    } finally {
      shipping.close();
    }
  }

  /// The example, with the port of the program and a short time until it is tried again.
  private static void prepare(Path folder, int port) throws IOException {
    Files.copy(EXAMPLE.resolve("schema.graphql"), folder.resolve("schema.graphql"));
    Files.writeString(
        folder.resolve("varve.yaml"),
        Files.readString(EXAMPLE.resolve("varve.yaml"))
            .replace("localhost:8090", "localhost:" + port)
            .replace("recovery: 10s", "recovery: 1s"));
  }

  private String signedUp(int port) {
    String ada =
        "{\"email\": \"ada@example.com\", \"password\": \"correct horse battery\", \"name\": \"Ada\"}";
    post(port, "/auth/sign-up", "", ada);
    String answer = post(port, "/auth/sign-in", "", ada.replace(", \"name\": \"Ada\"", "")).body();
    return JsonMapper.shared().readTree(answer).at("/accessToken").asString();
  }

  private HttpResponse<String> get(int port, String path, String token) {
    return send(request(port, path, token).build());
  }

  private HttpResponse<String> post(int port, String path, String token, String json) {
    return send(
        request(port, path, token)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json))
            .build());
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return client.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static HttpRequest.Builder request(int port, String path, String token) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
    return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
  }
}
