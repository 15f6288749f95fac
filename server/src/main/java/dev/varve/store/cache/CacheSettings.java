package dev.varve.store.cache;

import dev.varve.settings.Setting;

/// Whether records are kept in memory, and how much; how, each model says. Section `cache` of `varve.yaml`.
///
/// @param mebibytesMax for the records of all models that set no bound of their own
public record CacheSettings(
    @Setting(
            standard = "true",
            says =
                "Whether records are kept in memory; which ones and how long, each model says in its @model(cache: ...).")
        boolean enabled,
    @Setting(
            standard = "64",
            max = 1_000_000,
            says =
                "How much memory the records of all models may take together that set no bound of their own, in MiB: one of 400 bytes takes 600.")
        int mebibytesMax) {
  public static final CacheSettings DEFAULT = new CacheSettings(true, 64);

  /// For a process beside the one that writes, where what is kept would be out of date, and for work that reads nothing twice.
  public static final CacheSettings NONE = new CacheSettings(false, 0);

  public CacheSettings {
    if (mebibytesMax < 0) {
      throw new IllegalArgumentException("A cache takes no memory or some");
    }
  }

  long bytesMax() {
    return mebibytesMax * 1024L * 1024;
  }
}
