package dev.varve.face.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.command.LogLines;
import dev.varve.identity.account.SignUpPolicy;
import dev.varve.identity.account.VerificationPolicy;
import dev.varve.kernel.Json;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import dev.varve.node.TestStorage;
import dev.varve.telemetry.LogSettings;
import dev.varve.telemetry.TelemetrySettings;
import dev.varve.telemetry.TraceCollector;
import dev.varve.telemetry.TraceSettings;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a server tells of a day with everything that is secret in it: no log line, no line of the access log, no span and no
/// measure gives anybody what lets them in.
class ToldTest {
  private static final String ADMIN = "grace@example.com";
  private static final String ADMIN_PASSWORD = "horse of the administrator";
  private static final String NEW_PASSWORD = "another horse battery";
  private static final String WRONG_PASSWORD = "wrong-password-of-ada";
  private static final String COOKIE = "session=cookie-of-another-program";
  private static final String WRONG_TOKEN = "wrong-token-0123456789abcdefghijklmnopqrstuvwxyz";
  private static final String VARIABLE = "a-nickname-that-is-nobodys-business";
  private static final String METRICS_TOKEN = "metrics-token-0123456789-0123456789";
  private static final String COLLECTOR_TOKEN = "Bearer collector-token-0123456789";
  private static final String BROKEN_HASH = "broken-hash-of-ada";
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String CALLER_SPAN = "b7ad6b7169203331";
  private static final String UNSAMPLED = "1bf7651916cd43dd8448eb211c80319c";

  @TempDir static Path folder;

  private static final Logger ROOT = Logger.getLogger("");
  private static final Logger OURS = Logger.getLogger("dev.varve");
  private static final List<String> SECRETS = new ArrayList<>();
  private static final TraceCollector COLLECTOR = new TraceCollector();

  private static String log = "";
  private static String accessLog = "";
  private static String metrics = "";
  private static Reply continued = new Reply(0, Map.of(), new byte[0]);
  private static Reply unsampled = continued;
  private static Reply refusedByHash = continued;

  @BeforeAll
  static void live() throws Exception {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    Formatter json = new LogLines(LogSettings.Format.JSON);
    Handler handler =
        new StreamHandler(lines, json) {
          @Override
          public synchronized void setFormatter(Formatter other) {
            // a server that another test starts in this process has settings of its own
            super.setFormatter(json);
          }
        };
    handler.setEncoding("UTF-8");
    handler.setLevel(Level.ALL);
    Level level = OURS.getLevel();
    ROOT.addHandler(handler);
    OURS.setLevel(Level.ALL);
    Path access = folder.resolve("access.log");
    TelemetrySettings telemetry =
        new TelemetrySettings(
            true,
            0,
            access.toString(),
            LogSettings.DEFAULT,
            new TraceSettings(COLLECTOR.endpoint(), "1"));
    TestServer.Plan plan =
        People.plan()
            .with(People.settings(SignUpPolicy.OPEN, VerificationPolicy.REQUIRED))
            .with(telemetry)
            .knowing(
                Map.of(
                    "VARVE_TELEMETRY_TOKEN",
                    METRICS_TOKEN,
                    "VARVE_TELEMETRY_TRACES_AUTHORIZATION",
                    COLLECTOR_TOKEN));
    try (TestServer server = TestServer.start(plan)) {
      spendADay(server);
      metrics = server.get("/metrics").text();
    } finally {
      OURS.setLevel(level);
      ROOT.removeHandler(handler);
    }
    handler.flush();
    log = lines.toString(StandardCharsets.UTF_8);
    accessLog = Files.readString(access);
  }

  @AfterAll
  static void stop() {
    COLLECTOR.close();
  }

  private static void spendADay(TestServer server) throws Exception {
    SECRETS.addAll(
        List.of(
            People.PASSWORD,
            ADMIN_PASSWORD,
            NEW_PASSWORD,
            WRONG_PASSWORD,
            "cookie-of-another-program",
            WRONG_TOKEN,
            VARIABLE,
            METRICS_TOKEN,
            COLLECTOR_TOKEN,
            BROKEN_HASH));
    Reply signedIn = join(server);
    String access = secret(signedIn, "accessToken");
    Reply refreshed =
        People.post(
            server, "/auth/refresh", Map.of("refreshToken", secret(signedIn, "refreshToken")));
    secret(refreshed, "accessToken");
    secret(refreshed, "refreshToken");
    resetPassword(server);
    useKeys(server);
    askGraphQl(server, access);
    tryWhatIsWrong(server);
    continueTraces(server);
    breakHash(server);
  }

  private static String secret(Reply reply, String member) {
    String secret = People.text(reply, member);
    assertThat(secret).as(reply.text()).hasSizeGreaterThan(20);
    SECRETS.add(secret);
    return secret;
  }

  private static Reply join(TestServer server) {
    People.signUp(server, People.ADA);
    String token = People.token(server, People.ADA);
    SECRETS.add(token);
    server.get("/auth/verify-email?token=" + token);
    assertThat(People.confirm(server, token, People.PASSWORD).status()).isEqualTo(200);
    return People.signIn(server, People.ADA, People.PASSWORD);
  }

