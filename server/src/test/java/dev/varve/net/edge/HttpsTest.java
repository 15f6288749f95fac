package dev.varve.net.edge;

import static dev.varve.net.edge.HttpFixture.readUntil;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.kernel.Ids;
import dev.varve.kernel.Patience;
import dev.varve.net.certificate.AcmeSettings;
import dev.varve.net.certificate.Certificates;
import dev.varve.net.certificate.ClientCertificates;
import dev.varve.net.certificate.TestAuthority;
import dev.varve.net.certificate.TestCertificates;
import dev.varve.net.certificate.TlsSettings;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Authentication;
import dev.varve.net.http.Conversation;
import dev.varve.net.http.Outlet;
import dev.varve.net.http.Routes;
import dev.varve.net.http.Streaming;
import dev.varve.net.http.WebSocket;
import dev.varve.net.limit.RateLimits;
import dev.varve.settings.SettingRecords;
import dev.varve.telemetry.Telemetry;
import dev.varve.telemetry.TelemetrySettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// HTTPS over real sockets.
class HttpsTest {
  private static final TestAuthority AUTHORITY = new TestAuthority();
  private static final KeyPair RSA = TestAuthority.rsaKeys();
  private static final byte[] LARGE = large();

  @TempDir static Path folder;

  private static Server https;

  /// A server with a certificate of its own.
  private record Server(HttpServer server, Certificates certificates) implements AutoCloseable {
    static Server start(HttpSettings settings, TlsSettings tls) {
      return start(settings, tls, Telemetry.NONE);
    }

    static Server start(HttpSettings settings, TlsSettings tls, Telemetry telemetry) {
      Certificates certificates = TestCertificates.open(tls);
      Clock clock = Clock.systemUTC();
      HttpServer server =
          HttpServer.start(
              settings.with(tls),
              routes().build(),
              clock,
              new Ids(clock, new SecureRandom()),
              Authentication.NONE,
              Optional.of(certificates),
              RateLimits.NONE,
              telemetry);
      return new Server(server, certificates);
    }

    int port() {
      return server.port();
    }

    URI at(String path) {
      return URI.create("https://localhost:" + port() + path);
    }

    Socket tcp() throws IOException {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
      socket.setSoTimeout(Patience.MILLIS);
      return socket;
    }

    SSLSocket tls(SSLContext client) throws IOException {
      SSLSocket socket =
          (SSLSocket)
              client.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port());
      socket.setSoTimeout(Patience.MILLIS);
      return socket;
    }

