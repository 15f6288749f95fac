package dev.varve.write;

/// Bounds of the write lane.
///
/// @param groupUnitsMax how many waiting units are committed together
/// @param queueUnitsMax how many units may wait; more are refused with 503
public record WriteSettings(int groupUnitsMax, int queueUnitsMax) {
  public static final WriteSettings DEFAULT = new WriteSettings(256, 4_096);

  public WriteSettings {
    if (groupUnitsMax < 1 || queueUnitsMax < 1) {
      throw new IllegalArgumentException("Both bounds of the write lane are at least 1");
    }
  }
}
