package dev.varve.proof.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.proof.history.LoggedUnit.Change;
import dev.varve.proof.history.Seen.Named;
import dev.varve.proof.history.Seen.Outcome;
import dev.varve.proof.history.Seen.View;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A history as it should be is found right, and each way to forge it is found.
class HistoryCheckTest {
  private static final long SECOND = HistoryCheck.BELIEVED_NANOS;

  /// ```
  /// 1  k1  two purses with 50 each        acknowledged by node 0
  /// 2  k2  5 go from one to the other     acknowledged by node 1
  /// 3  k3  an entry                       acknowledged by node 0
  /// 4  k4  the entry is deleted           nobody was told
  /// ```
  static final class Story {
    private final List<LoggedUnit> units = new ArrayList<>();
    private final List<Seen> seen = new ArrayList<>();
    private final Map<String, List<String>> heard = new TreeMap<>();
    private long nanos = 10 * SECOND;

    Story() {
      write(0, "k1", purse("a", 50), purse("b", 50));
      write(1, "k2", paid("a", 2, 45), paid("b", 2, 55));
      write(0, "k3", Change.create("Entry", "e", Map.of("round", 7L)));
      seen.add(written(1, "k4", new Outcome.Open(), deleted()));
      unit("k4", deleted());
      List<String> lines = new ArrayList<>();
      for (LoggedUnit unit : units) {
        for (int index = 0; index < unit.changes().size(); index++) {
          lines.add(HistoryCheck.line(unit.position(), index, unit.changes().get(index)));
        }
      }
      heard.put("listener", lines);
    }

    static Change purse(String id, long balance) {
      return Change.create("Purse", id, Map.of("balance", balance));
    }

    static Change paid(String id, long version, long balance) {
      return Change.update("Purse", id, version, Map.of("balance", balance));
    }

    static Change deleted() {
      return Change.delete("Entry", "e", 2);
    }

    Span span(int node) {
      nanos += 10;
      return new Span(node, nanos, nanos + 5);
    }

    void write(int node, String key, Change... changes) {
      unit(key, changes);
      seen.add(written(node, key, new Outcome.Done(units.size()), changes));
    }

    Seen.Written written(int node, String key, Outcome outcome, Change... changes) {
      return new Seen.Written(span(node), key, List.of(changes), outcome);
    }

    void unit(String key, Change... changes) {
      long position = units.size() + 1L;
      units.add(new LoggedUnit(position, 1_000 * position, key + "/1", List.of(changes)));
    }

    static Map<String, Object> shown(String id, long balance, long version, long position) {
      return Map.of(
          "id", id,
          "balance", balance,
          "version", version,
          "updatedAt", Instant.EPOCH.plusMillis(position).toString());
    }

    void show(int node, View view, long position, List<Map<String, Object>> records) {
      seen.add(new Seen.Shown(span(node), view, position, "Purse", Map.of(), records));
    }

    List<String> judge() {
      return new HistoryCheck("Purse", "balance").judge(units, seen, heard);
    }
  }

  private static final List<Map<String, Object>> FIRST =
      List.of(Story.shown("a", 50, 1, 1), Story.shown("b", 50, 1, 1));
  private static final List<Map<String, Object>> THEN =
      List.of(Story.shown("b", 55, 2, 2), Story.shown("a", 45, 2, 2));

  @Test
  void aHistoryAsItShouldBeIsRight() {
    Story story = new Story();
    story.show(2, new View.Newest(), 3, THEN);
    story.show(2, new View.Newest(), 4, THEN);
    story.show(2, new View.AtPosition(1), 1, FIRST);
    story.show(2, new View.AtInstant(1_999), 1, FIRST);
    story.show(2, new View.AtInstant(2_000), 2, THEN);
    story.show(2, new View.AtInstant(999), 0, List.of());
    story.show(2, new View.Remembered(0), 4, THEN);
    story.show(1, new View.Unchanged(), 2, THEN);
    story.seen.add(new Seen.Missing(story.span(2), 4, "Entry", "e"));
    story.seen.add(
        story.written(
            2,
            "k5",
            new Outcome.Refused(List.of(new Named("Purse", "a", 1))),
            Story.paid("a", 2, 1)));
    story.seen.add(story.written(2, "k6", new Outcome.NotKept(), Story.purse("c", 1)));
    story.seen.add(story.written(2, "k7", new Outcome.Open(), Story.purse("d", 1)));
    story.seen.add(new Seen.Delayed(story.span(2), "later"));
    story.seen.add(new Seen.Unanswered(story.span(2), "nothing"));
    assertThat(story.judge()).isEmpty();
  }

