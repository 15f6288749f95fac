package dev.varve.store.sql.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Patience;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class ReadQueueTest {
  private static final int ROUNDS = 500;

  private final ReadQueue queue = new ReadQueue(16);

  /// A reader that takes one piece of work, and does it.
  private static Thread reader(Taking taking) {
    return Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            taking.take().run();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  @FunctionalInterface
  private interface Taking {
    Runnable take() throws InterruptedException;
  }

  private static void awaitWaiting(Thread reader) {
    Patience.until("it waits for work", () -> reader.getState() == Thread.State.WAITING);
  }

  /// Two that come at once must not both wait for the one reader that takes nothing else.
  @Test
  void lookupsThatComeAtOnceGoToAllReadersThatAreFree() throws Exception {
    for (int i = 0; i < ROUNDS; i++) {
      CountDownLatch both = new CountDownLatch(2);
      CountDownLatch end = new CountDownLatch(1);
      Runnable lookup =
          () -> {
            both.countDown();
            await(end);
          };
      Thread lookups = reader(queue::takeLookup);
      Thread any = reader(queue::takeAny);
      awaitWaiting(lookups);
      awaitWaiting(any);

      queue.putLookup(lookup);
      queue.putLookup(lookup);

      assertThat(both.await(Patience.SECONDS, TimeUnit.SECONDS)).as("round %d", i).isTrue();
      end.countDown();
      lookups.join();
      any.join();
    }
  }

  @Test
  void aScanIsLeftAloneByTheReaderOfLookups() throws Exception {
    AtomicReference<String> done = new AtomicReference<>("");
    Thread lookups = reader(queue::takeLookup);
    awaitWaiting(lookups);

    queue.putScan(() -> done.set("scan"));
    assertThat(queue.size()).isEqualTo(1);
    queue.putLookup(() -> done.set("lookup"));
    lookups.join();

    assertThat(done).hasValue("lookup");
    queue.takeAny().run();
    assertThat(done).hasValue("scan");
  }

  @Test
  void whatCameFirstIsTakenFirst() throws Exception {
    StringBuilder order = new StringBuilder();
    for (String name : List.of("s1", "l2", "s3", "l4")) {
      if (name.startsWith("s")) {
        queue.putScan(() -> order.append(name));
      } else {
        queue.putLookup(() -> order.append(name));
      }
    }
    for (int i = 0; i < 4; i++) {
      queue.takeAny().run();
    }
    assertThat(order).hasToString("s1l2s3l4");
  }

  @Test
  void whoeverBringsMoreThanThereIsRoomForWaits() throws Exception {
    ReadQueue small = new ReadQueue(1);
    small.putScan(() -> {});
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      AtomicReference<Thread> bringing = new AtomicReference<>();
      var put =
          threads.submit(() -> {
            bringing.set(Thread.currentThread());
            small.putLookup(() -> {});
            return null;
          });
      Patience.until(
          "it waits for room",
          () -> {
            Thread thread = bringing.get();
            return thread != null && thread.getState() == Thread.State.WAITING;
          });
      small.takeAny().run();
      put.get(Patience.SECONDS, TimeUnit.SECONDS);
    }
    assertThat(small.size()).isEqualTo(1);
  }

  private static void await(CountDownLatch end) {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
