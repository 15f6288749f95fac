package dev.varve.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.oauth.Provider;
import dev.varve.kernel.Patience;
import dev.varve.node.TestServer.Reply;
import dev.varve.proof.SingleUses.Said;
import dev.varve.proof.SingleUses.Thing;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `kill -9` while many use what is good once, each thing by many at the same time, and while sessions are refreshed: whatever was used
/// stays used, nobody wins beside a winner, and what a winner was given is good.
@Order(1)
class SingleUseKillTest {
  private static final int ASKING = 4;
  private static final int BUSY = 3;
  private static final String CREDENTIALS =
      "{\"email\": \"ada@example.com\", \"password\": \"correct horse battery\"}";

  @TempDir Path folder;

  private final AtomicReference<ServerProcess> server = new AtomicReference<>();

  /// One thing, and what each client that used it was told.
  private record Raced(Thing thing, List<Said> said) {
    /// What was given for it: the same to all who were given something, or else somebody has won beside a winner.
    Set<String> given() {
      return won().map(Said.Won::given).collect(Collectors.toSet());
    }

    private Stream<Said.Won> won() {
      return said.stream().filter(Said.Won.class::isInstance).map(Said.Won.class::cast);
    }

    boolean wasRefused() {
      return said.stream().anyMatch(Said.Refused.class::isInstance);
    }

    /// Whether somebody does not know what came of it.
    boolean isUnknown() {
      return said.stream().anyMatch(Said.Nothing.class::isInstance);
    }

    /// What was given is good, unless a second use has taken it back.
    void assertGoodness() {
      if (thing.takesBack() && isUnknown() && !wasRefused()) {
        return;
      }
      won()
          .forEach(won ->
              assertThat(won.good().getAsBoolean())
                  .as("what was given is good: %s", this)
                  .isEqualTo(!thing.takesBack() || !wasRefused()));
    }

    @Override
    public String toString() {
      return thing.kind() + ": " + said;
    }
  }

  /// A session that a client holds: the token that it has, and those that it had.
  private final class Session {
    private final Deque<String> used = new ConcurrentLinkedDeque<>();
    private String current;

    Session() {
      this.current = token(send("/auth/sign-in", CREDENTIALS));
    }

    /// False when no answer came.
    boolean refresh() {
      try {
        String next = token(refreshed(current));
        used.add(current);
        current = next;
        return true;
      } catch (UncheckedIOException killed) {
        return false;
      }
    }
  }

  private static String token(Reply reply) {
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    return Provider.text(reply, "refreshToken");
  }

  private Reply send(String path, String json) {
    return server.get().reply("POST", path, Map.of(), json);
  }

  private Reply refreshed(String token) {
    return send("/auth/refresh", "{\"refreshToken\": \"%s\"}".formatted(token));
  }

  /// What a kill found.
  ///
  /// @param idle a session that was not being refreshed
  /// @param busy those that were
  private record Round(List<Raced> raced, Session idle, List<Session> busy) {}

  @Test
  @Timeout(3_600)
  void whatWasUsedStaysUsedAndWhatWasGivenStaysGood() throws Exception {
    try (SingleUses uses = new SingleUses(server::get)) {
      Files.writeString(folder.resolve("schema.graphql"), SingleUses.SCHEMA);
      Files.writeString(folder.resolve("varve.yaml"), uses.settings());
      List<Round> before = List.of();
      int rounds = Rounds.orElse(2);
      for (int round = 0; round < rounds; round++) {
        try (ServerProcess process = start()) {
          if (round == 0) {
            assertThat(send("/auth/sign-up", CREDENTIALS).status()).isEqualTo(202);
          }
          before.forEach(this::check);
          // each time later, and never when all is used
          double share = (round + 1) / (rounds + 1.0);
          before = List.of(useUntilKilled(process, uses, share));
        }
      }
      try (ServerProcess process = start()) {
        before.forEach(this::check);
        process.stop();
      }
    }
  }

