package dev.varve.lane.expression;

import dev.varve.kernel.Folding;
import java.util.Optional;

/// A literal that an expression folds: `'Ann'.foldCase()`.
record FoldedText(String text, Folding folding) {
  private static final String FOLD_CASE = "foldCase";
  private static final String FOLD_ACCENTS = "foldAccents";

  /// What a call of that name does to a text.
  static Optional<Folding> folding(String function) {
    return switch (function) {
      case FOLD_CASE -> Optional.of(Folding.CASE);
      case FOLD_ACCENTS -> Optional.of(Folding.ACCENTS);
      default -> Optional.empty();
    };
  }

  static String function(Folding folding) {
    return switch (folding) {
      case EXACT -> throw new IllegalArgumentException("No function leaves text as it is");
      case CASE -> FOLD_CASE;
      case ACCENTS -> FOLD_ACCENTS;
    };
  }
}
