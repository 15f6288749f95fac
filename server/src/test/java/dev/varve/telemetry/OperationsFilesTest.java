package dev.varve.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.gateway.GatewayFixture;
import dev.varve.kernel.Json;
import dev.varve.kernel.Patience;
import dev.varve.node.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// The dashboard, the alerts and the page about them name measures that there are.
class OperationsFilesTest {
  private static final Path FILES = Path.of("..", "examples", "ops");
  private static final Path PAGE = Path.of("..", "docs", "how-to", "operate.md");
  private static final Pattern MEASURE = Pattern.compile("\\b(varve|jvm|process)_[a-z_]+[a-z]\\b");
  private static final Pattern PART = Pattern.compile("_(bucket|sum|count)$");
  private static final Pattern HELP = Pattern.compile("^# HELP ([a-z_]+) ", Pattern.MULTILINE);

  /// Told by a server that speaks it alone.
  private static final Set<String> OVER_HTTPS =
      Set.of(
          "varve_tls_certificate_expiry_timestamp_seconds",
          "varve_tls_certificate_trouble",
          "varve_tls_handshakes_total");

  /// Told by a node that shares rate limits with others.
  private static final Set<String> BESIDE_VALKEY =
      Set.of("varve_rate_limit_store_failures_total", "varve_rate_limit_store_up");

  private static Set<String> measures = Set.of();

  @BeforeAll
  static void lookAtAServer() throws IOException {
    Path lines = Files.createTempFile("varve-access-", ".log");
    TestServer.Plan plan =
        TestServer.Plan.of("type Note @model @auth(rules: [{allow: public}]) { id: ID! }")
            .with(TelemetrySettings.DEFAULT.withAccessLog(lines.toString()))
            .with(GatewayFixture.goneButKept());
    try (TestServer server = TestServer.start(plan)) {
      server.get("/api/notes");
      server.send("GET", "/shipping/parcels", Map.of("Range", "bytes=0-1"), "");
      Patience.until(
          "the first request is counted",
          () -> server.get("/metrics").text().contains("varve_http_requests_total{"));
      measures =
          HELP.matcher(server.get("/metrics").text())
              .results()
              .map(help -> help.group(1))
              .collect(Collectors.toCollection(TreeSet::new));
    } finally {
      Files.delete(lines);
    }
  }

  @AfterAll
  static void forget() {
    measures = Set.of();
  }

  private static Set<String> named(String text) {
    return MEASURE
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .map(name -> measures.contains(name) ? name : PART.matcher(name).replaceFirst(""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /// The values of all members of that name, however deep.
  private static List<String> values(@Nullable Object json, String member) {
    List<String> found = new ArrayList<>();
    switch (json) {
      case Map<?, ?> map ->
          map.forEach((name, value) -> {
            if (member.equals(name)) {
              found.add(String.valueOf(value));
            } else {
              found.addAll(values(value, member));
            }
          });
      case List<?> list -> list.forEach(element -> found.addAll(values(element, member)));
      case null, default -> {
        // nothing in it
      }
    }
    return found;
  }

  @Test
  void theDashboardAsksForMeasuresThatThereAre() throws Exception {
    List<String> expressions =
        values(Json.read(Files.readAllBytes(FILES.resolve("grafana-dashboard.json"))), "expr");
    assertThat(expressions).hasSizeGreaterThan(15);
    assertThat(expressions)
        .allSatisfy(expression -> assertThat(named(expression)).isNotEmpty().isSubsetOf(measures));
  }

  @Test
  void everyAlertAsksForMeasuresThatThereAre() throws Exception {
    Set<String> all = new TreeSet<>(measures);
    all.addAll(OVER_HTTPS);
    Object file =
        new Load(LoadSettings.builder().build())
            .loadFromString(Files.readString(FILES.resolve("alerts.yml")));
    assertThat(values(file, "alert")).hasSize(14).doesNotHaveDuplicates();
    List<String> expressions = values(file, "expr");
    assertThat(expressions).hasSize(14);
    assertThat(expressions)
        .filteredOn(expression -> !expression.startsWith("up{"))
        .hasSize(13)
        .allSatisfy(expression -> assertThat(named(expression)).isNotEmpty().isSubsetOf(all));
    assertThat(values(file, "action"))
        .hasSize(14)
        .allSatisfy(text -> assertThat(text).isNotBlank());
  }

  @Test
  void thePageExplainsEveryMeasureOfVarve() throws Exception {
    Set<String> explained = named(Files.readString(PAGE));
    assertThat(explained.removeAll(OVER_HTTPS)).isTrue();
    assertThat(explained.removeAll(BESIDE_VALKEY)).isTrue();
    assertThat(explained).isSubsetOf(measures);
    assertThat(explained)
        .containsAll(measures.stream().filter(name -> name.startsWith("varve_")).toList());
  }
}
