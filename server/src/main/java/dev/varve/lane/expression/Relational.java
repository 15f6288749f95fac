package dev.varve.lane.expression;

import java.util.Optional;

/// How two values can stand to each other.
enum Relational {
  EQUAL("_==_"),
  NOT_EQUAL("_!=_"),
  LESS("_<_"),
  AT_MOST("_<=_"),
  GREATER("_>_"),
  AT_LEAST("_>=_");

  private final String function;

  Relational(String function) {
    this.function = function;
  }

  /// The one that the CEL parser calls by this name.
  static Optional<Relational> of(String function) {
    for (Relational relational : values()) {
      if (relational.function.equals(function)) {
        return Optional.of(relational);
      }
    }
    return Optional.empty();
  }

  boolean ordered() {
    return this != EQUAL && this != NOT_EQUAL;
  }

  /// What holds when this does not.
  Relational negated() {
    return switch (this) {
      case EQUAL -> NOT_EQUAL;
      case NOT_EQUAL -> EQUAL;
      case LESS -> AT_LEAST;
      case AT_MOST -> GREATER;
      case GREATER -> AT_MOST;
      case AT_LEAST -> LESS;
    };
  }

  /// The same, seen from the other side.
  Relational flipped() {
    return switch (this) {
      case EQUAL -> EQUAL;
      case NOT_EQUAL -> NOT_EQUAL;
      case LESS -> GREATER;
      case AT_MOST -> AT_LEAST;
      case GREATER -> LESS;
      case AT_LEAST -> AT_MOST;
    };
  }

  /// Whether it holds for two values whose comparison gave `sign`.
  boolean holds(int sign) {
    return switch (this) {
      case EQUAL -> sign == 0;
      case NOT_EQUAL -> sign != 0;
      case LESS -> sign < 0;
      case AT_MOST -> sign <= 0;
      case GREATER -> sign > 0;
      case AT_LEAST -> sign >= 0;
    };
  }
}
