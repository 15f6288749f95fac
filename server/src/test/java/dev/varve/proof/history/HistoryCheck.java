package dev.varve.proof.history;

import dev.varve.proof.history.LoggedUnit.Change;
import dev.varve.proof.history.Replay.Version;
import dev.varve.proof.history.Seen.Named;
import dev.varve.proof.history.Seen.Outcome;
import dev.varve.proof.history.Seen.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// Judges what clients of several nodes saw, against the log that the nodes share. Every answer names its position, so nothing has
/// to be searched for: each is held against the log at its place.
///
/// | of | holds |
/// |---|---|
/// | the log | it has no gap, time does not go back, versions count up; a unit that moves a sum leaves it as it was |
/// | writes | what was acknowledged is at its position as it was asked for, what was refused nowhere; each key is there once, and nothing that nobody sent |
/// | their order | what began after something was answered comes behind it |
/// | refusals | one of the versions that were named was not the one of then |
/// | reads | they show what replaying the log up to their position gives, and nothing older than they may ([View]) |
/// | listeners | they heard every change once and in order |
///
/// It is asked again and again, with what came since.
final class HistoryCheck {
  /// For so long a node may answer from memory what another has changed.
  static final long BELIEVED_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final String summedModel;
  private final String summedField;
  private final Replay replay = new Replay();
  private final List<LoggedUnit> log = new ArrayList<>();
  private final Map<String, Long> positionsByKey = new HashMap<>();
  private final Map<String, Outcome> outcomes = new HashMap<>();
  private List<String> wrong = new ArrayList<>();

  /// @param summedModel units that create and delete none of its records leave the sum of `summedField` over all of them as it was
  HistoryCheck(String summedModel, String summedField) {
    this.summedModel = summedModel;
    this.summedField = summedField;
  }

  /// The end of the log that was judged so far.
  long end() {
    return replay.end();
  }

  /// @param units of the log, behind those of before
  /// @param seen in any order
  /// @param heard by each listener, behind what it had heard before: a line for each change, as [#line] has it
  /// @return what is wrong, in sentences
  List<String> judge(List<LoggedUnit> units, List<Seen> seen, Map<String, List<String>> heard) {
    wrong = new ArrayList<>();
    units.forEach(this::follow);
    Bounds bounds = Bounds.of(seen);
    for (Seen one : seen) {
      if (one instanceof Seen.Written written) {
        outcomes.put(written.key(), written.outcome());
      }
    }
    units.forEach(this::judgeOrigin);
    for (Seen one : seen) {
      switch (one) {
        case Seen.Written written -> judge(written, bounds);
        case Seen.Shown shown -> judge(shown, bounds);
        case Seen.Missing missing -> judge(missing, bounds);
        case Seen.Odd odd -> wrong.add("Node %d: %s".formatted(odd.span().node(), odd.what()));
        case Seen.Delayed _, Seen.Unanswered _ -> {}
      }
    }
    judge(units, heard);
    return wrong;
  }

  private void follow(LoggedUnit unit) {
    long moved = moved(unit);
    if (moved != 0) {
      wrong.add(
          "Position %d changes the sum of %s by %d: %s"
              .formatted(unit.position(), summedField, moved, unit.changes()));
    }
    wrong.addAll(replay.add(unit));
    log.add(unit);
    Long before = positionsByKey.putIfAbsent(unit.key(), unit.position());
    if (before != null) {
      wrong.add(
          "The key %s was applied twice: at position %d and at %d"
              .formatted(unit.key(), before, unit.position()));
    }
  }

  private long moved(LoggedUnit unit) {
    Map<String, Long> now = new TreeMap<>();
    for (Change change : unit.changes()) {
      if (change.model().equals(summedModel)) {
        if (!change.operation().equals("UPDATE")) {
          return 0;
        }
        if (change.set().get(summedField) instanceof Long value) {
          now.put(change.id(), value);
        }
      }
    }
    return now.entrySet().stream().mapToLong(one -> one.getValue() - sumOf(one.getKey())).sum();
  }

  private long sumOf(String id) {
    return replay
        .at(summedModel, id, replay.end())
        .map(version -> (Long) version.values().get(summedField))
        .orElse(0L);
  }

  private void judgeOrigin(LoggedUnit unit) {
    Outcome outcome = outcomes.get(unit.key());
    if (outcome == null) {
      wrong.add("Position %d has what nobody sent: %s".formatted(unit.position(), unit));
    } else if (outcome instanceof Outcome.Refused || outcome instanceof Outcome.NotKept) {
      wrong.add(
          "%s was answered with %s, and is at position %d"
              .formatted(unit.key(), outcome, unit.position()));
    }
  }

  private void judge(Seen.Written written, Bounds bounds) {
    switch (written.outcome()) {
      case Outcome.Done(long position) -> judgeDone(written, position, bounds);
      case Outcome.Refused(List<Named> versions) -> {
        long known = bounds.anywhere(written.span().begunNanos());
        if (versions.stream()
            .noneMatch(one -> replay.isOther(one.model(), one.id(), one.version(), known))) {
          wrong.add(
              "%s was refused, and from position %d on all of %s are so"
                  .formatted(written.key(), known, versions));
        }
      }
      case Outcome.NotKept _, Outcome.Open _ -> {}
    }
  }