  /// Another node may not have heard of it for a moment, and no longer.
  @Test
  void aNodeMayRememberForAMoment() {
    Story story = new Story();
    story.show(2, new View.Remembered(0), 1, FIRST);
    story.nanos += SECOND;
    story.show(2, new View.Remembered(0), 1, FIRST);
    assertThat(story.judge())
        .containsExactly(
            "Node 2 shows Purse {} at position 1, when position 3 was known for a second");
  }

  @Test
  void aRoundGoesOnFromTheOneBefore() {
    Story story = new Story();
    HistoryCheck check = new HistoryCheck("Purse", "balance");
    assertThat(check.judge(story.units, story.seen, story.heard)).isEmpty();
    story.units.clear();
    story.seen.clear();
    LoggedUnit again = new LoggedUnit(5, 5_000, "k2/2", List.of(Story.paid("a", 3, 45)));
    story.show(1, new View.AtPosition(2), 2, THEN);
    assertThat(check.end()).isEqualTo(4);
    assertThat(check.judge(List.of(again), story.seen, Map.of("listener", List.of())))
        .containsExactly(
            "The key k2 was applied twice: at position 2 and at 5",
            "listener heard nothing, and not 5.0 UPDATE Purse a v3");
  }

  /// What is done to a right history, and what is found of it.
  @FunctionalInterface
  interface Forgery {
    void forge(Story story);
  }

  private static Arguments forged(String name, Forgery forgery, String... found) {
    return Arguments.of(name, forgery, List.of(found));
  }

