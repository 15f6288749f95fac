package dev.varve.face.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.varve.face.gateway.http2.Http2Connection;
import dev.varve.face.gateway.http2.Http2Failure;
import dev.varve.face.gateway.http2.Http2Request;
import dev.varve.face.gateway.http2.Http2Stream;
import dev.varve.face.gateway.http2.Wire;
import dev.varve.face.gateway.upstream.Protocol;
import dev.varve.face.gateway.upstream.ServiceSettings;
import dev.varve.face.gateway.upstream.ServiceTls;
import dev.varve.kernel.Patience;
import dev.varve.net.certificate.TestAuthority;
import dev.varve.net.http.HeaderLine;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import io.helidon.common.tls.Tls;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http2.Http2Config;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Services that are servers of others, in the protocols that they speak.
final class PeersTest {
  private static final byte[] LARGE = large();
  // Helidon stops reading from a connection when one handler has 32 frames before it; one that
  // waits for room to write then
  // waits for ever
  private static final int WINDOW_BYTES = 65_535;

  @TempDir static Path folder;

  private static final List<AutoCloseable> OPEN = new ArrayList<>();
  private static final Map<String, ServiceSettings> SERVICES = new LinkedHashMap<>();
  private static TestServer server;
  private static ServiceTls tls;

  /// @param spoken what it says that it was asked in
  record Peer(String name, String spoken, boolean echoes) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Peer> peers() {
    Stream<Peer> always =
        Stream.of(
            new Peer("jdk", "HTTP/1.1", true),
            new Peer("jdk-tls", "HTTP/1.1", true),
            new Peer("helidon", "HTTP/1.1", true),
            new Peer("helidon-h2c", "HTTP/2.0", true),
            new Peer("helidon-tls", "HTTP/2.0", true));
    Stream<Peer> nginx =
        Stream.of(
            new Peer("nginx", "HTTP/1.1", false),
            new Peer("nginx-h2c", "HTTP/2.0", false),
            new Peer("nginx-tls", "HTTP/1.1", false),
            new Peer("nginx-tls-h2", "HTTP/2.0", false),
            new Peer("nginx-tls-as-http1", "HTTP/1.1", false));
    return NginxPeer.program().isPresent() ? Stream.concat(always, nginx) : always;
  }

  @BeforeAll
  static void start() throws Exception {
    TestAuthority authority = new TestAuthority();
    Files.writeString(folder.resolve("ca.pem"), TestAuthority.pem(authority.root()));
    tls = new ServiceTls("ca.pem", "", "").in(folder);
    SSLContext context = authority.client(authority.issue());
    startJdk(context);
    startHelidon(context);
    Optional<String> nginx = NginxPeer.program();
    if (nginx.isPresent()) {
      startNginx(nginx.get(), authority);
    } else {
      System.err.println("PeersTest without nginx: " + NginxPeer.INSTALL);
    }
    List<RouteSettings> routes =
        SERVICES.keySet().stream()
            .map(name ->
                GatewayFixture.route("/" + name + "/**", Map.of("to", name, "strip", "/" + name)))
            .toList();
    server = GatewayFixture.start(new GatewaySettings(SERVICES, routes));
    OPEN.add(server);
  }

  private static void add(String name, String url, Protocol protocol) {
    Map<String, Object> parts =
        Map.of(
            "protocol",
            protocol,
            "connectionsMax",
            64,
            "timeouts",
            GatewayFixture.LONG,
            "tls",
            url.startsWith("https:") ? tls : ServiceTls.NONE);
    SERVICES.put(name, GatewayFixture.with(GatewayFixture.service(name, url), parts));
  }

