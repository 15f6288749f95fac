package dev.varve.schema;

import dev.varve.schema.ParseResult.Parsed;
import dev.varve.schema.ParseResult.Rejected;
import java.util.List;

/// Reads schema files in tests.
final class Schemas {
  private Schemas() {}

  /// The schema of a file that is right.
  static Schema parse(String text) {
    return switch (SchemaParser.parse("schema.graphql", text)) {
      case Parsed parsed -> parsed.schema();
      case Rejected rejected ->
          throw new AssertionError(
              String.join("\n", rejected.mistakes().stream().map(Mistake::text).toList()));
    };
  }

  /// The mistakes of a file, as `line:column: message`.
  static List<String> mistakes(String text) {
    return switch (SchemaParser.parse("schema.graphql", text)) {
      case Parsed _ -> List.of();
      case Rejected rejected ->
          rejected.mistakes().stream()
              .map(mistake -> mistake.text().substring("schema.graphql:".length()))
              .toList();
    };
  }
}
