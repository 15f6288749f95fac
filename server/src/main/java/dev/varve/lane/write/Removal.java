package dev.varve.lane.write;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.RelationType;
import dev.varve.schema.Schema;
import dev.varve.schema.record.Entity;
import dev.varve.store.log.Change;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Removes a record, and follows the relations to it.
final class Removal {
  private final Schema schema;
  private final WorkingState state;
  private final Changes changes;
  private final Instant at;

  Removal(Schema schema, WorkingState state, Changes changes, Instant at) {
    this.schema = schema;
    this.state = state;
    this.changes = changes;
    this.at = at;
  }

  /// A record that refers, or referred, to one that is removed.
  private record Follower(Schema.Reference reference, String id, String removedId) {}

  /// Removes a record, and does to those that refer to it what their relation says, depth first. Not by
  /// recursion: a chain of records may be longer than the stack is deep.
  ///
  /// @throws Problem with CONFLICT when one refers to it that keeps it
  void remove(Entity entity) {
    Deque<Iterator<Follower>> open = new ArrayDeque<>();
    open.push(removeAlone(entity));
    while (!open.isEmpty()) {
      if (!open.getFirst().hasNext()) {
        open.pop();
        continue;
      }
      Follower follower = open.getFirst().next();
      Optional<Entity> referring = stillReferring(follower);
      if (referring.isEmpty()) {
        continue;
      }
      switch (follower.reference().relation().onDelete()) {
        // none are left but the record itself, which is gone
        case RESTRICT -> {}
        case CASCADE -> open.push(removeAlone(referring.get()));
        case SET_NULL ->
            changes.add(
                Change.update(
                    referring.get(), without(referring.get(), follower.reference().field())));
      }
    }
  }

  /// Removes one record; those that refer to it are still to be looked after.
  private Iterator<Follower> removeAlone(Entity entity) {
    List<Schema.Reference> references = schema.referencesTo(entity.model());
    for (Schema.Reference reference : references) {
      if (reference.relation().onDelete() == RelationType.OnDelete.RESTRICT) {
        restrict(reference, entity);
      }
    }
    changes.add(Change.delete(entity));
    List<Follower> followers = new ArrayList<>();
    for (Schema.Reference reference : references) {
      for (Entity referring : state.referring(reference, entity.id(), Changes.CHANGES_MAX + 1)) {
        followers.add(new Follower(reference, referring.id(), entity.id()));
      }
    }
    return followers.iterator();
  }

  /// The follower as it is by now: another way may have led to it before.
  private Optional<Entity> stillReferring(Follower follower) {
    Schema.Reference reference = follower.reference();
    return state
        .find(reference.model(), follower.id())
        .filter(entity -> follower.removedId().equals(entity.value(reference.field())));
  }

  private void restrict(Schema.Reference reference, Entity entity) {
    boolean referredTo =
        state.referring(reference, entity.id(), 2).stream()
            .anyMatch(referring ->
                !(reference.model() == entity.model() && referring.id().equals(entity.id())));
    if (referredTo) {
      throw new Problem(
          ErrorCode.CONFLICT,
          "%s is still referred to by %s.%s: delete or change those records first"
              .formatted(
                  entity.model().name(), reference.model().name(), reference.field().name()));
    }
  }

  private Entity without(Entity entity, Field field) {
    Model model = entity.model();
    @Nullable Object[] values = entity.values();
    values[field.ordinal()] = null;
    values[model.updatedAt().ordinal()] = at;
    values[model.version().ordinal()] = entity.version() + 1;
    return new Entity(model, values);
  }
}
