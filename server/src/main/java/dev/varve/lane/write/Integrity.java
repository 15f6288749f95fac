package dev.varve.lane.write;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import dev.varve.schema.Field;
import dev.varve.schema.Index;
import dev.varve.schema.Model;
import dev.varve.schema.RelationType;
import dev.varve.schema.Schema;
import dev.varve.schema.record.Entity;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What has to be true between records: what one refers to is there, and what is unique stands once. Both are checked
/// against the state that the commands before left, so nothing can come in between.
final class Integrity {
  private final Schema schema;
  private final WorkingState state;

  Integrity(Schema schema, WorkingState state) {
    this.schema = schema;
    this.state = state;
  }

  /// @param before the record as it was; null when it is new
  /// @throws Problem with VALIDATION_ERROR where texts are too long for their index, with REFERENCE_NOT_FOUND and the fields that refer to nothing the caller may read, with
  ///     ALREADY_EXISTS and the fields of the first unique index that another record holds
  void require(CommandRights rights, @Nullable Entity before, Entity after) {
    IndexedTexts.require(before, after);
    requireReferences(rights, before, after);
    requireUnique(before, after);
  }

  private void requireReferences(CommandRights rights, @Nullable Entity before, Entity after) {
    List<FieldError> missing = new ArrayList<>();
    for (Field field : after.model().fields()) {
      if (field.type() instanceof RelationType relation
          && after.value(field) instanceof String id
          && !(before != null && id.equals(before.value(field)))
          && !refers(rights, after, relation, id)) {
        missing.add(
            new FieldError(field.name(), "no %s has the id '%s'".formatted(relation.target(), id)));
      }
    }
    if (!missing.isEmpty()) {
      throw new Problem(
          ErrorCode.REFERENCE_NOT_FOUND, "A record that is referred to does not exist", missing);
    }
  }

  private boolean refers(CommandRights rights, Entity after, RelationType relation, String id) {
    Model target = schema.require(relation.target());
    if (target.name().equals(after.model().name()) && id.equals(after.id())) {
      return true;
    }
    if (target.account() && rights.isCaller(id)) {
      return state.find(target, id).isPresent();
    }
    // a record that the caller may not know of is not there
    return state.find(target, id).filter(rights::mayRead).isPresent();
  }

  private void requireUnique(@Nullable Entity before, Entity after) {
    for (Index index : after.model().uniques()) {
      if (isNew(index, before, after)
          && state.holder(index, after).filter(holder -> !holder.equals(after.id())).isPresent()) {
        throw taken(after.model(), index);
      }
    }
  }

  /// Whether the record has not held these values before: what it holds it holds alone.
  static boolean isNew(Index index, @Nullable Entity before, Entity after) {
    return before == null || !index.key(before::value).equals(index.key(after::value));
  }

  private static Problem taken(Model model, Index index) {
    String fields = String.join(", ", index.fieldNames());
    String says =
        index.fields().size() == 1
            ? "is taken"
            : "is taken together with the other fields of " + fields;
    return new Problem(
        ErrorCode.ALREADY_EXISTS,
        "A %s with this %s exists already".formatted(model.name(), fields),
        index.fieldNames().stream().map(name -> new FieldError(name, says)).toList());
  }
}
