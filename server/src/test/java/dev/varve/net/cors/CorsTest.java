package dev.varve.net.cors;

import static dev.varve.net.edge.HttpFixture.lines;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.net.edge.HttpFixture;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Conversation;
import dev.varve.net.http.Outlet;
import dev.varve.net.http.Routes;
import dev.varve.net.http.Streaming;
import dev.varve.net.http.WebSocket;
import dev.varve.settings.SettingRecords;
import dev.varve.settings.WrongSetting;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a browser is told, over a plain socket: what a page may read follows from the headers alone.
@Order(1)
final class CorsTest {
  private static final AtomicInteger HANDLED = new AtomicInteger();
  private static final AtomicInteger CLOSED = new AtomicInteger();
  private static final Map<String, HttpFixture> SERVERS = new TreeMap<>();

  @BeforeAll
  static void start() {
    CorsSettings listed =
        CorsSettings.DEFAULT.allowing(
            List.of("https://shop.example", "https://*.apps.example", "http://localhost:*"));
    serve("listed", listed);
    serve("every", CorsSettings.DEFAULT.allowing(List.of("*")));
    serve("none", CorsSettings.DEFAULT);
    serve(
        "credentials",
        new CorsSettings(
            List.of("https://shop.example"),
            List.of("GET"),
            List.of("X-One", "X-Two"),
            List.of(),
            true,
            Duration.ofMinutes(5)));
  }

  @AfterAll
  static void stop() {
    SERVERS.values().forEach(HttpFixture::close);
    SERVERS.clear();
  }

  private static void serve(String name, CorsSettings cors) {
    Routes.Builder routes =
        Routes.builder()
            .get(
                "/records",
                request -> {
                  HANDLED.incrementAndGet();
                  return text();
                })
            .post("/records", request -> Answer.json(201, request.body("application/json")))
            .get("/varied", request -> text().with("Vary", "Accept"))
            .get("/same", request -> Answer.notModified("\"7\""))
            .get(
                "/invalid",
                request -> {
                  throw Problem.invalid("email", "Invalid email format");
                })
            .get(
                "/busy",
                request -> {
                  throw new Problem(ErrorCode.OVERLOADED, "Too many");
                })
            .get(
                "/bug",
                request -> {
                  throw new IllegalStateException("detail");
                })
            .get("/stream", request -> Answer.streaming("text/event-stream", new OneEvent()))
            .webSocket("/socket", request -> Answer.webSocket("test", new Silence()));
    SERVERS.put(
        name,
        new HttpFixture(
            SettingRecords.changed(HttpFixture.SETTINGS, Map.of("cors", cors)), routes));
  }

  private static Answer text() {
    return Answer.bytes(200, "text/plain", "text".getBytes(StandardCharsets.UTF_8));
  }

