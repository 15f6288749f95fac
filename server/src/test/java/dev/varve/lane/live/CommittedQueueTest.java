package dev.varve.lane.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.node.OpenEngine;
import dev.varve.node.Written;
import dev.varve.store.log.Committed;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the writer and other nodes leave for the feed.
class CommittedQueueTest {
  private static final long AT_ONCE = 0;
  private static final String SCHEMA =
      "type Note @model @auth(rules: [{allow: public}]) { text: String }";

  private final CommittedQueue queue = new CommittedQueue();
  private OpenEngine engine;

  @BeforeEach
  void open(@TempDir Path folder) {
    engine = OpenEngine.at(folder, SCHEMA, Clock.systemUTC(), queue);
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private static List<Long> positions(CommittedQueue.Taken taken) {
    return taken.units().stream().map(Committed::position).toList();
  }

  /// Otherwise what follows own units would be told when somebody writes next.
  @Test
  void ownUnitsComeWithWhatOthersHaveWrittenBehindThem() throws InterruptedException {
    Written.note(engine, "a");
    Written.note(engine, "b");
    queue.reached(3);

    CommittedQueue.Taken taken = queue.take(AT_ONCE);

    assertThat(positions(taken)).containsExactly(1L, 2L);
    assertThat(taken.reached()).hasValue(3);
    assertThat(queue.take(AT_ONCE))
        .isEqualTo(new CommittedQueue.Taken(OptionalLong.empty(), List.of(), OptionalLong.empty()));
  }

  @Test
  void whatALogHasLostIsNotReached() throws InterruptedException {
    Written.note(engine, "a");
    queue.reached(2);
    queue.forked(0);

    assertThat(queue.take(AT_ONCE))
        .isEqualTo(new CommittedQueue.Taken(OptionalLong.of(0), List.of(), OptionalLong.empty()));
  }
}
