package dev.varve.schema;

/// A place in the schema file; lines and columns count from 1.
public record SourceLocation(int line, int column) {
  /// The place of what Varve itself adds to a model.
  public static final SourceLocation NONE = new SourceLocation(0, 0);
}
