package dev.varve.store.sql;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.settings.SettingRecords;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseSettingsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql://shop:hidden@db/shop",
        "jdbc:postgresql://hidden@db/shop",
        "jdbc:postgresql://db/shop?user=shop&password=hidden",
        "jdbc:postgresql://db/shop?sslmode=verify-full&sslpassword=hidden",
      })
  void anAddressWithASecretIsRefusedAndNotShown(String url) {
    assertThatThrownBy(() -> SettingRecords.changed(DatabaseSettings.DEFAULT, Map.of("url", url)))
        .hasStackTraceContaining("VARVE_DATABASE_PASSWORD")
        .hasMessageNotContaining("hidden");
  }
}
