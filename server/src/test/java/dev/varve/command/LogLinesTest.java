package dev.varve.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Json;
import dev.varve.telemetry.LogSettings;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    return (Map<?, ?>) Json.read(text.getBytes(StandardCharsets.UTF_8));
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
    assertThat(json.get("error").toString())
        .startsWith("java.lang.IllegalStateException: no\nspace");
  }

  @ParameterizedTest
  @CsvSource({"SEVERE,ERROR", "WARNING,WARN", "INFO,INFO", "CONFIG,DEBUG", "FINE,DEBUG"})
  void levelsHaveTheirNamesOfTheField(String level, String name) {
    assertThat(json(line(Level.parse(level), "x")).get("level")).isEqualTo(name);
  }
}
