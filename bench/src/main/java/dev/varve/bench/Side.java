package dev.varve.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/// One of several that take turns, and what was seen of it.
///
/// Taking turns makes what else the machine does fall on all of them alike.
final class Side<T> {
  private final Supplier<T> turn;
  private final List<T> seen = new ArrayList<>();

  Side(Supplier<T> turn) {
    this.turn = turn;
  }

  static void alternate(int rounds, Side<?>... sides) {
    alternate(rounds, List.of(sides));
  }

  static void alternate(int rounds, List<? extends Side<?>> sides) {
    for (int round = 0; round < rounds; round++) {
      sides.forEach(Side::takeTurn);
    }
  }

  private void takeTurn() {
    seen.add(turn.get());
  }

  /// Forgets what was seen so far, because it was only to warm up.
  void forget() {
    seen.clear();
  }

  double median(ToDoubleFunction<T> figure) {
    return Median.of(seen.stream().map(figure::applyAsDouble).toList());
  }

  /// The middle of the ratios of each turn to the other's turn beside it.
  static <A, B> double ratio(
      Side<A> above,
      ToDoubleFunction<A> aboveFigure,
      Side<B> below,
      ToDoubleFunction<B> belowFigure) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < above.seen.size(); i++) {
      ratios.add(
          aboveFigure.applyAsDouble(above.seen.get(i))
              / belowFigure.applyAsDouble(below.seen.get(i)));
    }
    return Median.of(ratios);
  }
}
