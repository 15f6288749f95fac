package dev.varve.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

/// Records of settings that differ in some components.
final class SettingRecordsTest {
  /// @param most at least `least`
  public record Bounds(int least, int most, String name) {
    public Bounds {
      if (most < least) {
        throw new WrongSetting("most", "is below least");
      }
    }
  }

  private static final Bounds BOUNDS = new Bounds(1, 5, "a");

  @Test
  void whatIsNotNamedStaysAsItIs() {
    assertThat(SettingRecords.changed(BOUNDS, Map.of("most", 7, "name", "b")))
        .isEqualTo(new Bounds(1, 7, "b"));
    assertThat(SettingRecords.changed(BOUNDS, Map.of())).isEqualTo(BOUNDS);
  }

  @Test
  void whatTheRecordRefusesIsRefusedHereToo() {
    assertThatThrownBy(() -> SettingRecords.changed(BOUNDS, Map.of("most", 0)))
        .isInstanceOf(WrongSetting.class)
        .hasMessage("most is below least");
  }

  @Test
  void whatIsNoComponentIsNamed() {
    assertThatThrownBy(() -> SettingRecords.changed(BOUNDS, Map.of("mots", 7)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Bounds has no [mots]");
    assertThatThrownBy(() -> SettingRecords.changed(BOUNDS, Map.of("most", "7")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
