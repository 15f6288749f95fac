package dev.varve.lane.write;

import dev.varve.settings.Setting;

/// Bounds of the write lane; section `write` of `varve.yaml`.
public record WriteSettings(
    @Setting(
            standard = "256",
            min = 1,
            max = 100_000,
            says = "How many waiting units of work are committed together, in one durable write.")
        int groupUnitsMax,
    @Setting(
            standard = "4096",
            min = 1,
            max = 10_000_000,
            says = "How many units of work may wait to be committed; more are refused with 503.")
        int queueUnitsMax) {
  public static final WriteSettings DEFAULT = new WriteSettings(256, 4_096);

  public WriteSettings {
    if (groupUnitsMax < 1 || queueUnitsMax < 1) {
      throw new IllegalArgumentException("Both bounds of the write lane are at least 1");
    }
  }
}
