package dev.varve.telemetry;

import dev.varve.settings.Setting;
import dev.varve.settings.WrongSetting;
import java.net.URI;

/// Which requests are traced, and where to.
public record TraceSettings(
    @Setting(
            standard = "",
            says =
                "Where spans go, as OTLP over HTTP, such as http://localhost:4318/v1/traces; empty traces nothing. The environment variable VARVE_TELEMETRY_TRACES_AUTHORIZATION becomes the header Authorization.")
        String endpoint,
    @Setting(
            standard = "0.01",
            says =
                "The share of requests that are traced, from 0 to 1. A request with the header traceparent is traced when that says so.")
        String sampling) {
  public static final TraceSettings DEFAULT = new TraceSettings("", "0.01");

  /// @throws WrongSetting when a value cannot hold
  public TraceSettings {
    ratio(sampling);
    if (!endpoint.isEmpty() && !isUrl(endpoint)) {
      throw new WrongSetting(
          "endpoint",
          "must be a URL such as http://localhost:4318/v1/traces; it is '%s'".formatted(endpoint));
    }
  }

  private static boolean isUrl(String text) {
    try {
      URI uri = URI.create(text);
      return uri.getHost() != null
          && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  double ratio() {
    return ratio(sampling);
  }

  private static double ratio(String text) {
    try {
      double ratio = Double.parseDouble(text);
      if (ratio >= 0 && ratio <= 1) {
        return ratio;
      }
    } catch (NumberFormatException e) {
      // it is told below
    }
    throw new WrongSetting(
        "sampling", "must be a number from 0 to 1, such as 0.01; it is '%s'".formatted(text));
  }
}
