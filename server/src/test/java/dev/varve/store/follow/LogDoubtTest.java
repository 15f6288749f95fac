package dev.varve.store.follow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Patience;
import dev.varve.node.OpenEngine;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogDoubtTest {
  @TempDir Path folder;

  /// On a file nobody watches the log; the writer does, when it has nothing to write.
  @Test
  void memoryIsBelievedAgainOnceTheLogWasLookedAt() {
    try (OpenEngine open =
        OpenEngine.at(
            folder.resolve("data"),
            "type Note @model @auth(rules: [{allow: public}]) { text: String }",
            Clock.systemUTC())) {
      LogFreshness freshness = open.following().freshness();
      assertThat(freshness.isCurrent()).isTrue();

      open.following().follower().doubt();

      Patience.until("memory is believed", freshness::isCurrent);
    }
  }
}
