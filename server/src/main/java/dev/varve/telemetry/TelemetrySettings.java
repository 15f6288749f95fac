package dev.varve.telemetry;

import dev.varve.settings.Setting;

/// What the server tells of itself; section `telemetry` of `varve.yaml`.
public record TelemetrySettings(
    @Setting(
            standard = "true",
            says =
                "Whether GET /metrics answers with measures for Prometheus. It is open to this machine; everybody else sends the token of the environment variable VARVE_TELEMETRY_TOKEN.")
        boolean metrics,
    @Setting(
            standard = "0",
            max = 65_535,
            says =
                "The port for /metrics and /health alone, at the address of http.host; 0 serves /metrics at http.port.")
        int port,
    @Setting(
            standard = "NONE",
            says =
                "Where a line of JSON for each request goes: a file, which is opened anew after it was moved away; STDOUT; or NONE.")
        String accessLog,
    LogSettings log,
    TraceSettings traces) {
  /// The value of `accessLog` that writes none.
  public static final String NO_ACCESS_LOG = "NONE";

  /// The value of `accessLog` that writes to the standard output.
  public static final String STANDARD_OUTPUT = "STDOUT";

  public static final TelemetrySettings DEFAULT =
      new TelemetrySettings(true, 0, NO_ACCESS_LOG, LogSettings.DEFAULT, TraceSettings.DEFAULT);

  /// The same, with an access log elsewhere.
  public TelemetrySettings withAccessLog(String other) {
    return new TelemetrySettings(metrics, port, other, log, traces);
  }

  /// Whether the access log is a file.
  public boolean writesAccessFile() {
    return !accessLog.equals(NO_ACCESS_LOG) && !accessLog.equals(STANDARD_OUTPUT);
  }
}
