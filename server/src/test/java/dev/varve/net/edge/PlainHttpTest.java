package dev.varve.net.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.kernel.Ids;
import dev.varve.kernel.Patience;
import dev.varve.net.certificate.Certificates;
import dev.varve.net.certificate.TestAuthority;
import dev.varve.net.certificate.TestCertificates;
import dev.varve.net.certificate.TlsSettings;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Authentication;
import dev.varve.net.http.Health;
import dev.varve.net.http.Route;
import dev.varve.net.http.Routes;
import dev.varve.net.tls.StrictTransport;
import dev.varve.settings.SettingRecords;
import dev.varve.settings.WrongSetting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlainHttpTest {
  private static final TestAuthority AUTHORITY = new TestAuthority();

  @TempDir static Path folder;

  private static Certificates certificates;
  private static HttpServer https;
  private static HttpServer proxied;

  @BeforeAll
  static void start() throws IOException {
    TlsSettings tls = TestCertificates.written(AUTHORITY.issue(), folder);
    certificates = TestCertificates.open(tls);
    https = server(settings("127.0.0.1", "", 0, false, tls), Optional.of(certificates));
    proxied =
        server(settings("127.0.0.1", "127.0.0.1", -1, false, TlsSettings.NONE), Optional.empty());
  }

  @AfterAll
  static void stop() {
    https.stop();
    proxied.stop();
    certificates.close();
  }

  private static HttpSettings settings(
      String host, String proxies, int redirectPort, boolean insecure, TlsSettings tls) {
    return SettingRecords.changed(
        HttpFixture.SETTINGS,
        Map.of(
            "host",
            host,
            "trustedProxies",
            proxies.isEmpty() ? List.of() : List.of(proxies),
            "redirectPort",
            redirectPort,
            "insecure",
            insecure,
            "tls",
            tls));
  }

  private static HttpServer server(HttpSettings settings, Optional<Certificates> certificates) {
    Clock clock = Clock.systemUTC();
    List<Route> health = new Health(List.of()).routes();
    Routes.Builder routes =
        Routes.builder()
            .get("/hello", request -> text("hello"))
            .post("/auth/token", request -> text("a token"));
    health.forEach(route -> routes.get(route.pattern(), route.handler()));
    return HttpServer.start(
        settings,
        routes.build(),
        clock,
        new Ids(clock, new SecureRandom()),
        Authentication.NONE,
        certificates);
  }

  private static Answer text(String text) {
    return Answer.bytes(200, "text/plain", text.getBytes(StandardCharsets.UTF_8));
  }

  /// The status and the headers of the answer to one request.
  private static String answer(int port, String... lines) throws IOException {
    List<String> all = new ArrayList<>(List.of(lines));
    all.addAll(List.of("Connection: close", ""));
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(Patience.MILLIS);
      HttpFixture.write(socket, HttpFixture.lines(all.toArray(String[]::new)));
      return HttpFixture.readAll(socket.getInputStream());
    }
  }

  @ParameterizedTest(name = "{0} {1} of {2}")
  @CsvSource({
    "GET,  /hello,                           localhost,          https://localhost:PORT/hello",
    "POST, /auth/token,                      shop.example:80,    https://shop.example:PORT/auth/token",
    "GET,  /a%2Fb/%C3%A9?q=a%20b&c=d+e,      shop.example,       https://shop.example:PORT/a%2Fb/%C3%A9?q=a%20b&c=d+e",
    "GET,  /hello,                           192.0.2.7:8080,     https://192.0.2.7:PORT/hello",
    "GET,  /hello,                           [2001:db8::1],      https://[2001:db8::1]:PORT/hello",
    "GET,  /hello,                           [2001:db8::1]:8080, https://[2001:db8::1]:PORT/hello",
    "GET,  //evil.example/x,                 shop.example,       https://shop.example:PORT//evil.example/x",
    "GET,  /health,                          shop.example,       https://shop.example:PORT/health",
    "GET,  /healthy,                         shop.example,       https://shop.example:PORT/healthy",
    "HEAD, /nowhere,                         shop.example,       https://shop.example:PORT/nowhere",
    "GET,  http://shop.example/hello?a=b,    shop.example,       https://shop.example:PORT/hello?a=b",
  })
  void plainHttpIsSentToHttps(String method, String target, String host, String location)
      throws Exception {
    String answer =
        answer(
            https.redirectPort().orElseThrow(),
            "%s %s HTTP/1.1".formatted(method, target),
            "Host: " + host);
    assertThat(answer)
        .startsWith("HTTP/1.1 308 ")
        .containsIgnoringCase(
            "\r\nLocation: " + location.replace("PORT", Integer.toString(https.port())) + "\r\n")
        .doesNotContain("Strict-Transport-Security");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a b",
        "user@shop.example",
        "shop.example/x",
        "shop.example:port",
        "[::1",
        "a\"b"
      })
  void aHostThatIsNoneIsNotSentBack(String host) throws Exception {
    assertThat(answer(https.redirectPort().orElseThrow(), "GET /hello HTTP/1.1", "Host: " + host))
        .startsWith("HTTP/1.1 400 ")
        .doesNotContainIgnoringCase("\r\nlocation:");
  }

  @Test
  void aPortForPlainHttpThatIsTakenIsNamed() {
    int taken = https.port();
    HttpSettings settings =
        settings("127.0.0.1", "", taken, false, TlsSettings.ofFiles("cert.pem", "key.pem"));
    assertThatThrownBy(() -> server(settings, Optional.of(certificates)))
        .isInstanceOf(WrongSetting.class)
        .hasMessage(
            "http.redirectPort is %d, and nobody can listen there: Address already in use. Choose another",
            taken);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "G", "PRI", "GET / HTTP/1.1\r\nHost"})
  void whoSaysNothingAtThePlainPortIsCutOff(String start) throws Exception {
    HttpSettings impatient =
        SettingRecords.changed(
            settings("127.0.0.1", "", 0, false, TlsSettings.ofFiles("cert.pem", "key.pem")),
            Map.of("idleTimeoutSeconds", 1, "receiveTimeoutSeconds", 1));
    HttpServer own = server(impatient, Optional.of(certificates));
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), own.redirectPort().orElseThrow())) {
      socket.setSoTimeout(Patience.MILLIS);
      socket.getOutputStream().write(start.getBytes(StandardCharsets.US_ASCII));
      // up to the end: a socket that stays open times out
      assertThat(socket.getInputStream().readAllBytes()).hasSizeLessThan(1_000);
    } catch (SocketException reset) {
      // an end as well
    } finally {
      own.stop();
    }
  }

  @Test
  void healthIsAnsweredWhereItIsAsked() throws Exception {
    assertThat(answer(https.redirectPort().orElseThrow(), "GET /health/live HTTP/1.1", "Host: x"))
        .startsWith("HTTP/1.1 200 ")
        .endsWith("{\"status\":\"UP\"}");
  }

  @Test
  void aClientThatFollowsArrivesOverHttps() throws Exception {
    try (HttpClient client =
        HttpClient.newBuilder()
            .sslContext(AUTHORITY.client())
            .followRedirects(HttpClient.Redirect.ALWAYS)
            .build()) {
      HttpResponse<String> arrived =
          client.send(
              HttpRequest.newBuilder(
                      URI.create(
                          "http://localhost:%d/auth/token"
                              .formatted(https.redirectPort().orElseThrow())))
                  .POST(HttpRequest.BodyPublishers.ofString("x"))
                  .build(),
              BodyHandlers.ofString());
      assertThat(arrived.body()).isEqualTo("a token");
      assertThat(arrived.uri().getScheme()).isEqualTo("https");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "shop.example,          true",
    "shop.example:8443,     true",
    "localhost.example,     true",
    "notlocalhost,          true",
    "7.shop7,               true",
    "localhost,             false",
    "LocalHost:8443,        false",
    "app.localhost,         false",
    "192.0.2.7,             false",
    "192.0.2.7:8443,        false",
    "[2001:db8::1],         false",
    "[2001:db8::1]:8443,    false",
    "'',                    false",
  })
  void hostsWithANameAreRemembered(String authority, boolean remembered) {
    assertThat(StrictTransport.isRemembered(authority)).isEqualTo(remembered);
  }

  @Test
  void answersOverHttpsTellBrowsersToComeBackThatWay() throws Exception {
    for (String host : List.of("shop.example", "localhost")) {
      try (Socket socket =
          AUTHORITY
              .client()
              .getSocketFactory()
              .createSocket(InetAddress.getLoopbackAddress(), https.port())) {
        socket.setSoTimeout(Patience.MILLIS);
        HttpFixture.write(
            socket,
            "GET /nowhere HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n".formatted(host));
        String answer = HttpFixture.readAll(socket.getInputStream());
        assertThat(answer).startsWith("HTTP/1.1 404 ");
        assertThat(answer.contains("\r\nStrict-Transport-Security: max-age=31536000\r\n"))
            .isEqualTo(host.equals("shop.example"));
      }
    }
  }

  /// The peer is a trusted proxy on this machine.
  @ParameterizedTest(name = "{0} with {1} and {2}")
  @CsvSource({
    "GET /hello,       X-Forwarded-For: 192.0.2.7, X-None: 1,                      200",
    "GET /hello,       X-Forwarded-For: 192.0.2.7, Authorization: Bearer x,        403",
    "POST /auth/token, X-Forwarded-For: 192.0.2.7, X-None: 1,                      403",
    "POST /auth/token, X-Forwarded-For: 192.0.2.7, X-Forwarded-Proto: http,        403",
    "POST /auth/token, X-Forwarded-For: 192.0.2.7, 'X-Forwarded-Proto: http, https', 403",
    "POST /auth/token, X-Forwarded-For: 192.0.2.7, X-Forwarded-Proto: https,       200",
    "POST /auth/token, X-Forwarded-For: 192.0.2.7, 'X-Forwarded-Proto: https, HTTPS', 200",
    "POST /auth/token, X-None: 1,                  X-None: 1,                      200",
    "POST /auth/token, X-Forwarded-For: 127.0.0.1, X-None: 1,                      200",
    "GET /hello,       X-Forwarded-For: 192.0.2.7, X-Forwarded-Proto: https,       200",
  })
  void credentialsComeThroughAProxyOverHttpsAlone(
      String request, String first, String second, int status) throws Exception {
    String answer =
        answer(
            proxied.port(), request + " HTTP/1.1", "Host: x", "Content-Length: 0", first, second);
    assertThat(answer).startsWith("HTTP/1.1 %d ".formatted(status));
    if (status == 403) {
      assertThat(answer)
          .contains(
              "Credentials are taken over HTTPS alone. Ask with https://; where the proxy in front speaks it, let it say X-Forwarded-Proto: https");
    }
  }

  @Test
  void theStartIsRefusedWhereCredentialsWouldCrossANetwork() {
    TlsSettings tls = TlsSettings.ofFiles("cert.pem", "key.pem");
    for (String host : List.of("0.0.0.0", "::", "192.0.2.7")) {
      assertThatThrownBy(() -> settings(host, "", -1, false, TlsSettings.NONE).requireEncryption())
          .isInstanceOf(WrongSetting.class)
          .hasMessageStartingWith(
              "http.host is %s, and passwords and tokens would cross the network in the clear. ",
              host);
    }
    for (HttpSettings allowed :
        List.of(
            settings("127.0.0.1", "", -1, false, TlsSettings.NONE),
            settings("::1", "", -1, false, TlsSettings.NONE),
            settings("localhost", "", -1, false, TlsSettings.NONE),
            settings("0.0.0.0", "10.0.0.0/8", -1, false, TlsSettings.NONE),
            settings("0.0.0.0", "", -1, true, TlsSettings.NONE),
            settings("0.0.0.0", "", -1, false, tls))) {
      assertThatCode(allowed::requireEncryption).doesNotThrowAnyException();
    }
    assertThatThrownBy(() -> settings("127.0.0.1", "", 0, false, TlsSettings.NONE))
        .hasMessage(
            "redirectPort is set without http.tls.certificate and http.tls.acme.domains: there is no HTTPS to send anybody to");
  }
}
