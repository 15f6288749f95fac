package dev.varve.face.rest;

import dev.varve.kernel.Problem;
import dev.varve.lane.access.Read;
import dev.varve.lane.query.Cursor;
import dev.varve.schema.Model;
import dev.varve.schema.RestNames;
import java.util.List;
import java.util.Optional;

/// `cursor=...`: where the page starts.
final class CursorParameter {
  static final String NAME = RestNames.CURSOR;

  private CursorParameter() {}

  /// Takes the cursor of a list.
  ///
  /// @param sorts how the list is sorted now; absent when that is wrong, and the cursor is not looked at
  static Optional<Read.Key> take(
      Model model, Optional<List<Read.Sort>> sorts, Parameters parameters) {
    Optional<String> text = parameters.take(NAME);
    if (text.isEmpty() || sorts.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Cursor.key(model, sorts.get(), text.get()));
    } catch (Problem problem) {
      parameters.errors().add(NAME, problem);
      return Optional.empty();
    }
  }

  /// Takes the cursor of the versions of a record: the version that they go on before.
  static Optional<Long> takeVersion(Model model, String id, Parameters parameters) {
    Optional<String> text = parameters.take(NAME);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Cursor.beforeVersion(model, id, text.get()));
    } catch (Problem problem) {
      parameters.errors().add(NAME, problem);
      return Optional.empty();
    }
  }
}
