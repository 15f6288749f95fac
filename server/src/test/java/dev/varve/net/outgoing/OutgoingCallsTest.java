package dev.varve.net.outgoing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.varve.kernel.Patience;
import dev.varve.net.certificate.TestAuthority;
import dev.varve.net.outgoing.OutgoingCalls.Call;
import dev.varve.net.outgoing.OutgoingCalls.Reply;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Other servers, and what becomes of those that are hostile or nobody's business.
class OutgoingCallsTest {
  private static final int BYTES_MAX = 1_000;
  private static final OutgoingCalls CALLS =
      new OutgoingCalls(Duration.ofSeconds(Patience.SECONDS), BYTES_MAX);
  private static final OutgoingCalls IMPATIENT =
      new OutgoingCalls(Duration.ofMillis(300), BYTES_MAX);
  private static final AtomicInteger ASKED = new AtomicInteger();

  private static HttpServer server;

  @BeforeAll
  static void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/echo", OutgoingCallsTest::echo);
    server.createContext(
        "/elsewhere",
        exchange -> {
          exchange.getResponseHeaders().add("Location", "/echo");
          answer(exchange, 302, "");
        });
    server.createContext("/huge", exchange -> answer(exchange, 200, "x".repeat(BYTES_MAX + 1)));
    server.createContext("/endless", OutgoingCallsTest::endless);
    server.createContext("/full", exchange -> answer(exchange, 200, "x".repeat(BYTES_MAX)));
    server.start();
  }

  @AfterAll
  static void stop() {
    server.stop(0);
  }

  private static void echo(HttpExchange exchange) throws IOException {
    ASKED.incrementAndGet();
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("X-Kind", "echo");
    answer(
        exchange,
        418,
        "%s %s %s %s %s"
            .formatted(
                exchange.getRequestMethod(),
                exchange.getRequestURI(),
                exchange.getRequestHeaders().getFirst("Host"),
                exchange.getRequestHeaders().getFirst("Authorization"),
                body));
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  private static void endless(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      byte[] bytes = new byte[BYTES_MAX];
      for (int i = 0; i < 1_000_000; i++) {
        out.write(bytes);
      }
    }
  }

  private static URI url(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  private static Reach thisServer() {
    return Reach.naming(url("/"));
  }

  @Test
  void aWholeReplyComesBackWhateverItSays() throws CallFailed {
    Reply reply =
        CALLS.send(
            thisServer(),
            new Call(
                "POST",
                url("/echo/x%20y?a=b%20c&d=%26"),
                Map.of(
                    "Authorization",
                    "Basic eDp5",
                    "Content-Type",
                    "application/x-www-form-urlencoded"),
                "grant_type=x"));
    assertThat(reply.status()).isEqualTo(418);
    assertThat(reply.header("x-kind")).hasValue("echo");
    assertThat(reply.body())
        .isEqualTo(
            "POST /echo/x%%20y?a=b%%20c&d=%%26 127.0.0.1:%d Basic eDp5 grant_type=x"
                .formatted(server.getAddress().getPort()));
  }

  @Test
  void aRedirectLeadsNowhere() throws CallFailed {
    int before = ASKED.get();
    Reply reply = CALLS.send(thisServer(), Call.get(url("/elsewhere"), "*/*"));
    assertThat(reply.status()).isEqualTo(302);
    assertThat(ASKED).hasValue(before);
  }

  @Test
  void aReplyThatIsTooLongIsNotRead() throws CallFailed {
    assertThat(CALLS.send(thisServer(), Call.get(url("/full"), "*/*")).body()).hasSize(BYTES_MAX);
    for (String path : new String[] {"/huge", "/endless"}) {
      assertThatThrownBy(() -> CALLS.send(thisServer(), Call.get(url(path), "*/*")))
          .isInstanceOf(CallFailed.class)
          .hasMessage("127.0.0.1 has answered with more than 1,000 bytes");
    }
  }

  /// It sends something now and then, so that no single read waits for long.
  @Test
  void aReplyThatTakesTooLongIsNotWaitedFor() throws Exception {
    CountDownLatch left = new CountDownLatch(1);
    try (ServerSocket slow = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> drip(slow, left));
      URI url = URI.create("http://127.0.0.1:%d/".formatted(slow.getLocalPort()));
      assertThatThrownBy(() -> IMPATIENT.send(Reach.naming(url), Call.get(url, "*/*")))
          .isInstanceOf(CallFailed.class)
          .hasMessage("127.0.0.1 has not answered within 300 ms");
      Patience.until("the connection is closed", () -> left.getCount() == 0);
    }
  }

  private static void drip(ServerSocket slow, CountDownLatch left) {
    try (Socket socket = slow.accept()) {
      OutputStream out = socket.getOutputStream();
      out.write("HTTP/1.1 200 OK\r\nX-Long: ".getBytes(StandardCharsets.US_ASCII));
      while (left.getCount() > 0) {
        out.write('x');
        out.flush();
        Thread.sleep(20);
      }
    } catch (IOException | InterruptedException e) {
      left.countDown();
    }
  }

  /// The connection goes to an address, and the certificate must be that of the name.
  @Test
  void theCertificateIsHeldAgainstTheName() throws Exception {
    TestAuthority authority = new TestAuthority();
    KeyPair keys = TestAuthority.ecKeys();
    Instant now = Instant.now();
    OutgoingCalls trusting =
        new OutgoingCalls(Duration.ofSeconds(Patience.SECONDS), BYTES_MAX, authority.client());
    for (String name : new String[] {"localhost", "other.example"}) {
      X509Certificate certificate =
          authority.certificate(
              keys.getPublic(), Set.of(name), now.minusSeconds(60), now.plusSeconds(600));
      HttpsServer secure = secure(keys, certificate);
      try {
        URI url = URI.create("https://localhost:%d/".formatted(secure.getAddress().getPort()));
        if (name.equals("localhost")) {
          assertThat(trusting.send(Reach.naming(url), Call.get(url, "*/*")).status())
              .isEqualTo(200);
          assertThatThrownBy(() -> CALLS.send(Reach.naming(url), Call.get(url, "*/*")))
              .as("an authority that nobody knows")
              .isInstanceOf(CallFailed.class);
        } else {
          assertThatThrownBy(() -> trusting.send(Reach.naming(url), Call.get(url, "*/*")))
              .isInstanceOf(CallFailed.class)
              .hasMessageContaining("could not be asked");
        }
      } finally {
        secure.stop(0);
      }
    }
  }

  private static HttpsServer secure(KeyPair keys, X509Certificate certificate) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("key", keys.getPrivate(), new char[0], new Certificate[] {certificate});
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    HttpsServer secure =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    secure.setHttpsConfigurator(new HttpsConfigurator(context));
    secure.createContext("/", exchange -> answer(exchange, 200, "secure"));
    secure.start();
    return secure;
  }

  @Test
  void nobodyIsAskedWhereNobodyListens() throws IOException {
    int port;
    try (ServerSocket closed = new ServerSocket(0)) {
      port = closed.getLocalPort();
    }
    URI url = URI.create("http://127.0.0.1:%d/".formatted(port));
    assertThatThrownBy(() -> CALLS.send(Reach.naming(url), Call.get(url, "*/*")))
        .isInstanceOf(CallFailed.class)
        .hasMessageStartingWith("127.0.0.1 could not be asked");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://127.0.0.1/",
        "https://localhost/",
        "https://2130706433/",
        "https://0.0.0.0/",
        "https://10.1.2.3/",
        "https://100.64.0.1/",
        "https://100.100.100.200/",
        "https://169.254.169.254/",
        "https://168.63.129.16/",
        "https://172.31.255.255/",
        "https://192.0.0.192/",
        "https://192.168.1.1/",
        "https://198.18.0.1/",
        "https://203.0.113.7/",
        "https://224.0.0.1/",
        "https://255.255.255.255/",
        "https://[::]/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[64:ff9b::a9fe:a9fe]/",
        "https://[2002:7f00:1::]/",
        "https://[2001:0:7f00:1::]/",
        "https://[fe80::1]/",
        "https://[fd00:ec2::254]/",
        "https://[ff02::1]/"
      })
  void nobodyIsAskedAtAnAddressOfSpecialUse(String url) {
    assertThatThrownBy(() -> Reach.INTERNET.destination(URI.create(url)))
        .isInstanceOf(CallFailed.class)
        .hasMessageContaining("its address is not one of the internet, and no setting names it");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://1.1.1.1/",
        "https://172.32.0.1/",
        "https://192.0.1.1/",
        "https://[2606:4700::1111]/",
        "https://[64:ff9b::101:101]/"
      })
  void serversOfTheInternetAreAsked(String url) throws CallFailed {
    assertThat(Reach.INTERNET.destination(URI.create(url)).getPort()).isEqualTo(443);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://1.1.1.1/",
        "ftp://1.1.1.1/",
        "file:///etc/passwd",
        "https:/etc/passwd",
        "https://127.1/",
        "https://user@1.1.1.1/",
        "https://1.1.1.1/#fragment"
      })
  void onlyPlainUrlsOverHttpsAreAsked(String url) {
    assertThatThrownBy(() -> CALLS.send(Reach.INTERNET, Call.get(URI.create(url), "*/*")))
        .isInstanceOf(CallFailed.class);
  }

  @Test
  void aNameGivesNoOtherPortAndNoOtherSchemeAway() {
    Reach reach = Reach.naming(URI.create("https://127.0.0.1:8443/realm"));
    assertThatThrownBy(() -> reach.destination(URI.create("https://127.0.0.1:9443/")))
        .isInstanceOf(CallFailed.class);
    assertThatThrownBy(() -> reach.destination(URI.create("http://127.0.0.1:8443/")))
        .isInstanceOf(CallFailed.class);
    // plain text beyond this machine is not for any setting to allow
    assertThatThrownBy(() ->
            Reach.naming(URI.create("http://10.0.0.1/")).require(URI.create("http://10.0.0.1/")))
        .isInstanceOf(CallFailed.class);
  }
}
