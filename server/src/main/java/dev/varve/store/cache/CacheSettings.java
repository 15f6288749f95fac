package dev.varve.store.cache;

import dev.varve.settings.Setting;

/// Whether records are kept in memory at all; how, each model says. Section `cache` of `varve.yaml`.
public record CacheSettings(
    @Setting(
            standard = "true",
            says =
                "Whether records are kept in memory; which ones and how long, each model says in its @model(cache: ...).")
        boolean enabled) {
  public static final CacheSettings DEFAULT = new CacheSettings(true);
}