  private ServerProcess start() throws Exception {
    ServerProcess process =
        ServerProcess.develop(folder, folder.resolve("data"), SingleUses.ENVIRONMENT);
    server.set(process);
    return process;
  }

  /// @param share of all things that somebody is to have won when the kill comes, in the middle of the rest
  private Round useUntilKilled(ServerProcess process, SingleUses uses, double share)
      throws Exception {
    Session idle = new Session();
    assertThat(idle.refresh()).isTrue();
    List<Session> busy = Stream.generate(Session::new).limit(BUSY).toList();
    List<Asking> asking = asking(uses);
    CountDownLatch begun = new CountDownLatch(asking.stream().mapToInt(Asking::clients).sum());
    AtomicInteger won = new AtomicInteger();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> refreshing = new ArrayList<>();
      busy.forEach(session -> refreshing.add(executor.submit(() -> refreshAll(session))));
      List<List<Future<Said>>> asked = new ArrayList<>();
      for (Asking one : asking) {
        asked.add(
            IntStream.range(0, one.clients())
                .mapToObj(client ->
                    executor.submit(() -> {
                      begun.countDown();
                      Said said = one.thing().usedBy(client);
                      if (said instanceof Said.Won) {
                        won.incrementAndGet();
                      }
                      return said;
                    }))
                .toList());
      }
      Patience.until(
          "all have begun, and some have won",
          () ->
              begun.getCount() == 0
                  && won.get() >= asking.size() * share
                  && busy.stream().noneMatch(session -> session.used.isEmpty()));
      process.kill();
      for (Future<?> session : refreshing) {
        session.get();
      }
      List<Raced> raced = new ArrayList<>();
      for (int i = 0; i < asking.size(); i++) {
        raced.add(new Raced(asking.get(i).thing(), said(asked.get(i))));
      }
      return new Round(raced, idle, busy);
    }
  }

  private record Asking(Thing thing, int clients) {}

  /// Two of each kind. Where a second use takes back what the first has given, one of the two is used by a single client, so that what
  /// it was given is looked at after the kill.
  private static List<Asking> asking(SingleUses uses) {
    List<Asking> asking = new ArrayList<>();
    uses.make().forEach(thing -> asking.add(new Asking(thing, ASKING)));
    uses.make().forEach(thing -> asking.add(new Asking(thing, thing.takesBack() ? 1 : ASKING)));
    return asking;
  }

  private static void refreshAll(Session session) {
    boolean answered = true;
    while (answered) {
      answered = session.refresh();
    }
  }

  private static List<Said> said(List<Future<Said>> asked) throws Exception {
    List<Said> said = new ArrayList<>();
    for (Future<Said> future : asked) {
      said.add(future.get());
    }
    return said;
  }

  private void check(Round before) {
    before.raced().forEach(SingleUseKillTest::check);
    assertThat(before.idle().refresh()).as("a token that was given before the kill").isTrue();
    before.busy().forEach(this::reuseEndsIt);
    reuseEndsIt(before.idle());
  }

  private static void check(Raced before) {
    before.assertGoodness();
    Raced after =
        new Raced(
            before.thing(),
            IntStream.range(0, before.said().size()).mapToObj(before.thing()::usedBy).toList());
    Raced both =
        new Raced(
            before.thing(), Stream.concat(before.said().stream(), after.said().stream()).toList());
    assertThat(both.given()).as("nobody wins beside a winner: %s", both).hasSizeLessThan(2);
    if (before.wasRefused()) {
      assertThat(after.given()).as("what was used stays used: %s", both).isEmpty();
    }
    if (!before.isUnknown()) {
      assertThat(before.given()).as("somebody wins: %s", both).hasSize(1);
    }
    both.assertGoodness();
  }

  private void reuseEndsIt(Session session) {
    assertThat(refreshed(session.used.getLast()).status()).isEqualTo(401);
    assertThat(refreshed(session.current).status()).isEqualTo(401);
  }
}