  private static void resetPassword(TestServer server) {
    People.post(server, "/auth/password/forgot", Map.of("email", People.ADA));
    String token = People.token(People.mails(server, People.ADA, 2).getFirst());
    SECRETS.add(token);
    assertThat(server.get("/auth/password/reset?token=" + token).status()).isEqualTo(200);
    server.send(
        "POST",
        "/auth/password/reset",
        Map.of("Content-Type", "application/x-www-form-urlencoded"),
        "token=%s&newPassword=%s".formatted(token, "wrong"));
    assertThat(
            People.post(
                    server,
                    "/auth/password/reset",
                    Map.of("token", token, "newPassword", NEW_PASSWORD))
                .status())
        .isEqualTo(204);
  }

  private static void useKeys(TestServer server) {
    server
        .administration()
        .create(ADMIN, List.of("admin"), Map.of("name", "Grace"), ADMIN_PASSWORD);
    Reply admin = People.signIn(server, ADMIN, ADMIN_PASSWORD);
    Reply made =
        People.post(
            server,
            "/auth/keys",
            People.bearer(secret(admin, "accessToken")),
            Map.of("name", "billing", "roles", List.of("admin")));
    String key = secret(made, "key");
    assertThat(server.send("GET", "/api/users", People.bearer(key), "").status()).isEqualTo(200);
    server.send("GET", "/api/users/" + key, Map.of(), "");
    server.send("GET", "/api/users?limit=1&access_token=" + key, People.bearer(key), "");
  }

  private static void askGraphQl(TestServer server, String access) {
    String query = "query($nickname: String) { users(where: {nickname: {eq: $nickname}}) { id } }";
    server.send(
        "POST",
        "/graphql",
        Map.of("Authorization", "Bearer " + access, "Cookie", COOKIE),
        People.text(Map.of("query", query, "variables", Map.of("nickname", VARIABLE))));
    server.send(
        "GET",
        "/graphql?query=%7Busers%7Bid%7D%7D&variables=%7B%22nickname%22%3A%22"
            + VARIABLE
            + "%22%7D",
        Map.of("Cookie", COOKIE),
        "");
  }

  private static void tryWhatIsWrong(TestServer server) {
    People.signIn(server, People.ADA, WRONG_PASSWORD);
    server.send("GET", "/api/users", People.bearer(WRONG_TOKEN), "");
    server.send("GET", "/api/users", Map.of("Authorization", "Basic " + WRONG_TOKEN), "");
    server.send(
        "GET", "/metrics", Map.of("Via", "x", "Authorization", "Bearer " + METRICS_TOKEN), "");
    server.send(
        "GET", "/nowhere/" + WRONG_TOKEN + "?token=" + WRONG_TOKEN, Map.of("Cookie", COOKIE), "");
    People.post(server, "/auth/refresh", Map.of("refreshToken", WRONG_TOKEN));
    server.send("POST", "/auth/sign-in", Map.of(), "{\"password\": \"" + WRONG_PASSWORD);
  }

  private static void continueTraces(TestServer server) {
    continued = server.send("GET", "/api/users?sort=name&limit=2", parent(TRACE, "01"), "");
    unsampled = server.send("GET", "/api/users", parent(UNSAMPLED, "00"), "");
  }

  private static Map<String, String> parent(String trace, String flags) {
    return Map.of("traceparent", "00-%s-%s-%s".formatted(trace, CALLER_SPAN, flags));
  }

