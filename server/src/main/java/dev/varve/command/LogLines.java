package dev.varve.command;

import dev.varve.kernel.Json;
import dev.varve.telemetry.CurrentRequest;
import dev.varve.telemetry.LogSettings;
import dev.varve.telemetry.Span;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.StringJoiner;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// How every line of the log looks, whoever writes it: Varve through SLF4J, the listener through `System.Logger`, other
/// libraries through what they like. All of it comes together in `java.util.logging`, which the JDK has anyway.
public final class LogLines extends Formatter {
  private static final String OURS = "dev.varve";

  // kept, or the JDK would forget the level with it
  private static final Logger OWN = Logger.getLogger(OURS);

  private final LogSettings.Format format;

  public LogLines(LogSettings.Format format) {
    this.format = format;
  }

  /// From now on the log of this process follows the settings. Of libraries it has warnings and errors, however much it
  /// has of Varve.
  public static void follow(LogSettings settings) {
    for (Handler handler : Logger.getLogger("").getHandlers()) {
      handler.setFormatter(new LogLines(settings.format()));
    }
    OWN.setLevel(level(settings.level()));
  }

  private static Level level(LogSettings.Level level) {
    return switch (level) {
      case DEBUG -> Level.FINE;
      case INFO -> Level.INFO;
      case WARN -> Level.WARNING;
      case ERROR -> Level.SEVERE;
    };
  }

  @Override
  public String format(LogRecord line) {
    Span span = Span.current();
    String traceId = span == null ? "" : span.traceId();
    return switch (format) {
      case TEXT -> text(line, traceId);
      case JSON -> json(line, traceId);
    };
  }

  private String text(LogRecord line, String traceId) {
    StringJoiner of = new StringJoiner(", ", " [", "]").setEmptyValue("");
    if (!CurrentRequest.id().isEmpty()) {
      of.add("request " + CurrentRequest.id());
    }
    if (!traceId.isEmpty()) {
      of.add("trace " + traceId);
    }
    return "%s %-5s %s: %s%s%n%s"
        .formatted(
            at(line),
            name(line.getLevel()),
            line.getLoggerName(),
            formatMessage(line),
            of,
            stack(line.getThrown()));
  }

  private String json(LogRecord line, String traceId) {
    byte[] object =
        Json.bytes(json -> {
          json.writeStartObject();
          json.writeStringProperty("at", at(line).toString());
          json.writeStringProperty("level", name(line.getLevel()));
          json.writeStringProperty("logger", String.valueOf(line.getLoggerName()));
          json.writeStringProperty("thread", Thread.currentThread().getName());
          json.writeStringProperty("message", formatMessage(line));
          if (!CurrentRequest.id().isEmpty()) {
            json.writeStringProperty("requestId", CurrentRequest.id());
          }
          if (!traceId.isEmpty()) {
            json.writeStringProperty("traceId", traceId);
          }
          if (line.getThrown() != null) {
            json.writeStringProperty("error", stack(line.getThrown()));
          }
          json.writeEndObject();
        });
    return new String(object, StandardCharsets.UTF_8) + "\n";
  }

  private static Instant at(LogRecord line) {
    return line.getInstant().truncatedTo(ChronoUnit.MILLIS);
  }

  private static String name(Level level) {
    if (level.intValue() >= Level.SEVERE.intValue()) {
      return "ERROR";
    }
    if (level.intValue() >= Level.WARNING.intValue()) {
      return "WARN";
    }
    return level.intValue() >= Level.INFO.intValue() ? "INFO" : "DEBUG";
  }

  private static String stack(@Nullable Throwable thrown) {
    if (thrown == null) {
      return "";
    }
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
