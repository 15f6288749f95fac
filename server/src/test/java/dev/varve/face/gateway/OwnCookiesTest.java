package dev.varve.face.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Plan;
import dev.varve.node.TestServer.Reply;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The cookies by which a browser is signed in at Varve are no service's to read or to set, even of a route that passes cookies on.
class OwnCookiesTest {
  private static final List<String> SET =
      List.of(
          "varve-session=theirs; Path=/",
          "__Host-varve-session=theirs; Path=/; Secure",
          "varve-browser=theirs",
          "  VARVE-trust-x=theirs",
          "=varve-session=theirs",
          "== __host-varve-session=theirs",
          "__Secure-varve-session=theirs");
  private static FaultyUpstream upstream;
  private static TestServer server;

  @BeforeAll
  static void start() {
    StringBuilder head = new StringBuilder("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n");
    SET.forEach(line -> head.append("Set-Cookie: ").append(line).append("\r\n"));
    head.append("Set-Cookie: basket=varve-session; Path=/\r\n");
    upstream = FaultyUpstream.answering(head + "\r\nok");
    GatewaySettings settings =
        new GatewaySettings(
            Map.of("shipping", GatewayFixture.service("shipping", upstream.url())),
            List.of(GatewayFixture.route("/own", Map.of("forwardToken", true))));
    server = TestServer.start(Plan.of(GatewayFixture.SCHEMA).with(settings));
  }

  @AfterAll
  static void stop() {
    server.close();
    upstream.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # sent                                                    | passed on
          a=b                                                       | a=b
          a=b; varve-session=x; c=d                                 | a=b; c=d
          __Host-varve-session=x; a=b;varve-trust-1=y               | a=b
          varve-session=x; varve-browser=y                          |
          a="; varve-session=x"; b=varve-session                    | a="; b=varve-session
          = varve-session=x; a=b                                    | a=b
          """)
  void aServiceGetsNoneOfThem(String sent, @Nullable String passedOn) {
    assertThat(server.send("GET", "/own", Map.of("Cookie", sent), "").status()).isEqualTo(200);
    String head = upstream.heads().getLast();
    if (passedOn == null) {
      assertThat(head).doesNotContain("Cookie:");
    } else {
      assertThat(head).contains("\r\nCookie: " + passedOn + "\r\n");
    }
  }

  @Test
  void aServiceSetsNoneOfThem() {
    Reply reply = server.send("GET", "/own", Map.of(), "");
    assertThat(reply.headers().get("set-cookie")).containsExactly("basket=varve-session; Path=/");
  }
}
