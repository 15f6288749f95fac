package dev.varve.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Patience;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoublePredicate;
import java.util.regex.Pattern;
import org.hawkular.agent.prometheus.text.TextPrometheusMetricsProcessor;
import org.hawkular.agent.prometheus.types.Counter;
import org.hawkular.agent.prometheus.types.Gauge;
import org.hawkular.agent.prometheus.types.Metric;
import org.hawkular.agent.prometheus.types.MetricFamily;
import org.hawkular.agent.prometheus.types.MetricType;
import org.hawkular.agent.prometheus.walkers.CollectorPrometheusMetricsWalker;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricsEndpointTest {
  private static final String SCHEMA =
      """
      type Note @model @auth(rules: [{allow: public}]) {
        id: ID!
        text: String! @length(max: 100)
      }
      """;
  private static final String TOKEN = "a-token-that-nobody-guesses-0123456789";

  // a sample, a comment, or nothing (Prometheus text exposition format 0.0.4)
  private static final Pattern LINE =
      Pattern.compile(
          "# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\\{([a-z_]+=\"([^\"\\\\\\n]|\\\\[\\\\\"n])*\",?)*})? (NaN|[+-]Inf|-?[0-9.]+(E-?[0-9]+)?)");

  private static TestServer server;

  @BeforeAll
  static void start() {
    server =
        TestServer.start(
            TestServer.Plan.of(SCHEMA).knowing(Map.of("VARVE_TELEMETRY_TOKEN", TOKEN)));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static List<MetricFamily> scrape() {
    Reply reply = server.get("/metrics");
    assertThat(reply.status()).isEqualTo(200);
    CollectorPrometheusMetricsWalker walker = new CollectorPrometheusMetricsWalker();
    new TextPrometheusMetricsProcessor(new ByteArrayInputStream(reply.bytes()), walker).walk();
    return walker.getAllMetricFamilies();
  }

  private static Optional<Metric> metric(String name, Map<String, String> labels) {
    return scrape().stream()
        .filter(family -> family.getName().equals(name))
        .flatMap(family -> family.getMetrics().stream())
        .filter(metric -> metric.getLabels().equals(labels))
        .findFirst();
  }

  private static double value(String name, Map<String, String> labels) {
    return metric(name, labels)
        .map(metric ->
            switch (metric) {
              case Counter counter -> counter.getValue();
              case Gauge gauge -> gauge.getValue();
              default -> throw new AssertionError(metric);
            })
        .orElse(0.0);
  }

  /// A request is counted when its answer has been taken, which its client may be the first to know.
  private static void await(String name, Map<String, String> labels, DoublePredicate wanted) {
    Patience.until(name + labels, () -> wanted.test(value(name, labels)));
  }

  @Test
  void everyLineIsOfTheFormat() {
    String text = server.get("/metrics").text();
    assertThat(text.lines()).allMatch(line -> LINE.matcher(line).matches());
    assertThat(text).endsWith("\n");
    assertThat(server.get("/metrics").header("Content-Type"))
        .isEqualTo("text/plain; version=0.0.4; charset=utf-8");
  }

  @Test
  void openMetricsIsGivenToWhoAsksForIt() {
    Reply reply =
        server.send(
            "GET",
            "/metrics",
            Map.of("Accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"),
            "");
    assertThat(reply.header("Content-Type"))
        .isEqualTo("application/openmetrics-text; version=1.0.0; charset=utf-8");
    assertThat(reply.text()).endsWith("# EOF\n");
  }

  @Test
  void aScraperReadsWhatEachStageTells() {
    server.send("POST", "/api/notes", Map.of(), "{\"text\": \"hello\"}");
    List<MetricFamily> families = scrape();
    assertThat(families)
        .extracting(MetricFamily::getName)
        .contains(
            "varve_http_requests_total",
            "varve_http_request_duration_seconds",
            "varve_http_requests_in_progress",
            "varve_http_requests_waiting",
            "varve_http_connections",
            "varve_http_streams",
            "varve_request_memory_bytes",
            "varve_request_memory_max_bytes",
            "varve_write_group_units",
            "varve_write_commit_duration_seconds",
            "varve_write_queue_units",
            "varve_write_failures_total",
            "varve_log_position",
            "varve_database_size_bytes",
            "varve_database_wal_size_bytes",
            "varve_database_reads_waiting",
            "varve_disk_free_bytes",
            "varve_cache_requests_total",
            "varve_feed_readers",
            "varve_feed_lag_positions",
            "varve_feed_kept_bytes",
            "varve_password_hashes_total",
            "varve_password_hashes_waiting",
            "varve_password_hashes_in_progress",
            "jvm_memory_used_bytes",
            "jvm_gc_collection_seconds",
            "jvm_threads_current",
            "process_cpu_seconds_total");
    assertThat(families).allSatisfy(family -> assertThat(family.getHelp()).isNotBlank());
    assertThat(value("varve_log_position", Map.of())).isPositive();
    assertThat(value("varve_database_size_bytes", Map.of())).isPositive();
    assertThat(value("varve_http_connections", Map.of())).isPositive();
  }

  @Test
  void requestsAreCountedByPatternMethodAndStatus() throws Exception {
    server.send("GET", "/api/notes/nothing-here", Map.of(), "");
    server.send("POST", "/api/notes", Map.of(), "{}");
    server.send("BREW", "/api/notes", Map.of(), "");
    server.send("GET", "/wp-admin/setup.php?token=1", Map.of(), "");
    String requests = "varve_http_requests_total";
    await(requests, labels("/api/notes/{id}", "GET", "404"), count -> count >= 1);
    await(requests, labels("/api/notes", "POST", "400"), count -> count == 1);
    await(requests, labels("/api/notes", "other", "405"), count -> count == 1);
    await(requests, labels("none", "GET", "404"), count -> count == 1);
    assertThat(
            metric(
                "varve_http_request_duration_seconds",
                Map.of("route", "/api/notes/{id}", "method", "GET")))
        .isPresent();
    assertThat(server.get("/metrics").text()).doesNotContain("wp-admin", "nothing-here", "BREW");
  }

  private static Map<String, String> labels(String route, String method, String status) {
    return Map.of("route", route, "method", method, "status", status);
  }

  @Test
  void whatIsNoHttpIsCountedToo() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.getOutputStream().write("nonsense\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      socket.getInputStream().readAllBytes();
    } catch (IOException closed) {
      // by the other end
    }
    await("varve_http_requests_total", labels("none", "other", "400"), count -> count >= 1);
  }

  @Test
  void hitsAndMissesOfTheCacheAreCounted() throws Exception {
    String location =
        server.send("POST", "/api/notes", Map.of(), "{\"text\": \"kept\"}").header("Location");
    double hits = value("varve_cache_requests_total", Map.of("result", "hit"));
    server.get(location);
    server.get("/api/notes/none-such");
    await("varve_cache_requests_total", Map.of("result", "hit"), now -> now > hits);
    await("varve_cache_requests_total", Map.of("result", "miss"), now -> now > 0);
  }

  @Test
  void aStreamIsCountedWhenItBeginsAndIsAReaderOfTheFeed() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket
          .getOutputStream()
          .write(
              "GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      await("varve_feed_readers", Map.of(), readers -> readers == 1);
      await("varve_http_streams", Map.of(), streams -> streams == 1);
      await("varve_http_requests_total", labels("/api/events", "GET", "200"), count -> count == 1);
      assertThat(
              metric(
                  "varve_http_request_duration_seconds",
                  Map.of("route", "/api/events", "method", "GET")))
          .as("a stream has no duration that says anything")
          .satisfies(metric -> assertThat(metric).isEmpty());
    }
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      delimiter = '|',
      textBlock =
          """
          Host: localhost                                     | 200
          Host: localhost:8080                                | 200
          Host: [::1]:8080                                    | 200
          Host: shop.example                                  | 401
          X-Forwarded-For: 192.0.2.1                          | 401
          X-Forwarded-For: 127.0.0.1                          | 401
          Forwarded: for=127.0.0.1                            | 401
          Via: 1.1 proxy                                      | 401
          X-Real-IP: 127.0.0.1                                | 401
          Via: 1.1 proxy~Authorization: Bearer RIGHT          | 200
          Via: 1.1 proxy~Authorization: bearer RIGHT          | 200
          Via: 1.1 proxy~Authorization: Bearer LONGER         | 401
          Via: 1.1 proxy~Authorization: Bearer SHORTER        | 401
          Via: 1.1 proxy~Authorization: Bearer                | 401
          Via: 1.1 proxy~Authorization: Basic RIGHT           | 401
          Host: shop.example~Authorization: Bearer RIGHT      | 200
          """)
  void onlyThisMachineAndWhoHasTheTokenMayLook(String headers, int status) throws Exception {
    String lines =
        headers
            .replace("~", "\r\n")
            .replace("RIGHT", TOKEN)
            .replace("LONGER", TOKEN + "0")
            .replace("SHORTER", TOKEN.substring(1));
    String host = lines.startsWith("Host:") ? "" : "Host: 127.0.0.1\r\n";
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket
          .getOutputStream()
          .write(
              ("GET /metrics HTTP/1.1\r\n" + host + lines + "\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 " + status);
      if (status == 401) {
        assertThat(answer)
            .contains("WWW-Authenticate: Bearer", "\"UNAUTHENTICATED\"")
            .doesNotContain("varve_");
      }
    }
  }

  @Test
  void metricsOfTypeCounterEndInTotal() {
    assertThat(scrape())
        .filteredOn(family -> family.getName().startsWith("varve_"))
        .allSatisfy(family ->
            assertThat(family.getName().endsWith("_total"))
                .as(family.getName())
                .isEqualTo(family.getType() == MetricType.COUNTER));
  }
}
