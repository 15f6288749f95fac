package dev.varve.face.rest;

import dev.varve.settings.Setting;

/// How the REST face behaves; section `rest` of `varve.yaml`.
public record RestSettings(
    @Setting(
            standard = "false",
            says =
                "Whether PUT, PATCH, DELETE and restore must carry If-Match; without it they are refused with 428.")
        boolean requireIfMatch,
    @Setting(
            standard = "1000",
            min = 1,
            max = 10_000,
            says = "How many operations a batch may have; a longer one is refused with 413.")
        int batchOperationsMax) {
  public static final RestSettings DEFAULT = new RestSettings(false, 1_000);
}