  private void judgeDone(Seen.Written written, long position, Bounds bounds) {
    Optional<LoggedUnit> unit = unit(position);
    if (unit.isEmpty() || !unit.get().key().equals(written.key())) {
      wrong.add(
          "%s was acknowledged at position %d, which has %s"
              .formatted(written.key(), position, unit.map(Object::toString).orElse("nothing")));
    } else if (!unit.get().did(written.wanted())) {
      wrong.add(
          "%s asked for %s, and position %d has %s"
              .formatted(written.key(), written.wanted(), position, unit.get().changes()));
    }
    long known = bounds.anywhere(written.span().begunNanos());
    if (position <= known) {
      wrong.add(
          "%s began when position %d was known, and is at %d"
              .formatted(written.key(), known, position));
    }
  }

  private Optional<LoggedUnit> unit(long position) {
    return position < 1 || position > log.size()
        ? Optional.empty()
        : Optional.of(log.get((int) position - 1));
  }

  private void judge(Seen.Shown shown, Bounds bounds) {
    if (shown.position() > replay.end()) {
      wrong.add("%s, and the log ends at %d".formatted(title(shown), replay.end()));
      return;
    }
    judgeContent(shown, shown.position());
    switch (shown.view()) {
      case View.Newest _ ->
          requireAtLeast(shown, bounds.anywhere(shown.span().begunNanos()), "was known");
      case View.Remembered(long atLeast) -> {
        requireAtLeast(shown, atLeast, "was named");
        Span span = shown.span();
        requireAtLeast(
            shown, bounds.at(span.node(), span.begunNanos()), "had been told of by this node");
        requireAtLeast(shown, longKnown(span, bounds), "was known for a second");
      }
      case View.Unchanged _ -> {
        long known = remembered(shown.span(), bounds);
        if (known > shown.position()) {
          judgeContent(shown, known);
        }
      }
      case View.AtPosition(long position) -> requireExactly(shown, position);
      case View.AtInstant(long micros) -> requireExactly(shown, replay.positionAt(micros));
    }
  }

  /// What a node must know that answers from memory.
  private static long remembered(Span span, Bounds bounds) {
    return Math.max(bounds.at(span.node(), span.begunNanos()), longKnown(span, bounds));
  }

  private static long longKnown(Span span, Bounds bounds) {
    return bounds.anywhere(span.begunNanos() - BELIEVED_NANOS);
  }

  private void requireAtLeast(Seen.Shown shown, long known, String why) {
    if (shown.position() < known) {
      wrong.add("%s, when position %d %s".formatted(title(shown), known, why));
    }
  }

  private void requireExactly(Seen.Shown shown, long position) {
    if (shown.position() != position) {
      wrong.add("%s, and %s is position %d".formatted(title(shown), shown.view(), position));
    }
  }

  private void judgeContent(Seen.Shown shown, long position) {
    Map<String, Version> left = replay.where(shown.model(), shown.where(), position);
    for (Map<String, Object> record : shown.records()) {
      Version version = left.remove(String.valueOf(record.get("id")));
      if (version == null || !version.isShownAs(record)) {
        wrong.add(
            "%s, with %s; at position %d there is %s"
                .formatted(
                    title(shown),
                    new TreeMap<>(record),
                    position,
                    version == null ? "nothing else" : version));
      }
    }
    if (!left.isEmpty()) {
      wrong.add("%s, without %s of position %d".formatted(title(shown), left.values(), position));
    }
  }

  private static String title(Seen.Shown shown) {
    return "Node %d shows %s %s at position %d"
        .formatted(shown.span().node(), shown.model(), shown.where(), shown.position());
  }

  /// Ids are never used again: who is there then and in the end was there all the time.
  private void judge(Seen.Missing missing, Bounds bounds) {
    long known = Math.max(missing.atLeast(), remembered(missing.span(), bounds));
    if (replay.at(missing.model(), missing.id(), known).isPresent()
        && replay.at(missing.model(), missing.id(), replay.end()).isPresent()) {
      wrong.add(
          "Node %d does not find %s %s, which is there from position %d on"
              .formatted(missing.span().node(), missing.model(), missing.id(), known));
    }
  }

  private void judge(List<LoggedUnit> units, Map<String, List<String>> heard) {
    List<String> told = new ArrayList<>();
    for (LoggedUnit unit : units) {
      for (int index = 0; index < unit.changes().size(); index++) {
        told.add(line(unit.position(), index, unit.changes().get(index)));
      }
    }
    heard.forEach((listener, lines) -> judge(listener, lines, told));
  }

  /// How listeners note a change.
  static String line(long position, int index, Change change) {
    return line(
        position + "." + index, change.operation(), change.model(), change.id(), change.version());
  }

  static String line(String id, Object operation, Object model, Object record, Object version) {
    return "%s %s %s %s v%s".formatted(id, operation, model, record, version);
  }

  private void judge(String listener, List<String> heard, List<String> told) {
    int same = 0;
    while (same < heard.size() && same < told.size() && heard.get(same).equals(told.get(same))) {
      same++;
    }
    if (same < heard.size() || same < told.size()) {
      wrong.add("%s heard %s, and not %s".formatted(listener, next(heard, same), next(told, same)));
    }
  }

  private static String next(List<String> lines, int index) {
    return index < lines.size() ? lines.get(index) : "nothing";
  }
}
