package dev.varve.schema;

import java.util.Optional;

/// Where and how the schema file declares a model or a field.
///
/// @param renamedFrom the name it had in an earlier schema file
/// @param description as readers of the API see it, in Markdown; empty when there is none
public record Declaration(
    Optional<String> renamedFrom, String description, SourceLocation location) {
  /// Of what no file declares.
  public static final Declaration NONE = new Declaration(Optional.empty(), "", SourceLocation.NONE);
}
