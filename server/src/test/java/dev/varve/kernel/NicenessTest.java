package dev.varve.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class NicenessTest {
  // proc(5): behind the name of the thread, which may have blanks, comes the 3rd field, and this is
  // the 19th
  private static final int FIELD = 19 - 3;

  private static int ofThisThread() {
    try {
      String stat = Files.readString(Path.of("/proc/thread-self/stat"));
      return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[FIELD]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aThreadGivesWayAndNoOtherDoes() throws Exception {
    int before = ofThisThread();
    CompletableFuture<Integer> within = new CompletableFuture<>();
    Thread.ofPlatform().start(Niceness.giveWay(2, () -> within.complete(ofThisThread()))).join();
    assertThat(within.get()).isEqualTo(Math.min(19, before + 2));
    assertThat(ofThisThread()).isEqualTo(before);
  }
}
