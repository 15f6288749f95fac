package dev.varve.kernel;

import java.util.Locale;

/// A part of a request that a stage below the faces can refuse. Each face has a word of its own for it: a query
/// parameter, a header, an argument.
public enum RequestPart {
  FILTER,
  SORT,
  EXPANSION,
  MOMENT,
  PRECONDITION;

  /// What it is called where no face says its own word.
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