  private static final class OneEvent implements Streaming {
    @Override
    public void send(Outlet outlet) {
      outlet.send("data: 1\n\n".getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void stop() {}

    @Override
    public void close() {
      CLOSED.incrementAndGet();
    }
  }

  private static final class Silence implements Conversation {
    @Override
    public void opened(WebSocket socket) {}

    @Override
    public void heard(String text) {}

    @Override
    public void closed() {}
  }

  private static HttpFixture server(String name) {
    return Objects.requireNonNull(SERVERS.get(name));
  }

  /// Status, and the headers that browsers look at.
  private static String seen(String server, String method, String path, String... headers)
      throws IOException {
    String answer =
        server(server)
            .raw(
                lines(
                        method + " " + path + " HTTP/1.1",
                        "Host: api.example",
                        "Connection: close",
                        String.join("\r\n", headers))
                    + (headers[headers.length - 1].isEmpty() ? "" : "\r\n"));
    StringBuilder seen = new StringBuilder(answer.substring(9, 12));
    answer
        .substring(0, answer.indexOf("\r\n\r\n"))
        .lines()
        .filter(line -> line.matches("(?i)(access-control-.*|vary):.*"))
        .map(line -> line.replaceFirst("(?i)^access-control-", ""))
        .sorted(String.CASE_INSENSITIVE_ORDER)
        .forEach(line -> seen.append(" | ").append(line));
    return seen.toString();
  }

  private static final String EXPOSED =
      "Expose-Headers: ETag, Location, Varve-Position, Varve-Cost, Link, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id, DPoP-Nonce, WWW-Authenticate";

  /// The third column is the origin, the last what stands in Access-Control-Allow-Origin and Vary; `-` is no header.
  @ParameterizedTest(name = "{0}: {1} from {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          listed      | GET /records   | https://shop.example        | 200 | https://shop.example        | Origin
          listed      | GET /records   | https://one.apps.example    | 200 | https://one.apps.example    | Origin
          listed      | GET /records   | http://localhost            | 200 | http://localhost            | Origin
          listed      | GET /records   | http://localhost:5173       | 200 | http://localhost:5173       | Origin
          listed      | GET /records   | -                           | 200 | -                           | Origin
          listed      | GET /records   | https://evil.example        | 200 | -                           | Origin
          listed      | GET /records   | null                        | 200 | -                           | Origin
          listed      | GET /records   | http://shop.example         | 200 | -                           | Origin
          listed      | GET /records   | https://shop.example:8443   | 200 | -                           | Origin
          listed      | GET /records   | https://SHOP.example        | 200 | -                           | Origin
          listed      | GET /records   | https://shop.example.evil   | 200 | -                           | Origin
          listed      | GET /records   | https://evilshop.example    | 200 | -                           | Origin
          listed      | GET /records   | https://shop.example/       | 200 | -                           | Origin
          listed      | GET /records   | https://apps.example        | 200 | -                           | Origin
          listed      | GET /records   | https://.apps.example       | 200 | -                           | Origin
          listed      | GET /records   | https://a.b.apps.example    | 200 | -                           | Origin
          listed      | GET /records   | https://evil/.apps.example  | 200 | -                           | Origin
          listed      | GET /records   | https://evil:1.apps.example | 200 | -                           | Origin
          listed      | GET /records   | http://localhost:           | 200 | -                           | Origin
          listed      | GET /records   | http://localhost:1.evil     | 200 | -                           | Origin
          listed      | GET /records   | *                           | 200 | -                           | Origin
          listed      | GET /varied    | https://shop.example        | 200 | https://shop.example        | Accept, Origin
          listed      | GET /varied    | -                           | 200 | -                           | Accept, Origin
          listed      | GET /same      | https://shop.example        | 304 | https://shop.example        | Accept-Encoding, Origin
          listed      | HEAD /records  | https://shop.example        | 200 | https://shop.example        | Origin
          listed      | GET /invalid   | https://shop.example        | 400 | https://shop.example        | Origin
          listed      | GET /nowhere   | https://shop.example        | 404 | https://shop.example        | Origin
          listed      | PUT /records   | https://shop.example        | 405 | https://shop.example        | Origin
          listed      | OPTIONS /records | https://shop.example      | 204 | https://shop.example        | Origin
          listed      | GET /bug       | https://shop.example        | 500 | https://shop.example        | Origin
          listed      | GET /busy      | https://shop.example        | 503 | https://shop.example        | Origin
          listed      | GET /stream    | https://shop.example        | 200 | https://shop.example        | Origin
          listed      | GET /stream    | -                           | 200 | -                           | Origin
          listed      | GET /stream    | http://api.example          | 200 | -                           | Origin
          listed      | GET /stream    | https://evil.example        | 403 | -                           | Origin
          listed      | GET /stream    | null                        | 403 | -                           | Origin
          every       | GET /records   | https://anything.example    | 200 | *                           | -
          every       | GET /records   | null                        | 200 | *                           | -
          every       | GET /records   | -                           | 200 | -                           | -
          every       | GET /varied    | null                        | 200 | *                           | Accept
          every       | GET /nowhere   | null                        | 404 | *                           | -
          every       | GET /stream    | https://anything.example    | 200 | *                           | -
          none        | GET /records   | https://shop.example        | 200 | -                           | -
          none        | GET /varied    | https://shop.example        | 200 | -                           | Accept
          none        | GET /stream    | https://shop.example        | 403 | -                           | -
          none        | GET /stream    | https://api.example         | 200 | -                           | -
          """)
  void anAnswerSaysWhoMayReadIt(
      String server, String request, String origin, int status, String allowed, String vary)
      throws Exception {
    int space = request.indexOf(' ');
    String seen =
        seen(
            server,
            request.substring(0, space),
            request.substring(space + 1),
            origin.equals("-") ? "X: y" : "Origin: " + origin);
    String expected = Integer.toString(status);
    if (!allowed.equals("-")) {
      expected += " | Allow-Origin: " + allowed + " | " + EXPOSED;
    }
    assertThat(seen).isEqualTo(vary.equals("-") ? expected : expected + " | Vary: " + vary);
  }

  @Test
  void aPreflightIsAnsweredBeforeAnythingElse() throws Exception {
    String[] asked = {
      "Origin: https://shop.example",
      "Access-Control-Request-Method: PATCH",
      "Access-Control-Request-Headers: authorization,content-type"
    };
    String allowed =
        "204 | Allow-Headers: Authorization, Content-Type, DPoP, If-Match, If-None-Match, Idempotency-Key, Last-Event-ID, Varve-Position, Varve-Cost, X-Request-Id, traceparent, tracestate"
            + " | Allow-Methods: GET, HEAD, POST, PUT, PATCH, DELETE | Allow-Origin: %s | "
            + EXPOSED
            + " | Max-Age: 3600";
    for (String path : List.of("/records", "/nowhere", "/bug", "/%E2%82", "*")) {
      assertThat(seen("listed", "OPTIONS", path, asked))
          .as(path)
          .isEqualTo(allowed.formatted("https://shop.example") + " | Vary: Origin");
      assertThat(seen("every", "OPTIONS", path, asked)).isEqualTo(allowed.formatted("*"));
    }
    assertThat(seen("none", "OPTIONS", "/records", asked)).isEqualTo("204");
    assertThat(seen("none", "OPTIONS", "/nowhere", asked)).isEqualTo("404");
    assertThat(seen("credentials", "OPTIONS", "/records", asked))
        .isEqualTo(
            "204 | Allow-Credentials: true | Allow-Headers: X-One, X-Two | Allow-Methods: GET"
                + " | Allow-Origin: https://shop.example | Max-Age: 300 | Vary: Origin");
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://evil.example", "null", "https://a.b.apps.example"})
  void aPreflightOfAForbiddenPageIsToldNothing(String origin) throws Exception {
    assertThat(
            seen(
                "listed",
                "OPTIONS",
                "/records",
                "Origin: " + origin,
                "Access-Control-Request-Method: PATCH"))
        .isEqualTo("204 | Vary: Origin");
  }

  @Test
  void credentialsAreAllowedWithTheNamedOriginAlone() throws Exception {
    assertThat(seen("credentials", "GET", "/records", "Origin: https://shop.example"))
        .isEqualTo(
            "200 | Allow-Credentials: true | Allow-Origin: https://shop.example | Vary: Origin");
    assertThat(seen("credentials", "GET", "/records", "Origin: null"))
        .isEqualTo("200 | Vary: Origin");
  }

  @Test
  void whatIsRefusedBeforeItIsARequestSaysItToo() throws Exception {
    String origin = "Origin: https://shop.example";
    String read = " | Allow-Origin: https://shop.example | " + EXPOSED + " | Vary: Origin";
    assertThat(
            seen(
                "listed",
                "POST",
                "/records",
                origin,
                "Content-Type: application/json",
                "Content-Length: 20000"))
        .isEqualTo("413" + read);
    assertThat(seen("listed", "POST", "/records", origin, "Content-Length: many"))
        .isEqualTo("400" + read);
  }

  @Test
  void aForbiddenPageLeavesNoStreamOpen() throws Exception {
    int closed = CLOSED.get();
    seen("listed", "GET", "/stream", "Origin: https://evil.example");
    assertThat(CLOSED.get()).isEqualTo(closed + 1);
  }

  @ParameterizedTest
  @CsvSource({
    "listed, https://shop.example, 101",
    "listed, https://one.apps.example, 101",
    "listed, http://api.example, 101",
    "listed, https://api.example, 101",
    "listed, -, 101",
    "listed, https://evil.example, 403",
    "listed, https://api.example.evil, 403",
    "listed, null, 403",
    "every, https://evil.example, 101",
    "none, https://shop.example, 403",
    "none, http://API.example, 403",
    "none, http://api.example, 101",
  })
  void aWebSocketObeysTheSameList(String server, String origin, String status) throws Exception {
    try (Socket socket = server(server).socket()) {
      HttpFixture.write(
          socket,
          lines(
              "GET /socket HTTP/1.1",
              "Host: api.example",
              "Upgrade: websocket",
              "Connection: Upgrade",
              "Sec-WebSocket-Version: 13",
              "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
              origin.equals("-") ? "X: y" : "Origin: " + origin,
              ""));
      assertThat(HttpFixture.readUntil(socket.getInputStream(), "\r\n")).contains(" " + status);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          https://shop.example/        | is 'https://shop.example/': an origin has no path. Write 'https://shop.example'
          https://shop.example/app?x   | is 'https://shop.example/app?x': an origin has no path. Write 'https://shop.example'
          https://Shop.example         | is 'https://Shop.example', but browsers send it as 'https://shop.example': write that
          https://shop.example:443     | is 'https://shop.example:443', but browsers send it as 'https://shop.example': write that
          http://shop.example:80       | is 'http://shop.example:80', but browsers send it as 'http://shop.example': write that
          https://b\u00fccher.example  | is 'https://b\u00fccher.example', but browsers send it as 'https://xn--bcher-kva.example': write that
          shop.example                 | is 'shop.example': write scheme and host, such as https://shop.example
          self                         | is 'self': write scheme and host, such as https://shop.example
          https://user@shop.example    | is 'https://user@shop.example': write scheme and host, such as https://shop.example
          null                         | is 'null': every page that hides where it comes from sends that. Serve the page from an origin of its own
          https://*.example            | is 'https://*.example': only the first name of a host may be left open, such as https://*.shop.example
          https://a.*.example          | is 'https://a.*.example': only the first name of a host may be left open, such as https://*.shop.example
          https://*.*.shop.example     | is 'https://*.*.shop.example': only the first name of a host may be left open, such as https://*.shop.example
          https://shop*.shop.example   | is 'https://shop*.shop.example': only the first name of a host may be left open, such as https://*.shop.example
          https://shop.example:*       | is 'https://shop.example:*': only an origin of this machine may leave its port open
          """)
  void whatIsNoOriginIsRefused(String origin, String message) {
    assertThatThrownBy(() -> CorsSettings.DEFAULT.allowing(List.of("https://shop.example", origin)))
        .isInstanceOf(WrongSetting.class)
        .hasMessage("origins[1] " + message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"https://shop.example:8443", "http://[::1]:3000", "capacitor://localhost", "*"})
  void otherFormsOfOriginsAreTaken(String origin) {
    assertThat(CorsSettings.DEFAULT.allowing(List.of(origin)).origins()).containsExactly(origin);
  }

  @Test
  void everyPageIsNeverAllowedWithCredentials() {
    assertThatThrownBy(() ->
            new CorsSettings(
                List.of("https://shop.example", "*"),
                List.of(),
                List.of(),
                List.of(),
                true,
                Duration.ZERO))
        .hasMessage(
            "origins[1] cannot be '*' while credentials is true: every page in the world could act for whoever is signed in. Name the origins, or set credentials to false");
  }

  @Test
  void aHeaderIsNamedByATokenAlone() {
    assertThatThrownBy(() ->
            new CorsSettings(
                List.of(), List.of(), List.of("X-One", "*"), List.of(), false, Duration.ZERO))
        .hasMessage("headers[1] is '*': name each as HTTP writes it, without wildcards");
  }

  @Test
  void whileItIsWrittenAnApplicationTakesPagesOfThisMachine() {
    AllowedOrigins allowed = AllowedOrigins.of(CorsSettings.DEFAULT.forDevelopment().origins());
    for (String origin :
        List.of(
            "http://localhost:5173",
            "http://127.0.0.1:3000",
            "https://[::1]",
            "http://localhost")) {
      assertThat(allowed.contains(origin)).as(origin).isTrue();
    }
    assertThat(allowed.contains("http://192.0.2.1:3000")).isFalse();
    assertThat(CorsSettings.DEFAULT.allowing(List.of("*")).forDevelopment().origins())
        .containsExactly("*");
  }
}
