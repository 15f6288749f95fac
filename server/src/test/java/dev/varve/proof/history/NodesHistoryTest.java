package dev.varve.proof.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Patience;
import dev.varve.node.OpenEngine;
import dev.varve.proof.Rounds;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Three nodes on one PostgreSQL under clients that write and read, and what goes wrong meanwhile: whatever the nodes answered is
/// held against the log that they share. The rounds share nodes and database, and what one leaves behind the next begins with.
///
/// `-Dvarve.proof.rounds=1000` asks for more of them than every build has the time for, `-Dvarve.proof.seed=N` for those that begin
/// with a seed that a failure named.
@Order(1)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NodesHistoryTest {
  private static final int ROUNDS = 30;
  private static final int PROGRESS_ROUNDS = 25;
  private static final int LISTENERS = 3;
  private static final String SEED = "varve.proof.seed";

  @TempDir static Path folder;

  private static Fleet fleet;
  private static List<Listener> listeners;
  private static final HistoryCheck CHECK = new HistoryCheck(Client.PURSE, Client.BALANCE);
  private static int rounds;

  @BeforeAll
  static void start() throws Exception {
    fleet = Fleet.start(folder, Client.EARLIER_SCHEMA, Client.SCHEMA);
    listeners =
        IntStream.range(0, LISTENERS).mapToObj(number -> Listener.start(number, fleet)).toList();
    Load first = new Load(fleet, rounds++, 0, Fault.NOTHING);
    first.client(0).makePurses();
    judge(first);
  }

  @AfterAll
  static void stop() {
    listeners.forEach(Listener::close);
    fleet.close();
  }

  /// Holds what was seen in a round, and what is in the log by now, against each other.
  private static void judge(Load load) throws SQLException {
    List<LoggedUnit> units = fleet.unitsBehind(CHECK.end());
    int changes = units.stream().mapToInt(unit -> unit.changes().size()).sum();
    for (Listener listener : listeners) {
      Patience.until(
          "%s hears %d changes".formatted(listener.name(), changes),
          () -> listener.hasHeard(changes));
    }
    Map<String, List<String>> heard = new TreeMap<>();
    listeners.forEach(listener -> heard.put(listener.name(), listener.take()));
    assertThat(listeners.stream().flatMap(listener -> listener.odd().stream())).isEmpty();
    assertThat(CHECK.judge(units, load.seen(), heard)).isEmpty();
  }

  /// Runs a round.
  ///
  /// @return what was seen in it
  private static List<Seen> run(long seed) {
    Fault fault = Fault.of(seed);
    try {
      Load load = new Load(fleet, rounds++, seed, fault).run();
      judge(load);
      return load.seen();
    } catch (Exception | AssertionError e) {
      throw new AssertionError(
          "Round %d with %s failed; repeat it with -D%s=%d -Dvarve.proof.rounds=1: %s%n%s"
              .formatted(rounds - 1, fault, SEED, seed, e.getMessage(), said()),
          e);
    }
  }

  private static String said() {
    StringBuilder said = new StringBuilder();
    for (Node node : fleet.nodes()) {
      List<String> lines = node.said();
      said.append("node %d:%n".formatted(node.number()));
      lines
          .subList(Math.max(0, lines.size() - 60), lines.size())
          .forEach(line -> said.append("  %s%n".formatted(line)));
    }
    return said.toString();
  }

  private static <T extends Seen> List<T> those(List<Seen> seen, Class<T> type) {
    return seen.stream().filter(type::isInstance).map(type::cast).toList();
  }

  @Test
  @Order(1)
  @Timeout(36_000)
  void whatTheNodesAnswerIsOneHistory() {
    long seed =
        Long.getLong(SEED, Fault.first(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE)));
    Map<Fault, Integer> turns = new EnumMap<>(Fault.class);
    Map<String, Integer> kinds = new TreeMap<>();
    for (int round = 0; round < Rounds.orElse(ROUNDS); round++) {
      Fault fault = Fault.of(seed + round);
      List<Seen> seen = run(seed + round);
      if (!fault.stopsNodes() && !fault.endsNodes()) {
        assertThat(those(seen, Seen.Unanswered.class)).as("%s", fault).isEmpty();
      }
      turns.merge(fault, 1, Integer::sum);
      seen.forEach(one -> kinds.merge(kind(one), 1, Integer::sum));
      if (Rounds.asked() > 0 && (round + 1) % PROGRESS_ROUNDS == 0) {
        System.out.printf("%d rounds, %d units in the log%n", round + 1, CHECK.end());
      }
    }
    if (Rounds.asked() > 0) {
      System.out.printf("%d rounds from seed %d, by fault: %s%n", Rounds.asked(), seed, turns);
      System.out.printf("%d units in the log; clients saw: %s%n", CHECK.end(), kinds);
    }
  }

  private static String kind(Seen seen) {
    return switch (seen) {
      case Seen.Written written -> "Written " + written.outcome().getClass().getSimpleName();
      case Seen.Shown shown -> "Shown " + shown.view().getClass().getSimpleName();
      case Seen.Missing _, Seen.Delayed _, Seen.Unanswered _, Seen.Odd _ ->
          seen.getClass().getSimpleName();
    };
  }

  /// What it was about to commit when it was stopped is not there when it goes on.
  @Test
  @Order(2)
  void aNodeThatWasStoppedWritesNothingLate() {
    run(Fault.NODE_PAUSED_BEFORE_COMMIT.seed());
  }

  @Test
  @Order(3)
  void aRollingStopLosesNothing() {
    List<Seen> seen = run(Fault.ROLLING_STOP.seed());

    List<Seen.Written> written = those(seen, Seen.Written.class);
    assertThat(written).filteredOn(one -> one.outcome() instanceof Seen.Outcome.NotKept).isEmpty();
    assertThat(written)
        .filteredOn(one -> one.outcome() instanceof Seen.Outcome.Done)
        .hasSizeGreaterThan(50);
  }

  @Test
  @Order(4)
  void aRestartOfTheDatabaseCostsClientsErrorsThatSayWhenToComeAgainAndNothingElse() {
    for (Fault fault : List.of(Fault.DATABASE_RESTARTED, Fault.DATABASE_CRASHED)) {
      List<Seen> seen = run(fault.seed());

      // whatever is neither what was asked for nor 503 with Retry-After is odd
      assertThat(those(seen, Seen.Odd.class)).isEmpty();
      assertThat(those(seen, Seen.Unanswered.class)).isEmpty();
    }
  }

  @Test
  @Order(5)
  void theLogIsSoundInTheEnd() throws Exception {
    listeners.forEach(Listener::close);
    for (Node node : fleet.nodes()) {
      assertThat(node.stop()).isIn(0, 143);
    }
    OpenEngine.Ran verify =
        OpenEngine.run(
            "verify",
            folder.resolve("node0").toString(),
            "--data",
            folder.resolve("node0/data").toString());
    assertThat(verify.exitCode()).as(verify.out() + verify.err()).isZero();
    assertThat(verify.out()).startsWith("Sound: ");
  }
}
