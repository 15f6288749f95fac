package dev.varve.face.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.net.limit.LimitSettings;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What is refused before a page was asked, in the browser of somebody who looks at it: a page, and data for whoever asks for data.
class RefusedPageTest {
  private static final String PAGE = "/auth/password/forgot";
  private static final String TOKEN = TokenEndpoint.PATH;
  private static final String BROWSER =
      "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
  private static TestServer server;

  @BeforeAll
  static void start() {
    server =
        TestServer.start(Provider.plan().limiting(List.of(few("few", PAGE), few("form", TOKEN))));
    for (int i = 0; i < 2; i++) {
      assertThat(get(PAGE, Map.of()).status()).isEqualTo(200);
      assertThat(token().status()).isEqualTo(401);
    }
  }

  private static LimitSettings few(String name, String path) {
    return new LimitSettings(
        name,
        true,
        2,
        Duration.ofHours(1),
        2,
        LimitSettings.By.ROUTE,
        List.of(path),
        List.of(),
        false);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void aBrowserShowsWhatIsWrong() {
    Reply page = get(PAGE, Map.of("Accept", BROWSER));

    assertThat(page.status()).isEqualTo(429);
    assertThat(page.header("Content-Type")).startsWith("text/html");
    assertThat(page.header("Content-Security-Policy"))
        .contains("default-src 'none'")
        .contains("frame-ancestors 'none'");
    assertThat(page.header("Retry-After")).matches("[1-9][0-9]*");
    assertThat(page.header("RateLimit")).startsWith("\"few\";r=0;t=");
    assertThat(page.text())
        .contains("<html lang=\"en\">")
        .contains("The limit &#39;few&#39; allows 2 requests in 1h of all callers together.");
  }

  @Test
  void itShowsItInItsLanguage() {
    Reply page = get(PAGE, Map.of("Accept", BROWSER, "Accept-Language", "de-AT, en;q=0.5"));

    assertThat(page.text())
        .contains("<html lang=\"de\">")
        .contains("Die Grenze „few“ erlaubt 2 Anfragen in 1h von allen zusammen.");
  }

  @Test
  void anApplicationGetsData() {
    for (Map<String, String> headers :
        List.of(Map.<String, String>of(), Map.of("Accept", "application/json"))) {
      Reply reply = get(PAGE, headers);
      assertThat(reply.header("Content-Type")).startsWith("application/json");
      assertThat(reply.text()).contains("\"code\":\"TOO_MANY_REQUESTS\"");
    }
  }

  @Test
  void whatIsNoPageIsRefusedAsItsProtocolHasIt() {
    Reply reply = token();

    assertThat(reply.status()).isEqualTo(429);
    assertThat(reply.header("Content-Type")).startsWith("application/json");
  }

  private static Reply token() {
    return server.send(
        "POST",
        TOKEN,
        Map.of("Accept", BROWSER, "Content-Type", "application/x-www-form-urlencoded"),
        "grant_type=nothing");
  }

  private static Reply get(String path, Map<String, String> headers) {
    return server.send("GET", path, headers, "");
  }
}
