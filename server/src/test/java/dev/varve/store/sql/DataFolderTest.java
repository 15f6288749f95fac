package dev.varve.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
  @TempDir Path folder;

  @Test
  void whoOnlyLooksAtAFolderKeepsNobodyFromTakingIt() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> looker =
          executor.submit(() -> {
            while (!done.get()) {
              DataFolder.holderOf(folder);
            }
          });
      try {
        for (int i = 0; i < 200; i++) {
          DataFolder.hold(folder).close();
        }
      } finally {
        done.set(true);
      }
      looker.get();
    }
  }

  @Test
  void whoHoldsAFolderIsNamedToTheNext() {
    try (DataFolder held = DataFolder.hold(folder)) {
      assertThat(DataFolder.holderOf(folder).orElseThrow().pid())
          .isEqualTo(ProcessHandle.current().pid());
      assertThatThrownBy(() -> DataFolder.hold(folder))
          .isInstanceOf(DataFolder.InUse.class)
          .hasMessageContaining(held.folder().toString())
          .hasMessageContaining("process " + ProcessHandle.current().pid());
    }
    assertThat(DataFolder.holderOf(folder)).isEmpty();
  }
}
