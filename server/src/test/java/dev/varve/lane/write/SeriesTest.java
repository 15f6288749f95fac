package dev.varve.lane.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Command;
import dev.varve.node.OpenEngine;
import dev.varve.schema.Model;
import dev.varve.schema.record.InputReader;
import dev.varve.store.log.EventLog;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// WriterTask of one sender that is on its way at the same time.
class SeriesTest {
  private static final String SCHEMA =
      "type Page @model @auth(rules: [{allow: public}]) { id: ID! name: String! }";
  private final Problem refusal = new Problem(ErrorCode.CONFLICT, "not this one");

  @TempDir Path data;
  private OpenEngine engine;
  private Model page;
  private Series series;
  private final CountDownLatch gate = new CountDownLatch(1);

  @BeforeEach
  void open() throws InterruptedException {
    engine = OpenEngine.at(data, SCHEMA, Clock.systemUTC());
    page = engine.schema().require("Page");
    series = engine.sequencer().series();
    // as long as the writer is held up, all that is sent comes into one group
    CountDownLatch held = new CountDownLatch(1);
    engine
        .sequencer()
        .series()
        .send(
            "test",
            "gate",
            write -> {
              held.countDown();
              return await(gate);
            });
    held.await();
  }

  @AfterEach
  void close() {
    gate.countDown();
    engine.close();
  }

  private static boolean await(CountDownLatch gate) {
    try {
      gate.await();
      return true;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private WriterTask<String> creating(String id) {
    Command command =
        new Command.Create(
            page, id, true, InputReader.read(page, Map.of("name", id), InputReader.Mode.CREATE));
    return write -> {
      write.apply(engine.access().authorize(Caller.ANONYMOUS, command));
      return id;
    };
  }

  private Series.Sent<String> send(WriterTask<String> work) {
    return series.send("test", "request", work);
  }

  private List<String> stored() {
    return engine
        .sequencer()
        .submit(
            "test",
            "look",
            write -> {
              List<String> found = new ArrayList<>();
              for (String id : List.of("a", "b", "c", "d")) {
                write.find(page, id).ifPresent(entity -> found.add(entity.id()));
              }
              return found;
            });
  }

  @Test
  void workIsDecidedInTheOrderInWhichItWasSent() {
    List<Series.Sent<String>> sent = new ArrayList<>();
    for (String id : List.of("a", "b", "c")) {
      sent.add(send(creating(id)));
    }
    gate.countDown();

    assertThat(sent.stream().map(Series.Sent::await)).containsExactly("a", "b", "c");
    assertThat(new EventLog(engine.database()).head().position()).isEqualTo(3);
    assertThat(engine.verify().findings()).isEmpty();
  }

  @Test
  void onceOneIsRefusedNoneAfterItIsTried() {
    AtomicBoolean tried = new AtomicBoolean();
    Series.Sent<String> first = send(creating("a"));
    Series.Sent<String> refused =
        send(write -> {
          creating("b").run(write);
          throw refusal;
        });
    Series.Sent<String> after =
        send(write -> {
          tried.set(true);
          return creating("c").run(write);
        });
    gate.countDown();

    assertThat(first.await()).isEqualTo("a");
    assertThatThrownBy(refused::await).isSameAs(refusal);
    assertThatThrownBy(after::await).isSameAs(refusal);
    // nor in a group of its own
    assertThatThrownBy(send(creating("d"))::await).isSameAs(refusal);
    assertThat(tried).isFalse();
    assertThat(stored()).containsExactly("a");
  }

  @Test
  void whatOnlyAGroupThatWasGivenUpRefusedIsDecidedAnew() {
    AtomicBoolean again = new AtomicBoolean();
    Series.Sent<String> first = send(creating("a"));
    Series.Sent<String> second =
        send(write -> {
          if (again.getAndSet(true)) {
            return creating("b").run(write);
          }
          throw refusal;
        });
    Series.Sent<String> third = send(creating("c"));
    Series.Sent<String> spoiler =
        engine
            .sequencer()
            .series()
            .send(
                "test",
                "other",
                write -> {
                  throw new IllegalStateException("a bug");
                });
    gate.countDown();

    assertThat(List.of(first.await(), second.await(), third.await()))
        .containsExactly("a", "b", "c");
    assertThatThrownBy(spoiler::await).isInstanceOf(IllegalStateException.class);
    assertThat(stored()).containsExactly("a", "b", "c");
  }

  @Test
  void afterABugNoneIsTried() {
    Series.Sent<String> bug =
        send(write -> {
          throw new IllegalStateException("a bug");
        });
    Series.Sent<String> after = send(creating("a"));
    gate.countDown();

    assertThatThrownBy(bug::await).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(after::await)
        .hasMessage("What was sent before may not be kept, so this was not tried");
    assertThat(stored()).isEmpty();
  }
}