  private static void startJdk(SSLContext context) throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    HttpServer plain = HttpServer.create(any, 50);
    HttpsServer secure = HttpsServer.create(any, 50);
    secure.setHttpsConfigurator(new HttpsConfigurator(context));
    for (HttpServer each : List.of(plain, secure)) {
      each.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      each.createContext("/", PeersTest::answer);
      each.start();
      OPEN.add(() -> each.stop(0));
    }
    add("jdk", "http://127.0.0.1:" + plain.getAddress().getPort(), Protocol.AUTO);
    add("jdk-tls", "https://localhost:" + secure.getAddress().getPort(), Protocol.AUTO);
  }

  private static void answer(HttpExchange exchange) throws IOException {
    switch (exchange.getRequestURI().getPath()) {
      case "/protocol" ->
          answer(exchange, 200, exchange.getProtocol().getBytes(StandardCharsets.US_ASCII));
      case "/large" -> answer(exchange, 200, LARGE);
      case "/echo" -> {
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
          exchange.getRequestBody().transferTo(out);
        }
      }
      case "/refused" -> answer(exchange, 413, new byte[0]);
      default -> answer(exchange, 404, new byte[0]);
    }
    exchange.close();
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, head || body.length == 0 ? -1 : body.length);
    if (!head && body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }

  private static void startHelidon(SSLContext context) {
    WebServer plain = helidon(Tls.builder().enabled(false).build());
    WebServer secure = helidon(Tls.builder().sslContext(context).build());
    add("helidon", "http://127.0.0.1:" + plain.port(), Protocol.AUTO);
    add("helidon-h2c", "http://127.0.0.1:" + plain.port(), Protocol.HTTP2);
    add("helidon-tls", "https://localhost:" + secure.port(), Protocol.AUTO);
  }

  private static WebServer helidon(Tls secure) {
    WebServer started =
        WebServer.builder()
            .host("localhost")
            .tls(secure)
            .addProtocol(Http2Config.builder().initialWindowSize(WINDOW_BYTES).build())
            .connectionOptions(options -> options.tcpNoDelay(true))
            .routing((HttpRouting.Builder routes) ->
                routes
                    .get("/protocol", PeersTest::protocol)
                    .get("/large", (_, answer) -> answer.send(LARGE))
                    .head("/large", (_, answer) -> answer.send())
                    .post("/echo", PeersTest::echo)
                    .get("/trailers", PeersTest::trailers)
                    .post(
                        "/refused",
                        (_, answer) -> answer.status(Status.REQUEST_ENTITY_TOO_LARGE_413).send()))
            .build()
            .start();
    OPEN.add(started::stop);
    return started;
  }

  private static void protocol(ServerRequest request, ServerResponse answer) {
    answer.send("HTTP/" + request.prologue().protocolVersion());
  }

  private static void echo(ServerRequest request, ServerResponse answer) throws IOException {
    try (InputStream in = request.content().inputStream();
        OutputStream out = answer.outputStream()) {
      in.transferTo(out);
    }
  }

  private static void trailers(ServerRequest request, ServerResponse answer) throws IOException {
    answer.header(HeaderNames.TRAILER, "X-Check, Content-Type");
    try (OutputStream out = answer.outputStream()) {
      out.write("ok".getBytes(StandardCharsets.US_ASCII));
      out.flush();
      answer.trailers().add(HeaderValues.create("X-Check", "good"));
      answer.trailers().add(HeaderValues.create("Content-Type", "text/evil"));
      answer.trailers().add(HeaderValues.create("Set-Cookie", "a=b"));
    }
  }

  private static void startNginx(String program, TestAuthority authority) throws IOException {
    Path files = Files.createDirectories(folder.resolve("files"));
    Files.write(files.resolve("large"), LARGE);
    NginxPeer nginx = NginxPeer.start(program, folder, authority);
    OPEN.add(nginx);
    add("nginx", nginx.http1(), Protocol.AUTO);
    add("nginx-h2c", nginx.http2(), Protocol.HTTP2);
    add("nginx-tls", nginx.tlsWithHttp1(), Protocol.AUTO);
    add("nginx-tls-h2", nginx.tlsWithBoth(), Protocol.AUTO);
    add("nginx-tls-as-http1", nginx.tlsWithBoth(), Protocol.HTTP1);
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable each : OPEN.reversed()) {
      each.close();
    }
  }

  private static byte[] large() {
    byte[] bytes = new byte[6 * 1024 * 1024 + 1];
    new Random(7).nextBytes(bytes);
    return bytes;
  }

  private static Reply send(Peer peer, String method, String path, String body) {
    return server.send(method, "/" + peer.name() + path, Map.of(), body);
  }

  @ParameterizedTest
  @MethodSource("peers")
  void aPeerIsAskedInItsProtocol(Peer peer) {
    for (int i = 0; i < 3; i++) {
      assertThat(send(peer, "GET", "/protocol", "").text()).startsWith(peer.spoken());
    }
    assertThat(send(peer, "HEAD", "/large", "").status()).isEqualTo(200);
    assertThat(send(peer, "GET", "/missing", "").status()).isEqualTo(404);
    assertThat(send(peer, "GET", "/protocol", "").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @MethodSource("peers")
  void aLargeAnswerComesWhole(Peer peer) {
    assertThat(send(peer, "GET", "/large", "").bytes()).isEqualTo(LARGE);
  }

  @ParameterizedTest
  @MethodSource("peers")
  void manyAreAskedForAtOnce(Peer peer) throws Exception {
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Reply>> replies =
          Stream.generate(() -> clients.submit(() -> send(peer, "GET", "/protocol", "")))
              .limit(100)
              .toList();
      for (Future<Reply> reply : replies) {
        assertThat(reply.get(Patience.SECONDS, TimeUnit.SECONDS).text()).startsWith(peer.spoken());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("peers")
  void aRefusalBeforeTheEndOfTheRequestArrives(Peer peer) {
    assertThat(send(peer, "POST", "/refused", "x".repeat(4 * 1024 * 1024)).status()).isEqualTo(413);
    assertThat(send(peer, "GET", "/protocol", "").text()).startsWith(peer.spoken());
  }

  @ParameterizedTest
  @MethodSource("peers")
  void aLargeBodyGoesThereAndComesBack(Peer peer) throws Exception {
    if (!peer.echoes()) {
      return;
    }
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:%d/%s/echo".formatted(server.port(), peer.name())))
            .POST(BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(LARGE)))
            .build();
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      HttpResponse<byte[]> answer = client.send(request, BodyHandlers.ofByteArray());

      assertThat(answer.body()).isEqualTo(LARGE);
    }
  }

  /// The client is the gateway's own.
  @Test
  void trailersOfAServiceReachAClientOverHttp2() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        Http2Connection client =
            Http2Connection.open(new SocketWire(socket), Duration.ofSeconds(Patience.SECONDS))) {
      for (String name : List.of("helidon", "helidon-h2c", "helidon-tls")) {
        for (List<HeaderLine> asked :
            List.<List<HeaderLine>>of(List.of(), List.of(new HeaderLine("te", "trailers")))) {
          Http2Stream stream = asked(client, "/" + name + "/trailers", asked);

          assertThat(whole(stream)).isEqualTo("ok");
          assertThat(stream.trailers())
              .as(name)
              .contains(new HeaderLine("x-check", "good"))
              .noneMatch(trailer -> trailer.is("content-type") || trailer.is("set-cookie"));
        }
      }
    }
  }

  private static Http2Stream asked(Http2Connection client, String path, List<HeaderLine> headers)
      throws Http2Failure {
    assertThat(client.enter()).isTrue();
    return client.send(
        new Http2Request("GET", "http", "localhost", path, headers),
        true,
        Duration.ofSeconds(Patience.SECONDS));
  }

  private static String whole(Http2Stream stream) throws Http2Failure {
    Duration patience = Duration.ofSeconds(Patience.SECONDS);
    assertThat(stream.head(patience).orElseThrow().status()).isEqualTo(200);
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    byte[] piece = new byte[100];
    int length = stream.read(piece, 0, piece.length, patience);
    while (length >= 0) {
      read.write(piece, 0, length);
      length = stream.read(piece, 0, piece.length, patience);
    }
    return read.toString(StandardCharsets.US_ASCII);
  }

  private record SocketWire(Socket socket) implements Wire {
    @Override
    public int read(byte[] into) throws IOException {
      return socket.getInputStream().read(into);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      socket.getOutputStream().write(bytes, offset, length);
    }

    @Override
    public void rest() {}

    @Override
    public boolean wake() {
      return true;
    }

    @Override
    public void close() {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Test
  void trailersOfAServiceReachAClientThatTakesThem() throws IOException {
    for (String name : List.of("helidon", "helidon-h2c", "helidon-tls")) {
      String request =
          "GET /%s/trailers HTTP/1.1\r\nHost: x\r\nConnection: close%s\r\n\r\n"
              .formatted(name, "%s");

      String wanted = RawClient.exchange(server.port(), request.formatted(", TE\r\nTE: trailers"));
      assertThat(wanted.toLowerCase(java.util.Locale.ROOT))
          .as(name)
          .contains("trailer: x-check", "\r\n0\r\n", "\r\nx-check: good\r\n")
          .doesNotContain("evil", "a=b");

      String unwanted = RawClient.exchange(server.port(), request.formatted(""));
      assertThat(unwanted).as(name).contains("ok").doesNotContain("good", "Trailer", "trailer");
    }
  }
}
