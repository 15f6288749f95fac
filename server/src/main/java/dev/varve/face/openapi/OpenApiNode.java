package dev.varve.face.openapi;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A JSON object of the description, while it is put together. Members keep their order.
final class OpenApiNode {
  private final Map<String, @Nullable Object> members = new LinkedHashMap<>();

  private OpenApiNode() {}

  static OpenApiNode empty() {
    return new OpenApiNode();
  }

  static OpenApiNode node(String name, Object value) {
    return new OpenApiNode().with(name, value);
  }

  /// A reference to a component of the document.
  static OpenApiNode reference(String section, String name) {
    return node("$ref", "#/components/" + section + "/" + name);
  }

  /// Sets a member, or removes it when `value` is null.
  OpenApiNode with(String name, @Nullable Object value) {
    if (value == null) {
      members.remove(name);
    } else {
      members.put(name, plain(value));
    }
    return this;
  }

  private static Object plain(Object value) {
    return switch (value) {
      case OpenApiNode node -> node.members;
      case List<?> elements -> {
        List<Object> plain = new ArrayList<>();
        for (Object element : elements) {
          plain.add(plain(element));
        }
        yield plain;
      }
      default -> value;
    };
  }

  @Nullable Object get(String name) {
    return members.get(name);
  }

  boolean has(String name) {
    return members.containsKey(name);
  }

  boolean isEmpty() {
    return members.isEmpty();
  }

  /// The object as a plain value.
  Map<String, @Nullable Object> members() {
    return members;
  }
}
