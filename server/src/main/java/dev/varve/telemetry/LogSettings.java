package dev.varve.telemetry;

import dev.varve.settings.Setting;

/// The log of the process, on its standard error.
public record LogSettings(
    @Setting(
            standard = "TEXT",
            says = "TEXT is a line for people, JSON an object in a line for machines.")
        Format format,
    @Setting(standard = "INFO", says = "The least that is worth a line.") Level level) {
  public static final LogSettings DEFAULT = new LogSettings(Format.TEXT, Level.INFO);

  /// How a line looks.
  public enum Format {
    TEXT,
    JSON
  }

  /// How much a line matters.
  public enum Level {
    DEBUG,
    INFO,
    WARN,
    ERROR
  }
}
