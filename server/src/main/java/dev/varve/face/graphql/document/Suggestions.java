package dev.varve.face.graphql.document;

import dev.varve.kernel.Nearest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Names that may have been meant by one that is not known. They tell of the schema, so they are for those alone who
/// may ask for it.
public final class Suggestions {
  // to look for them costs time: whoever makes more mistakes finds theirs by the first ones
  private static final int MAX = 10;
  private static final int ALL_NAMES_MAX = 12;

  private int left;

  /// @param told whether there are any
  public Suggestions(boolean told) {
    this.left = told ? MAX : 0;
  }

  /// A sentence with the nearest name, to stand behind another; or nothing.
  String near(String name, List<String> known) {
    if (left == 0) {
      return "";
    }
    left--;
    return Nearest.hint(name, known);
  }

  /// A sentence with the nearest name or, when there are few, with all of them; or nothing.
  ///
  /// @param verb before the names: `It has`
  String nearOrAll(String name, List<String> known, String verb) {
    boolean told = left > 0;
    String near = near(name, known);
    return near.isEmpty() && told && !known.isEmpty() && known.size() <= ALL_NAMES_MAX
        ? " %s %s".formatted(verb, String.join(", ", known))
        : near;
  }

  /// A sentence for a field that a model without history does not have; or nothing.
  Optional<String> withoutHistory(String model) {
    return left == 0
        ? Optional.empty()
        : Optional.of(" %s keeps no history (@model(history: false))".formatted(model));
  }

  /// A sentence for a field of another kind of operation; or nothing.
  ///
  /// @param type at the root of that kind: `Mutation`
  Optional<String> otherKind(String type) {
    return left == 0
        ? Optional.empty()
        : Optional.of(
            " %s has: begin the operation with the word %s"
                .formatted(type, type.toLowerCase(Locale.ROOT)));
  }
}
