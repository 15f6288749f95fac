package dev.varve.identity.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AudiencesTest {
  private static final Audiences AUDIENCES = new Audiences("https://shop.example", "shop");

  @ParameterizedTest
  @CsvSource({
    "shop, shop",
    "https://shop.example, https://shop.example",
    "https://shop.example/, https://shop.example",
    "https://shop.example/mcp, https://shop.example/mcp",
    "https://shop.example/mcp/, https://shop.example/mcp",
    "https://shop.example/tools/mcp-1.0, https://shop.example/tools/mcp-1.0"
  })
  void aSlashAtTheEndMakesNoDifference(String asked, String named) {
    assertThat(AUDIENCES.named(asked)).contains(named);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/mcp",
        "other",
        "http://shop.example",
        "https://shop.example.evil.example",
        "https://shop.example@evil.example/",
        "https://shop.example:8443",
        "https://shop.example//mcp",
        "https://shop.example/../mcp",
        "https://shop.example/./mcp",
        "https://shop.example/%6dcp",
        "https://shop.example/mcp?x=1",
        "https://shop.example/mcp#x",
        "https://shop.example/m cp",
        "https://shop.example/mcp\\"
      })
  void whatIsWrittenOtherwiseIsNoResource(String asked) {
    assertThat(AUDIENCES.named(asked)).isEmpty();
  }

  @Test
  void aPathLiesWithinThoseAboveIt() {
    String mcp = "https://shop.example/mcp";
    assertThat(AUDIENCES.isWithin(mcp, "shop")).isTrue();
    assertThat(AUDIENCES.isWithin(mcp + "/a", mcp)).isTrue();
    assertThat(AUDIENCES.isWithin("shop", mcp)).isFalse();
    assertThat(AUDIENCES.isWithin("https://shop.example", mcp)).isFalse();
    assertThat(AUDIENCES.isWithin(mcp + "2", mcp)).isFalse();
    assertThat(AUDIENCES.pathOf(mcp + "/a")).isEqualTo(List.of("mcp", "a"));
    assertThat(AUDIENCES.pathOf("shop")).isEmpty();
  }
}
