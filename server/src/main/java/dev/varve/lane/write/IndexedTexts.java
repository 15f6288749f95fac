package dev.varve.lane.write;

import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import dev.varve.schema.Field;
import dev.varve.schema.Index;
import dev.varve.schema.TextForm;
import dev.varve.schema.record.Entity;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Keeps the texts of an index so short that every database takes them.
final class IndexedTexts {
  private IndexedTexts() {}

  /// @param before the record as it was; null when it is new. What it had already may stay
  /// @throws Problem that names the fields of each index whose texts are too long
  static void require(@Nullable Entity before, Entity after) {
    List<FieldError> mistakes = new ArrayList<>();
    for (Index index : after.model().indexes()) {
      if (mayBeLong(index, after) && isNew(index, before, after)) {
        addMistakes(index, after, mistakes);
      }
    }
    if (!mistakes.isEmpty()) {
      throw Problem.invalid(mistakes);
    }
  }

  /// Few are, so few are folded and encoded to be measured.
  private static boolean mayBeLong(Index index, Entity entity) {
    long characters = 0;
    for (Field field : index.fields()) {
      if (entity.value(field) instanceof String text) {
        characters += text.length();
      }
    }
    return characters * Index.FOLDED_GROWTH_MAX > Index.TEXT_BYTES_MAX;
  }

  private static void addMistakes(Index index, Entity entity, List<FieldError> mistakes) {
    long bytes = bytes(index, entity);
    if (bytes > Index.TEXT_BYTES_MAX) {
      for (String name : textsOf(index, entity)) {
        mistakes.add(
            new FieldError(
                name,
                "is in an index on %s, whose texts have together at most %,d bytes in UTF-8: these have %,d"
                    .formatted(index.description(), Index.TEXT_BYTES_MAX, bytes)));
      }
    }
  }

  private static long bytes(Index index, Entity entity) {
    long bytes = 0;
    for (TextForm form : index.forms()) {
      if (entity.value(form.field()) instanceof String text) {
        bytes += form.folding().fold(text).getBytes(StandardCharsets.UTF_8).length;
      }
    }
    return bytes;
  }

  private static boolean isNew(Index index, @Nullable Entity before, Entity after) {
    return before == null
        || index.fields().stream()
            .anyMatch(field -> !Objects.equals(before.value(field), after.value(field)));
  }

  private static List<String> textsOf(Index index, Entity entity) {
    return index.fields().stream()
        .filter(field -> entity.value(field) instanceof String)
        .map(Field::name)
        .toList();
  }
}