    @Override
    public void close() {
      server.stop();
      certificates.close();
    }
  }

  @BeforeAll
  static void start() throws IOException {
    https =
        Server.start(HttpFixture.SETTINGS, TestCertificates.written(AUTHORITY.issue(RSA), folder));
  }

  @AfterAll
  static void stop() {
    https.close();
  }

  private static byte[] large() {
    byte[] bytes = new byte[600_017];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) ((i * 31) >> 3);
    }
    return bytes;
  }

  private static Routes.Builder routes() {
    return Routes.builder()
        .get("/hello", request -> text("hello"))
        .get("/large", request -> Answer.bytes(200, "application/octet-stream", LARGE))
        .post("/echo", request -> Answer.bytes(200, "text/plain", request.body("text/plain")))
        .get("/stream", request -> Answer.streaming("text/event-stream", new Three()))
        .webSocket("/socket", request -> Answer.webSocket("echo", new Echo()));
  }

  private static Answer text(String text) {
    return Answer.bytes(200, "text/plain", text.getBytes(StandardCharsets.UTF_8));
  }

  private static final class Three implements Streaming {
    @Override
    public void send(Outlet outlet) {
      for (int i = 1; i <= 3; i++) {
        outlet.send("data: %d\n\n".formatted(i).getBytes(StandardCharsets.UTF_8));
      }
    }

    @Override
    public void stop() {
      // it is short
    }

    @Override
    public void close() {
      // it holds nothing
    }
  }

  private static final class Echo implements Conversation {
    private @Nullable WebSocket socket;

    @Override
    public void opened(WebSocket opened) {
      socket = opened;
    }

    @Override
    public void heard(String text) {
      Objects.requireNonNull(socket).send(("heard " + text).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void closed() {
      // it holds nothing
    }
  }

  private static HttpClient client(HttpClient.Version version) {
    return HttpClient.newBuilder().version(version).sslContext(AUTHORITY.client()).build();
  }

  private static HttpResponse<byte[]> send(HttpClient client, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofByteArray());
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void bothVersionsOfHttpAreSpoken(HttpClient.Version version) throws Exception {
    try (HttpClient client = client(version)) {
      HttpResponse<byte[]> hello = send(client, HttpRequest.newBuilder(https.at("/hello")));
      assertThat(hello.version()).isEqualTo(version);
      assertThat(new String(hello.body(), StandardCharsets.UTF_8)).isEqualTo("hello");
      byte[] body = Arrays.copyOf(LARGE, 9_999);
      HttpResponse<byte[]> echo =
          send(
              client,
              HttpRequest.newBuilder(https.at("/echo"))
                  .header("Content-Type", "text/plain")
                  .POST(BodyPublishers.ofByteArray(body)));
      assertThat(echo.body()).isEqualTo(body);
      assertThat(send(client, HttpRequest.newBuilder(https.at("/large"))).body()).isEqualTo(LARGE);
    }
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void manyRequestsAtATimeAreAnswered(HttpClient.Version version) throws Exception {
    try (HttpClient client = client(version)) {
      List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        answers.add(
            client.sendAsync(
                HttpRequest.newBuilder(https.at(i % 10 == 0 ? "/large" : "/hello")).build(),
                BodyHandlers.ofByteArray()));
      }
      for (int i = 0; i < 50; i++) {
        assertThat(answers.get(i).get(Patience.SECONDS, TimeUnit.SECONDS).body())
            .isEqualTo(i % 10 == 0 ? LARGE : "hello".getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  @Test
  void streamsComeOverTls() throws Exception {
    for (HttpClient.Version version : HttpClient.Version.values()) {
      try (HttpClient client = client(version)) {
        assertThat(
                new String(
                    send(client, HttpRequest.newBuilder(https.at("/stream"))).body(),
                    StandardCharsets.UTF_8))
            .isEqualTo("data: 1\n\ndata: 2\n\ndata: 3\n\n");
      }
    }
  }

  @Test
  void webSocketsComeOverTls() throws Exception {
    CompletableFuture<String> heard = new CompletableFuture<>();
    try (HttpClient client = client(HttpClient.Version.HTTP_1_1)) {
      java.net.http.WebSocket socket =
          client
              .newWebSocketBuilder()
              .subprotocols("echo")
              .buildAsync(
                  URI.create("wss://localhost:" + https.port() + "/socket"),
                  new java.net.http.WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(
                        java.net.http.WebSocket from, CharSequence text, boolean last) {
                      heard.complete(text.toString());
                      from.request(1);
                      return CompletableFuture.completedStage(text);
                    }
                  })
              .get(Patience.SECONDS, TimeUnit.SECONDS);
      socket.sendText("you", true).get(Patience.SECONDS, TimeUnit.SECONDS);
      assertThat(heard.get(Patience.SECONDS, TimeUnit.SECONDS)).isEqualTo("heard you");
      socket
          .sendClose(java.net.http.WebSocket.NORMAL_CLOSURE, "")
          .get(Patience.SECONDS, TimeUnit.SECONDS);
    }
  }

  @ParameterizedTest
  @CsvSource({"TLSv1.3, TLS_AES_128_GCM_SHA256", "TLSv1.2, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"})
  void theTwoVersionsOfTlsAreSpoken(String version, String suite) throws Exception {
    try (SSLSocket socket = https.tls(AUTHORITY.client())) {
      socket.setSSLParameters(new SSLParameters(new String[] {suite}, new String[] {version}));
      hello(socket);
      assertThat(socket.getSession().getProtocol()).isEqualTo(version);
      assertThat(socket.getSession().getCipherSuite()).isEqualTo(suite);
    }
  }

  private static void hello(Socket socket) throws IOException {
    HttpFixture.write(socket, "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assertThat(readUntil(socket.getInputStream(), "\r\n\r\nhello")).startsWith("HTTP/1.1 200 ");
  }

  /// A ClientHello of TLS 1.2 or before (RFC 5246, section 7.4.1.2) that offers one suite, RSA signatures and the curve
  /// P-256. This JDK does not offer what is refused here, so it is written by hand.
  private static byte[] clientHello(int version, int suite) {
    byte[] extensions =
        HexFormat.of()
            .parseHex(
                // supported_groups, ec_point_formats, signature_algorithms, renegotiation_info
                "000a000400020017" + "000b00020100" + "000d000600040401" + "0804" + "ff01000100");
    ByteBuffer body = ByteBuffer.allocate(2 + 32 + 1 + 4 + 2 + 2 + extensions.length);
    body.putShort((short) version).put(new byte[32]).put((byte) 0);
    body.putShort((short) 2).putShort((short) suite).put((byte) 1).put((byte) 0);
    body.putShort((short) extensions.length).put(extensions);
    ByteBuffer record = ByteBuffer.allocate(9 + body.capacity());
    record.put((byte) 22).putShort((short) 0x0301).putShort((short) (4 + body.capacity()));
    record.put((byte) 1).put((byte) 0).putShort((short) body.capacity()).put(body.array());
    return record.array();
  }

  /// The first two columns are what the client offers, the third is the type of the record that answers it, and the last
  /// the alert (RFC 5246, section 7.2) in it.
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "TLS 1.2 with ECDHE,                      0303, c02f, 22, -1",
    "TLS 1.2 with static RSA and GCM,         0303, 009c, 21, 40",
    "TLS 1.2 with static RSA and CBC,         0303, 002f, 21, 40",
    "TLS 1.2 with ECDHE and CBC,              0303, c013, 21, 40",
    "TLS 1.2 with DHE,                        0303, 009e, 21, 40",
    "TLS 1.2 without encryption,              0303, 0001, 21, 40",
    "TLS 1.1 with ECDHE,                      0302, c013, 21, 70",
    "TLS 1.0 with static RSA,                 0301, 002f, 21, 70",
    "SSL 3,                                   0300, 002f, 21, 70",
  })
  void whatIsNotForwardSecretIsRefused(
      String name, String version, String suite, int type, int alert) throws Exception {
    try (Socket socket = https.tcp()) {
      socket
          .getOutputStream()
          .write(clientHello(HexFormat.fromHexDigits(version), HexFormat.fromHexDigits(suite)));
      byte[] header = socket.getInputStream().readNBytes(5);
      assertThat(header[0]).as(name).isEqualTo((byte) type);
      if (alert >= 0) {
        assertThat(socket.getInputStream().readNBytes(2)[1]).isEqualTo((byte) alert);
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
      }
    }
  }

  @Test
  void aClientThatSpeaksNoProtocolOfOursIsToldInTheHandshake() throws Exception {
    try (SSLSocket socket = https.tls(AUTHORITY.client())) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"spdy/3"});
      socket.setSSLParameters(parameters);
      assertThatThrownBy(socket::startHandshake)
          .isInstanceOf(SSLException.class)
          .hasMessageContaining("no_application_protocol");
    }
  }

  @Test
  void aClientThatRenegotiatesIsClosed() throws Exception {
    try (SSLSocket socket = https.tls(AUTHORITY.client())) {
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      hello(socket);
      socket.startHandshake();
      assertThatThrownBy(
              () -> {
                while (true) {
                  hello(socket);
                }
              })
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void plainHttpIsToldWhereItHasCome() throws Exception {
    try (Socket socket = https.tcp()) {
      HttpFixture.write(socket, "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(HttpFixture.readAll(socket.getInputStream()))
          .startsWith("HTTP/1.1 400 ")
          .contains("This port speaks HTTPS: write https:// before its address");
    }
  }

  @Test
  void theEndOfAConnectionIsToldInTls() throws Exception {
    try (SSLSocket socket = https.tls(AUTHORITY.client())) {
      HttpFixture.write(
          socket, "GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      // a cut would be an exception here
      assertThat(HttpFixture.readAll(socket.getInputStream())).endsWith("\r\n\r\nhello");
    }
  }

  private static HttpSettings impatient(int receiveSeconds) {
    return HttpFixture.settings(
        "127.0.0.1", 0, 10_000, 4_096, 1_024, 8, 64, 1_000, 100, 600, receiveSeconds, 1, 10, "");
  }

  /// The idle timeout is far away: what closes them is `receiveTimeoutSeconds`.
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 20, 1_000})
  void aClientThatDoesNotFinishItsHandshakeIsCutOff(int bytes, @TempDir Path own) throws Exception {
    byte[] whole = clientHello(0x0303, 0xc02f);
    try (Server server =
            Server.start(impatient(1), TestCertificates.written(AUTHORITY.issue(RSA), own));
        Socket socket = server.tcp()) {
      socket.getOutputStream().write(whole, 0, Math.min(bytes, whole.length));
      long start = System.nanoTime();
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
      assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(500));
    }
  }

  @Test
  void deadlinesHoldForThoseWhoNeverReadAndThoseWhoNeverSend(@TempDir Path own) throws Exception {
    try (Server server =
            // as long as the handshakes may take, too
            Server.start(impatient(5), TestCertificates.written(AUTHORITY.issue(), own));
        SSLSocket reader = greeted(server);
        SSLSocket another = greeted(server);
        SSLSocket writer = greeted(server)) {
      // two that never read, each of which is blocked in a write
      for (SSLSocket socket : List.of(reader, another)) {
        for (int i = 0; i < 8; i++) {
          HttpFixture.write(socket, "GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
        }
      }
      HttpFixture.write(writer, "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Le");
      assertThat(writer.getInputStream().read()).isEqualTo(-1);
      for (SSLSocket socket : List.of(reader, another)) {
        Patience.until("it was cut off", () -> isCutOff(socket));
      }
      try (SSLSocket fresh = server.tls(AUTHORITY.client())) {
        hello(fresh);
      }
    }
  }

  private static SSLSocket greeted(Server server) throws Exception {
    SSLSocket socket = server.tls(AUTHORITY.client());
    socket.startHandshake();
    return socket;
  }

  private static boolean isCutOff(Socket socket) {
    try {
      HttpFixture.write(socket, "G");
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void aRenewedCertificateIsServedWithoutDroppingAConnection(@TempDir Path own) throws Exception {
    TestAuthority.Issued first = AUTHORITY.issue();
    TlsSettings tls = TestCertificates.written(first, own);
    try (Server server = Server.start(HttpFixture.SETTINGS, tls);
        SSLSocket open = server.tls(AUTHORITY.client())) {
      hello(open);
      TestAuthority.Issued second = AUTHORITY.issue(RSA);
      TestCertificates.written(second, own);
      Patience.until("the new one is served", () -> second.certificate().equals(shown(server)));
      hello(open);
      assertThat(open.getSession().getPeerCertificates()[0]).isEqualTo(first.certificate());

      // one that cannot be served changes nothing, and is told
      Files.writeString(own.resolve("key.pem"), TestAuthority.pem(first.key()));
      Patience.until("it is told", () -> server.certificates().trouble().isPresent());
      assertThat(server.certificates().trouble().orElseThrow())
          .startsWith(
              "There is no newer certificate that can be served; the one before stays until ");
      assertThat(shown(server)).isEqualTo(second.certificate());
      hello(open);

      Files.delete(own.resolve("key.pem"));
      TestAuthority.Issued third = AUTHORITY.issue();
      TestCertificates.written(third, own);
      Patience.until("it has recovered", () -> third.certificate().equals(shown(server)));
      assertThat(server.certificates().trouble()).isEmpty();
      hello(open);
    }
  }

  private static X509Certificate shown(Server server) {
    try (SSLSocket socket = server.tls(AUTHORITY.client())) {
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// Who comes is nobody, somebody whom the authority knows, or somebody whom another one does.
  @ParameterizedTest
  @CsvSource({
    "OPTIONAL, nobody,   true",
    "OPTIONAL, known,    true",
    "OPTIONAL, stranger, false",
    "REQUIRED, nobody,   false",
    "REQUIRED, known,    true",
    "REQUIRED, stranger, false",
    "ANY,      nobody,   true",
    "ANY,      known,    true",
    "ANY,      stranger, true",
  })
  void clientsShowCertificates(
      ClientCertificates clients, String who, boolean letIn, @TempDir Path own) throws Exception {
    TlsSettings files = TestCertificates.written(AUTHORITY.issue(), own);
    Path authorities = own.resolve("clients.pem");
    Files.writeString(authorities, TestAuthority.pem(AUTHORITY.root()));
    TlsSettings tls =
        new TlsSettings(
            files.certificate(),
            files.key(),
            clients,
            authorities.toString(),
            -1,
            0,
            AcmeSettings.NONE);
    SSLContext client =
        switch (who) {
          case "known" -> AUTHORITY.client(AUTHORITY.issue());
          case "stranger" -> AUTHORITY.client(stranger());
          default -> AUTHORITY.client();
        };
    try (Server server = Server.start(HttpFixture.SETTINGS, tls);
        SSLSocket socket = server.tls(client)) {
      if (letIn) {
        hello(socket);
      } else {
        assertThatThrownBy(() -> hello(socket)).isInstanceOf(IOException.class);
      }
    }
  }

  /// Who phases certificates in sees who still comes without one.
  @Test
  void theAccessLogTellsWhomACertificateNamesThatSomebodyVouchesFor(@TempDir Path own)
      throws Exception {
    TlsSettings files = TestCertificates.written(AUTHORITY.issue(), own);
    Path authorities = own.resolve("clients.pem");
    Files.writeString(authorities, TestAuthority.pem(AUTHORITY.root()));
    TlsSettings tls =
        SettingRecords.changed(
            files,
            Map.of(
                "clientCertificates",
                ClientCertificates.ANY,
                "clientAuthorities",
                authorities.toString()));
    Path lines = own.resolve("access.log");
    TelemetrySettings told = TelemetrySettings.DEFAULT.withAccessLog(lines.toString());
    TestAuthority.Issued till = AUTHORITY.issue();
    try (Telemetry telemetry = Telemetry.start(told, Optional.empty());
        Server server = Server.start(HttpFixture.SETTINGS, tls, telemetry);
        SSLSocket known = server.tls(AUTHORITY.client(till));
        SSLSocket stranger = server.tls(AUTHORITY.client(stranger()));
        SSLSocket nobody = server.tls(AUTHORITY.client())) {
      hello(known);
      hello(stranger);
      hello(nobody);
      Patience.until("three lines", () -> lines(lines).size() == 3);
    }
    String subject = till.certificate().getSubjectX500Principal().getName();
    assertThat(lines(lines))
        .satisfiesExactlyInAnyOrder(
            line -> assertThat(line).contains("\"clientCertificate\":\"" + subject + "\""),
            line -> assertThat(line).doesNotContain("clientCertificate"),
            line -> assertThat(line).doesNotContain("clientCertificate"));
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Signed by nobody whom the server trusts, though its chain names the authority.
  private static TestAuthority.Issued stranger() {
    TestAuthority.Issued other = new TestAuthority().issue();
    return new TestAuthority.Issued(List.of(other.certificate(), AUTHORITY.root()), other.key());
  }

  @Test
  void aStopEndsOpenConnections(@TempDir Path own) throws Exception {
    Server server =
        Server.start(HttpFixture.SETTINGS, TestCertificates.written(AUTHORITY.issue(), own));
    try (SSLSocket socket = server.tls(AUTHORITY.client());
        Socket silent = server.tcp()) {
      hello(socket);
      server.close();
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
      assertThat(silent.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void piecesOfAnyLengthAreUnderstood() throws Exception {
    try (SSLSocket socket = https.tls(AUTHORITY.client())) {
      String request = "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n";
      for (int i = 0; i < request.length(); i++) {
        socket.getOutputStream().write(request.charAt(i));
      }
      BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      assertThat(reader.readLine()).startsWith("HTTP/1.1 200 ");
    }
  }
}
