package dev.varve.net.compression;

import dev.varve.settings.Setting;

/// How answers are compressed; section `http.compression` of `varve.yaml`.
public record CompressionSettings(
    @Setting(
            standard = "true",
            says =
                "Whether text, JSON, scripts and the like are sent with gzip to clients that take it. Switch it off where a proxy in front does it.")
        boolean enabled,
    @Setting(
            standard = "1024",
            min = 256,
            max = 1024 * 1024,
            says =
                "The smallest answer in bytes that is compressed: below about a kilobyte it fits one packet either way.")
        int bytesMin) {
  public static final CompressionSettings DEFAULT = new CompressionSettings(true, 1_024);
}
