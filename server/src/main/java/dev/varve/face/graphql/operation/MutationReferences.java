package dev.varve.face.graphql.operation;

import dev.varve.face.graphql.type.ScalarTypes;
import dev.varve.face.graphql.type.TypeSystem;
import dev.varve.kernel.Nearest;
import dev.varve.kernel.Problem;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Names of records that earlier fields of the operation are about: `"$order.id"` in place of an id is that of the
/// record of the field whose name in the answer is `order`.
final class MutationReferences {
  private static final Pattern REFERENCE = Pattern.compile("\\$([A-Za-z_][A-Za-z0-9_]*)\\.id");

  private final Map<String, String> ids = new HashMap<>();

  void add(String key, String id) {
    ids.put(key, id);
  }

  /// The id that a field is about.
  String id(CollectedField field) {
    return resolved(TypeSystem.ID, String.valueOf(field.argument(TypeSystem.ID)));
  }

  /// The input of a field as plain values.
  Map<String, @Nullable Object> input(Model model, CollectedField field) {
    Map<?, ?> given = (Map<?, ?>) field.arguments().getOrDefault(TypeSystem.INPUT, Map.of());
    Map<String, @Nullable Object> input = new LinkedHashMap<>();
    given.forEach((key, value) -> {
      String name = String.valueOf(key);
      Field of = model.fieldOrNull(name);
      boolean reference = of != null && of.relation().isPresent();
      input.put(
          name,
          reference && value instanceof String id ? resolved(name, id) : ScalarTypes.plain(value));
    });
    return input;
  }

  private String resolved(String name, String text) {
    Matcher reference = REFERENCE.matcher(text);
    if (!reference.matches()) {
      return text;
    }
    String id = ids.get(reference.group(1));
    if (id == null) {
      throw Problem.invalid(
          name,
          "no field before this one is named '%s' in the answer.%s"
              .formatted(reference.group(1), Nearest.hint(reference.group(1), ids.keySet())));
    }
    return id;
  }
}
