package dev.varve.schema.sdl;

import dev.varve.schema.Schema;
import dev.varve.schema.sdl.ParseResult.Parsed;
import dev.varve.schema.sdl.ParseResult.Rejected;
import java.util.List;

/// Reads schema files in tests.
public final class Schemas {
  private Schemas() {}

  /// The schema of a file that is right.
  public static Schema parse(String text) {
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
