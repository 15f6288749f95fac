package dev.varve.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.kernel.FreePort;
import dev.varve.kernel.Patience;
import dev.varve.net.edge.HttpFixture;
import dev.varve.node.TestServer;
import dev.varve.settings.SettingRecords;
import dev.varve.settings.WrongSetting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// With `telemetry.port` what is for operators is at a port of its own, and at no other.
class OperationsPortTest {
  private static final String SCHEMA =
      "type Note @model @auth(rules: [{allow: public}]) { id: ID! }";
  private static final String TOKEN = "a-token-that-nobody-guesses-0123456789";

  private static TestServer server;
  private static int operations;

  @BeforeAll
  static void start() throws IOException {
    operations = FreePort.choose();
    server = TestServer.start(plan(operations));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static TestServer.Plan plan(int port) {
    return TestServer.Plan.of(SCHEMA)
        .knowing(Map.of("VARVE_TELEMETRY_TOKEN", TOKEN))
        .with(SettingRecords.changed(TelemetrySettings.DEFAULT, Map.of("port", port)));
  }

  private static String answer(int port, String target, String header) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      String host = header.startsWith("Host:") ? "" : "Host: localhost\r\n";
      String more = header.isEmpty() ? "" : header.replace("TOKEN", TOKEN) + "\r\n";
      HttpFixture.write(
          socket, "GET " + target + " HTTP/1.1\r\n" + host + more + "Connection: close\r\n\r\n");
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          operations | /metrics      | ''                                     | 200
          operations | /metrics      | Host: shop.example                     | 401
          operations | /metrics      | X-Forwarded-For: 192.0.2.1             | 401
          operations | /metrics      | Via: 1.1 proxy                         | 401
          operations | /metrics      | Authorization: Bearer TOKEN            | 200
          operations | /health/live  | Host: shop.example                     | 200
          operations | /health/ready | ''                                     | 200
          operations | /api/notes    | ''                                     | 404
          operations | /docs         | ''                                     | 404
          main       | /metrics      | ''                                     | 404
          main       | /metrics      | Authorization: Bearer TOKEN            | 404
          main       | /health/ready | ''                                     | 200
          main       | /api/notes    | ''                                     | 200
          """)
  void whatIsForOperatorsIsThereAlone(String port, String target, String header, int status)
      throws Exception {
    String answer = answer(port.equals("main") ? server.port() : operations, target, header);
    assertThat(answer).startsWith("HTTP/1.1 " + status);
    assertThat(answer.contains("varve_log_position"))
        .isEqualTo(target.equals("/metrics") && status == 200);
  }

  /// Beyond this machine the token alone opens it.
  @Test
  void whoComesThroughAProxyNeedsTheToken() throws Exception {
    String header = "Via: 1.1 proxy\r\nAuthorization: Bearer TOKEN";
    assertThat(answer(operations, "/metrics", header)).startsWith("HTTP/1.1 200");
    assertThat(answer(operations, "/metrics", header + "0")).startsWith("HTTP/1.1 401");
  }

  @Test
  void requestsToTheMainPortAreCountedThere() {
    server.get("/api/notes");
    Patience.until("the request is counted", () -> metrics().contains("route=\"/api/notes\""));
  }

  private static String metrics() {
    try {
      return answer(operations, "/metrics", "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aPortThatIsTakenIsNamedAndNothingGoesOnListening() throws Exception {
    assertThatThrownBy(() -> TestServer.start(plan(operations)))
        .isInstanceOf(WrongSetting.class)
        .hasMessage(
            "telemetry.port is %d, and nobody can listen there: Address already in use. Choose another",
            operations);
  }
}
