package dev.varve.proof.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The highest positions that clients knew of by some moment: whoever asks then may be told of nothing older.
final class Bounds {
  private static final int EVERYWHERE = -1;

  // by the node that told, and by when: the highest position told by then
  private final Map<Integer, TreeMap<Long, Long>> highest = new HashMap<>();

  private record Known(Span span, long position) {}

  static Bounds of(List<Seen> seen) {
    List<Known> known = new ArrayList<>();
    for (Seen one : seen) {
      long position = position(one);
      if (position > 0) {
        known.add(new Known(one.span(), position));
      }
    }
    known.sort(Comparator.comparingLong(one -> one.span().endedNanos()));
    Bounds bounds = new Bounds();
    for (Known one : known) {
      bounds.add(EVERYWHERE, one);
      bounds.add(one.span().node(), one);
    }
    return bounds;
  }

  /// What an answer proves to be committed; 0 for nothing.
  private static long position(Seen seen) {
    return switch (seen) {
      case Seen.Written written ->
          written.outcome() instanceof Seen.Outcome.Done(long done) ? done : 0;
      case Seen.Shown shown -> shown.position();
      case Seen.Missing _, Seen.Delayed _, Seen.Unanswered _, Seen.Odd _ -> 0;
    };
  }

  private void add(int node, Known known) {
    TreeMap<Long, Long> by = highest.computeIfAbsent(node, _ -> new TreeMap<>());
    long before = by.isEmpty() ? 0 : by.lastEntry().getValue();
    by.put(known.span().endedNanos(), Math.max(before, known.position()));
  }

  /// What any node had told before.
  long anywhere(long nanos) {
    return at(EVERYWHERE, nanos);
  }

  /// What this node had told before.
  long at(int node, long nanos) {
    TreeMap<Long, Long> by = highest.get(node);
    Map.Entry<Long, Long> last = by == null ? null : by.lowerEntry(nanos);
    return last == null ? 0 : last.getValue();
  }
}