  static Stream<Arguments> forgeries() {
    return Stream.of(
        forged(
            "aGapInTheLog",
            story -> {
              story.units.add(new LoggedUnit(6, 6_000, "k4/2", List.of()));
            },
            "Behind position 4 comes 6",
            "The key k4 was applied twice: at position 4 and at 6"),
        forged(
            "timeThatGoesBack",
            story -> story.units.set(2, at(story.units.get(2), 1_500)),
            "Position 3 is older than the one before"),
        forged(
            "aVersionThatIsSkipped",
            story -> {
              story.unit("k8", Story.paid("a", 4, 45), Story.paid("b", 3, 55));
              story.seen.add(
                  story.written(
                      0,
                      "k8",
                      new Outcome.Done(5),
                      Story.paid("a", 4, 45),
                      Story.paid("b", 3, 55)));
              story.heard.clear();
            },
            "Position 5 has UPDATE Purse a v4 {balance=45}, of a record that was a v2 {balance=45}"),
        forged(
            "aRecordMadeTwice",
            story -> {
              story.write(0, "k8", Story.purse("a", 50));
              story.heard.clear();
            },
            "Position 5 has CREATE Purse a v1 {balance=50}, of a record that was a v2 {balance=45}"),
        forged(
            "aSumThatIsNotKept",
            story -> {
              story.write(0, "k8", Story.paid("a", 3, 44), Story.paid("b", 3, 55));
              story.heard.clear();
            },
            "Position 5 changes the sum of balance by -1: [UPDATE Purse a v3 {balance=44}, UPDATE Purse b v3 {balance=55}]"),
        forged(
            "aKeyThatIsAppliedTwice",
            story -> {
              story.unit("k2", Story.paid("a", 3, 40), Story.paid("b", 3, 60));
              story.heard.clear();
            },
            "The key k2 was applied twice: at position 2 and at 5"),
        forged(
            "aUnitThatNobodySent",
            story -> {
              story.unit("other", Story.purse("c", 1));
              story.heard.clear();
            },
            "Position 5 has what nobody sent: LoggedUnit[position=5, atMicros=5000, requestId=other/1, changes=[CREATE Purse c v1 {balance=1}]]"),
        forged(
            "anAcknowledgedWriteThatIsMissing",
            story ->
                story.seen.add(story.written(0, "k8", new Outcome.Done(5), Story.purse("c", 1))),
            "k8 was acknowledged at position 5, which has nothing"),
        forged(
            "anAcknowledgedWriteInWhosePlaceIsAnother",
            story -> {
              story.unit("k9", Story.purse("d", 1));
              story.seen.add(story.written(0, "k9", new Outcome.Open(), Story.purse("d", 1)));
              story.seen.add(story.written(0, "k8", new Outcome.Done(5), Story.purse("c", 1)));
              story.heard.clear();
            },
            "k8 was acknowledged at position 5, which has LoggedUnit[position=5, atMicros=5000, requestId=k9/1, changes=[CREATE Purse d v1 {balance=1}]]"),
        forged(
            "aWriteThatDidSomethingElse",
            story -> {
              story.unit("k8", Story.purse("c", 2));
              story.seen.add(story.written(0, "k8", new Outcome.Done(5), Story.purse("c", 1)));
              story.heard.clear();
            },
            "k8 asked for [CREATE Purse c v1 {balance=1}], and position 5 has [CREATE Purse c v1 {balance=2}]"),
        forged(
            "aWriteAheadOfWhatWasAnsweredBefore",
            story -> {
              // k2 is sent once more, as another client's write that began later
              Seen.Written second = (Seen.Written) story.seen.get(1);
              story.seen.set(
                  1, new Seen.Written(story.span(1), "k2", second.wanted(), second.outcome()));
            },
            "k2 began when position 3 was known, and is at 2"),
        forged(
            "aRefusedWriteThatIsInTheLog",
            story ->
                story.seen.set(
                    3,
                    story.written(
                        1,
                        "k4",
                        new Outcome.Refused(List.of(new Named("Entry", "e", 1))),
                        Story.deleted())),
            "k4 was answered with Refused[versions=[Named[model=Entry, id=e, version=1]]], and is at position 4"),
        forged(
            "aWriteThatWasNotKeptAndIsInTheLog",
            story ->
                story.seen.set(3, story.written(1, "k4", new Outcome.NotKept(), Story.deleted())),
            "k4 was answered with NotKept[], and is at position 4"),
        forged(
            "aRefusalWithoutAReason",
            story ->
                story.seen.add(
                    story.written(
                        1,
                        "k8",
                        new Outcome.Refused(
                            List.of(new Named("Purse", "a", 2), new Named("Purse", "b", 2))),
                        Story.paid("a", 3, 1))),
            "k8 was refused, and from position 3 on all of [Named[model=Purse, id=a, version=2], Named[model=Purse, id=b, version=2]] are so"),
        forged(
            "aListWithAnOlderRecord",
            story ->
                story.show(
                    2,
                    new View.Newest(),
                    4,
                    List.of(Story.shown("a", 50, 1, 1), Story.shown("b", 55, 2, 2))),
            "Node 2 shows Purse {} at position 4, with {balance=50, id=a, updatedAt=1970-01-01T00:00:00.001Z, version=1}; at position 4 there is a v2 {balance=45}"),
        forged(
            "aListWithoutARecord",
            story -> story.show(2, new View.Newest(), 4, List.of(Story.shown("b", 55, 2, 2))),
            "Node 2 shows Purse {} at position 4, without [a v2 {balance=45}] of position 4"),
        forged(
            "aListWithARecordThatIsNot",
            story ->
                story.show(
                    2,
                    new View.AtPosition(1),
                    1,
                    Stream.concat(FIRST.stream(), Stream.of(Story.shown("c", 1, 1, 1))).toList()),
            "Node 2 shows Purse {} at position 1, with {balance=1, id=c, updatedAt=1970-01-01T00:00:00.001Z, version=1}; at position 1 there is nothing else"),
        forged(
            "aRecordThatIsShownTwice",
            story ->
                story.show(
                    2,
                    new View.AtPosition(1),
                    1,
                    Stream.concat(FIRST.stream(), FIRST.stream().limit(1)).toList()),
            "Node 2 shows Purse {} at position 1, with {balance=50, id=a, updatedAt=1970-01-01T00:00:00.001Z, version=1}; at position 1 there is nothing else"),
        forged(
            "aRecordWithAnotherInstant",
            story ->
                story.show(
                    2,
                    new View.AtPosition(1),
                    1,
                    List.of(Story.shown("a", 50, 1, 2), Story.shown("b", 50, 1, 1))),
            "Node 2 shows Purse {} at position 1, with {balance=50, id=a, updatedAt=1970-01-01T00:00:00.002Z, version=1}; at position 1 there is a v1 {balance=50}"),
        forged(
            "aListOlderThanWhatWasAnsweredElsewhere",
            story -> story.show(2, new View.Newest(), 2, THEN),
            "Node 2 shows Purse {} at position 2, when position 3 was known"),
        forged(
            "aReadOlderThanWhatItsNodeHasShown",
            story -> story.show(1, new View.Remembered(0), 1, FIRST),
            "Node 1 shows Purse {} at position 1, when position 2 had been told of by this node"),
        forged(
            "aReadOlderThanThePositionThatItNames",
            story -> story.show(2, new View.Remembered(2), 1, FIRST),
            "Node 2 shows Purse {} at position 1, when position 2 was named"),
        forged(
            "whatIsSaidToBeUnchangedAndIsNot",
            story -> story.show(1, new View.Unchanged(), 1, FIRST),
            "Node 1 shows Purse {} at position 1, with {balance=50, id=a, updatedAt=1970-01-01T00:00:00.001Z, version=1}; at position 2 there is a v2 {balance=45}",
            "Node 1 shows Purse {} at position 1, with {balance=50, id=b, updatedAt=1970-01-01T00:00:00.001Z, version=1}; at position 2 there is b v2 {balance=55}"),
        forged(
            "aReadOfThePastAtAnotherPosition",
            story -> story.show(2, new View.AtPosition(1), 2, THEN),
            "Node 2 shows Purse {} at position 2, and AtPosition[position=1] is position 1"),
        forged(
            "aReadOfAnInstantThatLeavesOutWhatWasCommittedThen",
            story -> story.show(2, new View.AtInstant(2_000), 1, FIRST),
            "Node 2 shows Purse {} at position 1, and AtInstant[micros=2000] is position 2"),
        forged(
            "aReadOfWhatIsNotCommitted",
            story -> story.show(2, new View.Newest(), 9, THEN),
            "Node 2 shows Purse {} at position 9, and the log ends at 4"),
        forged(
            "aRecordThatIsNotFoundAndIsThere",
            story -> story.seen.add(new Seen.Missing(story.span(0), 0, "Purse", "a")),
            "Node 0 does not find Purse a, which is there from position 3 on"),
        forged(
            "anAnswerThatNoFaultExcuses",
            story -> story.seen.add(new Seen.Odd(story.span(0), "500 INTERNAL_ERROR")),
            "Node 0: 500 INTERNAL_ERROR"),
        forged(
            "aChangeThatAListenerMissed",
            story -> story.heard.get("listener").remove(2),
            "listener heard 2.1 UPDATE Purse b v2, and not 2.0 UPDATE Purse a v2"),
        forged(
            "aChangeThatAListenerHeardTwice",
            story -> story.heard.get("listener").add(1, "1.0 CREATE Purse a v1"),
            "listener heard 1.0 CREATE Purse a v1, and not 1.1 CREATE Purse b v1"),
        forged(
            "theLastChangeNotHeard",
            story -> story.heard.get("listener").removeLast(),
            "listener heard nothing, and not 4.0 DELETE Entry e v2"),
        forged(
            "aChangeThatWasHeardAndIsNot",
            story -> story.heard.get("listener").add("5.0 CREATE Purse c v1"),
            "listener heard 5.0 CREATE Purse c v1, and not nothing"));
  }

  private static LoggedUnit at(LoggedUnit unit, long micros) {
    return new LoggedUnit(unit.position(), micros, unit.requestId(), unit.changes());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("forgeries")
  void isFound(String name, Forgery forgery, List<String> found) {
    Story story = new Story();
    forgery.forge(story);
    assertThat(story.judge()).isEqualTo(found);
  }
}
