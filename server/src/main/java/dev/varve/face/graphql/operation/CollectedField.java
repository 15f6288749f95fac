package dev.varve.face.graphql.operation;

import graphql.language.Field;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One field of an answer, wherever in the document it is asked for: all those places are one.
public final class CollectedField {
  private static final String TYPENAME = "__typename";

  private final String slot;
  private final String key;
  private final String type;
  private final List<Field> nodes;
  private final boolean required;
  private final Map<String, Object> arguments;
  private List<CollectedField> children = List.of();

  /// @param slot tells it apart from every other field of the operation
  /// @param type of the object that it is a field of
  /// @param required whether it must not be null
  /// @param arguments those given, and the defaults of the others
  /// @param nodes the places of the document where it is asked for
  CollectedField(
      String slot,
      String type,
      List<Field> nodes,
      boolean required,
      Map<String, Object> arguments) {
    this.slot = slot;
    this.key = nodes.getFirst().getResultKey();
    this.type = type;
    this.nodes = nodes;
    this.required = required;
    this.arguments = arguments;
  }

  String slot() {
    return slot;
  }

  String key() {
    return key;
  }

  public String name() {
    return node().getName();
  }

  String type() {
    return type;
  }

  /// The first place of the document where it is asked for.
  Field node() {
    return nodes.getFirst();
  }

  /// All places of the document where it is asked for.
  List<Field> nodes() {
    return nodes;
  }

  boolean required() {
    return required;
  }

  public boolean isTypename() {
    return name().equals(TYPENAME);
  }

  /// Whether it asks about the schema itself.
  public boolean isIntrospection() {
    return name().startsWith("__") && !isTypename();
  }

  Map<String, Object> arguments() {
    return arguments;
  }

  public @Nullable Object argument(String argument) {
    return arguments.get(argument);
  }

  List<CollectedField> children() {
    return children;
  }

  void children(List<CollectedField> found) {
    children = found;
  }
}