  private static void breakHash(TestServer server) throws Exception {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      TestStorage.waitForWriters(statement);
      statement.execute("UPDATE varve_credential SET hash = '" + BROKEN_HASH + "'");
    }
    refusedByHash = People.signIn(server, People.ADA, NEW_PASSWORD);
  }

  @ParameterizedTest
  @ValueSource(strings = {"log", "access log", "spans", "metrics"})
  void nothingThatIsToldLetsAnybodyIn(String where) {
    String told =
        switch (where) {
          case "log" -> log;
          case "access log" -> accessLog;
          case "spans" -> COLLECTOR.text();
          default -> metrics;
        };
    assertThat(told).isNotEmpty();
    assertThat(SECRETS).hasSizeGreaterThan(15).doesNotHaveDuplicates();
    for (String secret : SECRETS) {
      assertThat(told.contains(secret)).as("%s in the %s", secret, where).isFalse();
    }
  }

  private static List<Map<String, Object>> lines(String text) {
    return text.lines()
        .map(line ->
            People.members(
                Objects.requireNonNull(Json.read(line.getBytes(StandardCharsets.UTF_8)))))
        .toList();
  }

  @Test
  void everyLineOfTheLogIsJsonAndNamesItsTrace() {
    String trace = trace(refusedByHash);
    assertThat(lines(log))
        .filteredOn(line -> String.valueOf(line.get("message")).contains("stored password hash"))
        .filteredOn(line -> trace.equals(line.get("traceId")))
        .singleElement()
        .satisfies(line ->
            assertThat(line)
                .containsEntry("level", "ERROR")
                .containsEntry("logger", "dev.varve.identity.account.Passwords")
                .containsKeys("at", "thread"));
  }

  @Test
  void theAccessLogHasALineForEachRequest() {
    List<Map<String, Object>> requests = lines(accessLog);
    assertThat(requests)
        .allSatisfy(line ->
            assertThat(line)
                .containsKeys(
                    "at",
                    "method",
                    "path",
                    "status",
                    "bytes",
                    "durationMillis",
                    "requestId",
                    "client",
                    "protocol"));
    assertThat(requests)
        .filteredOn(line -> TRACE.equals(line.get("traceId")))
        .singleElement()
        .satisfies(line ->
            assertThat(line)
                .containsEntry("method", "GET")
                .containsEntry("route", "/api/users")
                .containsEntry("path", "/api/users")
                .containsEntry("query", "sort=name&limit=2")
                .containsEntry("status", (long) continued.status())
                .containsEntry("bytes", (long) continued.bytes().length)
                .containsEntry("requestId", continued.header("X-Request-Id"))
                .containsEntry("client", "127.0.0.1")
                .containsEntry("protocol", "HTTP/1.1"));
    assertThat(requests)
        .filteredOn(line -> "/api/users".equals(line.get("route")))
        .filteredOn(line -> String.valueOf(line.get("caller")).startsWith("key:"))
        .isNotEmpty()
        .allSatisfy(line -> assertThat(line).containsKey("position"));
    assertThat(requests)
        .filteredOn(line -> String.valueOf(line.get("path")).startsWith("/nowhere"))
        .singleElement()
        .satisfies(line ->
            assertThat(line)
                .containsEntry("path", "/nowhere/...")
                .containsEntry("status", 404L)
                .doesNotContainKeys("route", "query"));
  }

  private static String trace(Reply reply) {
    assertThat(reply.header("traceresponse")).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01");
    return reply.header("traceresponse").substring(3, 35);
  }

  @Test
  void aRequestContinuesTheTraceOfItsCaller() {
    assertThat(trace(continued)).isEqualTo(TRACE);
    assertThat(COLLECTOR.of(TRACE))
        .filteredOn(span -> span.getName().equals("GET /api/users"))
        .singleElement()
        .satisfies(span -> {
          assertThat(TraceCollector.hex(span.getParentSpanId())).isEqualTo(CALLER_SPAN);
          assertThat(span.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
          assertThat(TraceCollector.attribute(span, "http.route")).isEqualTo("/api/users");
          assertThat(TraceCollector.attribute(span, "http.request.method")).isEqualTo("GET");
          assertThat(TraceCollector.attribute(span, "http.response.status_code"))
              .isEqualTo(Integer.toString(continued.status()));
        });
  }

  @Test
  void aRequestThatItsCallerDoesNotTraceIsNotTraced() {
    assertThat(unsampled.header("traceresponse")).isEmpty();
    assertThat(COLLECTOR.of(UNSAMPLED)).isEmpty();
  }

  @Test
  void aWriteShowsItsDecisionItsCommitAndTheirStatements() {
    Span request =
        COLLECTOR.named("POST /auth/password/reset").stream()
            .filter(
                span -> TraceCollector.attribute(span, "http.response.status_code").equals("204"))
            .findFirst()
            .orElseThrow();
    List<Span> trace = COLLECTOR.of(TraceCollector.hex(request.getTraceId()));
    List<Span> commits = children(trace, request, "commit");
    assertThat(children(trace, request, "decision")).isNotEmpty();
    assertThat(commits).isNotEmpty();
    assertThat(commits)
        .flatExtracting(commit -> children(trace, commit, "COMMIT"))
        .isNotEmpty()
        .allSatisfy(span ->
            assertThat(TraceCollector.attribute(span, "db.system.name"))
                .isEqualTo(TestStorage.system()));
    assertThat(trace)
        .filteredOn(span -> span.getName().equals("SELECT"))
        .isNotEmpty()
        .allSatisfy(span ->
            assertThat(TraceCollector.attribute(span, "db.query.text")).startsWith("SELECT "));
  }

  private static List<Span> children(List<Span> trace, Span parent, String name) {
    return trace.stream()
        .filter(span -> span.getParentSpanId().equals(parent.getSpanId()))
        .filter(span -> span.getName().equalsIgnoreCase(name))
        .toList();
  }

  @Test
  void theCollectorIsGivenItsCredentials() {
    assertThat(COLLECTOR.authorizations()).isNotEmpty().containsOnly(COLLECTOR_TOKEN);
  }

  @Test
  void theMetricsCountTheDay() {
    assertThat(metrics)
        .contains(
            "varve_http_requests_total{method=\"POST\",route=\"/auth/sign-in\",status=\"200\"}",
            "varve_http_requests_total{method=\"POST\",route=\"/auth/sign-in\",status=\"401\"}");
    assertThat(Stream.of(metrics.split("\n", -1)).filter(line -> line.startsWith("varve_")))
        .hasSizeGreaterThan(50);
  }
}
