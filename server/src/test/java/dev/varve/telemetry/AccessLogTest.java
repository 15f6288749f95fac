package dev.varve.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.kernel.Json;
import dev.varve.kernel.Patience;
import dev.varve.settings.WrongSetting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessLogTest {
  @TempDir Path folder;

  private AccessLog log() {
    Path file = folder.resolve("access.log");
    return AccessLog.to(TelemetrySettings.DEFAULT.withAccessLog(file.toString()), Metrics.NONE);
  }

  private static AccessEntry entry(String path, String query) {
    return new AccessEntry(
        Instant.parse("2026-03-01T12:00:00Z"),
        "GET",
        "/api/notes/{id}",
        path,
        query,
        200,
        17,
        1_234_567,
        "request-1",
        "",
        "user:ada",
        "192.0.2.1",
        "CN=till-7",
        "HTTP/1.1",
        "curl/8",
        "42");
  }

  private List<String> lines(String name) {
    try {
      Path file = folder.resolve(name);
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aLineHasTheCommonFields() {
    try (AccessLog log = log()) {
      log.add(entry("/api/notes/1", ""));
    }
    assertThat(lines("access.log"))
        .containsExactly(
            "{\"at\":\"2026-03-01T12:00:00Z\",\"method\":\"GET\",\"route\":\"/api/notes/{id}\",\"path\":\"/api/notes/1\","
                + "\"status\":200,\"bytes\":17,\"durationMillis\":1.235,\"requestId\":\"request-1\",\"caller\":\"user:ada\","
                + "\"client\":\"192.0.2.1\",\"clientCertificate\":\"CN=till-7\",\"protocol\":\"HTTP/1.1\",\"userAgent\":\"curl/8\",\"position\":\"42\"}");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "limit=20&sort=name, limit=20&sort=name",
        "token=abc&limit=20, limit=20",
        "access_token=abc, -",
        "limit, -",
        "=limit, -",
        "&&, -",
        "name[eq]=Ada&asOf=position:7, asOf=position:7",
        "Limit=20, -",
        "eyJhbGciOiJIUzI1NiJ9, -"
      })
  void ofTheQueryThereIsWhatIsHarmlessAlone(String query, String shown) {
    String line =
        new String(
            Json.bytes(entry("/", query)::writeLine), java.nio.charset.StandardCharsets.UTF_8);
    if (shown == null) {
      assertThat(line).doesNotContain("\"query\"").doesNotContain("abc", "eyJ");
    } else {
      assertThat(line).contains("\"query\":\"" + shown + "\"");
    }
  }

  @Test
  void whatIsTooLongForAnIdIsNotWritten() {
    String key = "vk_" + "0".repeat(80);
    assertThat(AccessEntry.shownPath("/api/notes/" + key + "/history"))
        .isEqualTo("/api/notes/.../history");
    assertThat(AccessEntry.shownPath("/api/notes/019523f4-9c5b-7000-8000-000000000000"))
        .isEqualTo("/api/notes/019523f4-9c5b-7000-8000-000000000000");
  }

  @Test
  void aFileThatWasMovedAwayIsMadeAnew() throws Exception {
    try (AccessLog log = log()) {
      log.add(entry("/before", ""));
      Patience.until("the first line", () -> lines("access.log").size() == 1);
      Files.move(folder.resolve("access.log"), folder.resolve("access.log.1"));
      log.add(entry("/after", ""));
      Patience.until("the second line", () -> lines("access.log").size() == 1);
    }
    assertThat(lines("access.log.1")).singleElement().asString().contains("/before");
    assertThat(lines("access.log")).singleElement().asString().contains("/after");
  }

  @Test
  void everyLineOfManyThreadsIsWholeAndThere() throws Exception {
    List<Thread> threads = new ArrayList<>();
    try (AccessLog log = log()) {
      for (int thread = 0; thread < 20; thread++) {
        threads.add(
            Thread.ofVirtual()
                .start(() -> IntStream.range(0, 500).forEach(i -> log.add(entry("/" + i, "")))));
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
    assertThat(lines("access.log"))
        .hasSize(10_000)
        .allMatch(line -> line.startsWith("{\"at\"") && line.endsWith("}"));
  }

  @Test
  void whatDoesNotFitIsDroppedAndCounted() throws Exception {
    Metrics metrics = Metrics.recording();
    int sent = 200_000;
    try (AccessLog log =
        AccessLog.to(
            TelemetrySettings.DEFAULT.withAccessLog(folder.resolve("access.log").toString()),
            metrics)) {
      AccessEntry same = entry("/", "");
      IntStream.range(0, sent).forEach(_ -> log.add(same));
    }
    String text =
        new String(metrics.exposition("").text(), java.nio.charset.StandardCharsets.UTF_8);
    double dropped =
        text.lines()
            .filter(line -> line.startsWith("varve_access_log_dropped_lines_total "))
            .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
            .findFirst()
            .orElseThrow();
    assertThat(dropped).isPositive();
    assertThat(lines("access.log").size() + dropped).isEqualTo(sent);
  }

  @Test
  void aFileThatCannotBeWrittenIsNamedAtTheStart() {
    assertThatThrownBy(() ->
            AccessLog.to(
                TelemetrySettings.DEFAULT.withAccessLog(
                    folder.resolve("none/access.log").toString()),
                Metrics.NONE))
        .isInstanceOf(WrongSetting.class)
        .hasMessage(
            "telemetry.accessLog names %s, which cannot be written (NoSuchFileException): make its folder, see who may with `ls -ld`, or name another file",
            folder.resolve("none/access.log"));
  }
}
