package dev.varve.net.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.net.http.Answer;
import dev.varve.net.http.Routes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Where a request comes from, with and without proxies in between.
final class TrustedProxiesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                          | 10.0.0.1    | 192.0.2.7                         | 10.0.0.1
          10.0.0.1                    | 10.0.0.2    | 192.0.2.7                         | 10.0.0.2
          10.0.0.1                    | 10.0.0.1    | 192.0.2.7                         | 192.0.2.7
          10.0.0.1                    | 10.0.0.1    | ''                                | 10.0.0.1
          10.0.0.0/8                  | 10.9.8.7    | 192.0.2.7                         | 192.0.2.7
          10.0.0.0/9                  | 10.128.0.1  | 192.0.2.7                         | 10.128.0.1
          10.0.0.0/9                  | 10.127.0.1  | 192.0.2.7                         | 192.0.2.7
          0.0.0.0/0                   | 10.127.0.1  | 192.0.2.7                         | 192.0.2.7
          10.0.0.1                    | 10.0.0.1    | 198.51.100.1, 192.0.2.7           | 192.0.2.7
          10.0.0.0/8 172.16.0.1       | 10.0.0.1    | 198.51.100.1, 192.0.2.7,172.16.0.1| 192.0.2.7
          10.0.0.0/8                  | 10.0.0.1    | 10.0.0.3, 10.0.0.2                | 10.0.0.3
          10.0.0.1                    | 10.0.0.1    | 192.0.2.7, unknown                | 10.0.0.1
          10.0.0.0/8                  | 10.0.0.1    | 192.0.2.7, _hidden, 10.0.0.2      | 10.0.0.2
          10.0.0.1                    | 10.0.0.1    | 192.0.2.7:4711                    | 192.0.2.7
          10.0.0.1                    | 10.0.0.1    | [2001:db8::7]:4711                | 2001:db8:0:0:0:0:0:7
          10.0.0.1                    | 10.0.0.1    | 2001:db8::7                       | 2001:db8:0:0:0:0:0:7
          2001:db8::/32               | 2001:db8::1 | 192.0.2.7                         | 192.0.2.7
          2001:db8::/32               | 10.0.0.1    | 192.0.2.7                         | 10.0.0.1
          10.0.0.1                    | ::ffff:10.0.0.1 | 192.0.2.7                     | 192.0.2.7
          """)
  void theClientIsWhoeverAskedTheOutermostTrustedProxy(
      String trusted, String peer, String forwardedFor, String client) {
    TrustedProxies proxies = TrustedProxies.of(trusted);
    assertThat(proxies.client(peer, List.of(forwardedFor))).isEqualTo(client);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "proxy.example",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/x",
        "10.0.0.1,",
        "::/129"
      })
  void whatIsNoAddressIsRefused(String text) {
    assertThatThrownBy(() -> TrustedProxies.of("10.0.0.1 " + text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "http.trustedProxies: '%s' is neither an address nor a network such as 10.0.0.0/8"
                .formatted(text));
  }

  @Test
  void requestsComeFromWhereATrustedProxySays() throws Exception {
    assertThat(seen("127.0.0.0/8 ::1")).isEqualTo("192.0.2.7 of 192.0.2.7");
    assertThat(seen("192.0.2.1")).startsWith("127.0.0.1 ");
    assertThat(seen("")).startsWith("127.0.0.1 ");
  }

  private static String seen(String trusted) throws Exception {
    HttpSettings settings =
        new HttpSettings(
            "127.0.0.1", 0, 10_000, 4_096, 1_024, 8, 8, 1_000, 100, 60, 30, 60, 10, trusted);
    Routes.Builder routes =
        Routes.builder()
            .get(
                "/who",
                request ->
                    Answer.bytes(
                        200,
                        "text/plain",
                        (request.remoteAddress() + " of " + request.network())
                            .getBytes(StandardCharsets.UTF_8)));
    try (HttpFixture fixture = new HttpFixture(settings, routes)) {
      return fixture
          .client()
          .send(
              fixture
                  .to("/who")
                  .header("X-Forwarded-For", "198.51.100.1")
                  .header("X-Forwarded-For", "198.51.100.2, 192.0.2.7")
                  .build(),
              java.net.http.HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }
}
