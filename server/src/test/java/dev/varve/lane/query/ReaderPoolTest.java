package dev.varve.lane.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Patience;
import dev.varve.node.OnSqlite;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who may have which of the threads that read.
@OnSqlite
final class ReaderPoolTest {
  private static final String SCHEMA =
      """
      type Note @model(cache: {strategy: NONE}) @auth(rules: [{allow: public}]) { text: String! }
      """;
  private static final int READERS = 2;

  @TempDir private Path folder;

  @Test
  void aRecordIsReadByItsIdWhileLongReadsHoldAllThatMayGoThroughManyRows() throws Exception {
    try (Backend backend = new Backend(folder, SCHEMA, READERS);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      backend.create("Note", "{'id': 'a', 'text': 'here'}");
      LongReads reads = new LongReads(backend, threads);
      try {
        reads.begin(10);
        Patience.until("the long reads run that may", () -> reads.running.get() == READERS);
        Future<Page> list = threads.submit(() -> backend.of("Note").list());
        Optional<FoundRecord> found =
            threads
                .submit(() -> backend.of("Note").one("a"))
                .get(Patience.SECONDS, TimeUnit.SECONDS);
        assertThat(found).isPresent();
        assertThat(reads.running).hasValue(READERS);
        assertThat(list.isDone()).isFalse();
        reads.end();
        assertThat(list.get(Patience.SECONDS, TimeUnit.SECONDS).items()).hasSize(1);
      } finally {
        reads.end();
      }
    }
  }

  @Test
  void aLongReadThatNobodyWaitsForAnyMoreGivesItsPlaceBack() throws Exception {
    try (Backend backend = new Backend(folder, SCHEMA, READERS);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      LongReads abandoned = new LongReads(backend, threads);
      LongReads later = new LongReads(backend, threads);
      try {
        abandoned.begin(READERS + 1);
        Patience.until("they run", () -> abandoned.running.get() == READERS);
        abandoned.all.forEach(read -> read.cancel(true));
        abandoned.end();
        later.begin(READERS);
        Patience.until("as many as before run", () -> later.running.get() == READERS);
      } finally {
        abandoned.end();
        later.end();
      }
    }
  }

  /// Reads that last until they are told to end.
  private static final class LongReads {
    private final Backend backend;
    private final ExecutorService threads;
    private final CountDownLatch end = new CountDownLatch(1);
    private final AtomicInteger running = new AtomicInteger();
    private final List<Future<?>> all = new ArrayList<>();

    LongReads(Backend backend, ExecutorService threads) {
      this.backend = backend;
      this.threads = threads;
    }

    void begin(int count) {
      for (int i = 0; i < count; i++) {
        all.add(threads.submit(() -> backend.database().snapshot(_ -> read())));
      }
    }

    private int read() {
      running.incrementAndGet();
      try {
        end.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return 0;
    }

    void end() {
      end.countDown();
    }
  }
}
