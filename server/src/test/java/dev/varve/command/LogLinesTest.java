package dev.varve.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Json;
import dev.varve.kernel.Patience;
import dev.varve.net.edge.HttpFixture;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Outlet;
import dev.varve.net.http.Routes;
import dev.varve.net.http.Streaming;
import dev.varve.telemetry.CurrentRequest;
import dev.varve.telemetry.LogSettings;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LogLinesTest {
  private static LogRecord line(Level level, String message) {
    LogRecord line = new LogRecord(level, message);
    line.setLoggerName("dev.varve.store.sql.Database");
    line.setInstant(Instant.parse("2026-03-01T12:00:00.123456Z"));
    return line;
  }

  private static Map<?, ?> json(LogRecord line) {
    String text = new LogLines(LogSettings.Format.JSON).format(line);
    assertThat(text).endsWith("}\n");
    assertThat(text.lines()).hasSize(1);
    return (Map<?, ?>) Objects.requireNonNull(Json.read(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void aLineForPeopleBeginsWithItsInstantAndItsLevel() {
    assertThat(
            new LogLines(LogSettings.Format.TEXT).format(line(Level.WARNING, "The disk is full")))
        .isEqualTo(
            "2026-03-01T12:00:00.123Z WARN  dev.varve.store.sql.Database: The disk is full\n");
  }

  @Test
  void aLineForPeopleEndsWithItsStack() {
    LogRecord line = line(Level.SEVERE, "It failed");
    line.setThrown(new IllegalStateException("no space"));
    assertThat(new LogLines(LogSettings.Format.TEXT).format(line))
        .startsWith("2026-03-01T12:00:00.123Z ERROR dev.varve.store.sql.Database: It failed\n")
        .contains("java.lang.IllegalStateException: no space\n\tat ");
  }

  @Test
  void aLineForMachinesIsOneObjectWhateverIsInIt() {
    LogRecord line = line(Level.SEVERE, "Two\nlines, \"quotes\" and \u0001");
    line.setThrown(new IllegalStateException("no\nspace"));
    Map<?, ?> json = json(line);
    assertThat(json.get("at")).isEqualTo("2026-03-01T12:00:00.123Z");
    assertThat(json.get("message")).isEqualTo("Two\nlines, \"quotes\" and \u0001");
    assertThat(json.get("logger")).isEqualTo("dev.varve.store.sql.Database");
    assertThat(String.valueOf(json.get("error")))
        .startsWith("java.lang.IllegalStateException: no\nspace");
  }

  @ParameterizedTest
  @CsvSource({"SEVERE,ERROR", "WARNING,WARN", "INFO,INFO", "CONFIG,DEBUG", "FINE,DEBUG"})
  void levelsHaveTheirNamesOfTheField(String level, String name) {
    assertThat(json(line(Level.parse(level), "x")).get("level")).isEqualTo(name);
  }

  @Test
  void aLineNamesTheRequestThatItIsWrittenFor() {
    LogRecord line = line(Level.INFO, "Slow");
    assertThat(json(line).get("requestId")).isNull();
    CurrentRequest.run(
        "r-7",
        () -> {
          assertThat(json(line).get("requestId")).isEqualTo("r-7");
          assertThat(new LogLines(LogSettings.Format.TEXT).format(line))
              .endsWith("Database: Slow [request r-7]\n");
        });
  }

  /// A handler that logs, fails, and goes on in a stream.
  @Test
  void whatIsLoggedWhileARequestIsHandledNamesIt() throws Exception {
    List<String> lines = new CopyOnWriteArrayList<>();
    java.util.logging.Handler handler = collecting(lines);
    java.util.logging.Logger root = java.util.logging.Logger.getLogger("dev.varve");
    root.addHandler(handler);
    Logger log = LoggerFactory.getLogger("dev.varve.test");
    Routes.Builder routes =
        Routes.builder()
            .get(
                "/fails",
                request -> {
                  log.info("before");
                  throw new IllegalStateException("a bug");
                })
            .get("/streams", request -> Answer.streaming("text/plain", new LoggedStream(log)));
    try (HttpFixture http = new HttpFixture(routes)) {
      http.send(http.to("/fails").header("X-Request-Id", "r-fails"));
      http.send(http.to("/streams").header("X-Request-Id", "r-streams"));
      Patience.until("the stream is logged", () -> lines.size() >= 3);
    } finally {
      root.removeHandler(handler);
    }
    assertThat(lines)
        .anyMatch(line -> line.contains("before [request r-fails]"))
        .anyMatch(line -> line.contains("GET /fails failed [request r-fails]"))
        .anyMatch(line -> line.contains("streaming [request r-streams]"));
  }

  private record LoggedStream(Logger log) implements Streaming {
    @Override
    public void send(Outlet outlet) {
      log.info("streaming");
    }

    @Override
    public void stop() {}

    @Override
    public void close() {}
  }

  private static java.util.logging.Handler collecting(List<String> lines) {
    LogLines format = new LogLines(LogSettings.Format.TEXT);
    return new java.util.logging.Handler() {
      @Override
      public void publish(LogRecord line) {
        lines.add(format.format(line));
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }
}
