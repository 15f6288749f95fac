package dev.varve.schema.sdl;

import dev.varve.schema.Schema;
import java.util.List;

/// What became of the text of a schema file.
public sealed interface ParseResult {
  /// The file is right.
  record Parsed(Schema schema) implements ParseResult {}

  /// The file is wrong.
  ///
  /// @param mistakes all of them, one at least, by place
  record Rejected(List<Mistake> mistakes) implements ParseResult {
    public Rejected {
      mistakes = List.copyOf(mistakes);
    }
  }
}
