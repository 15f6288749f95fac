package dev.varve.lane.live;

import dev.varve.lane.expression.Bindings;
import dev.varve.schema.Model;
import dev.varve.schema.record.Entity;
import dev.varve.store.log.Change;
import dev.varve.store.sql.Database;
import dev.varve.store.state.Records;
import dev.varve.store.state.UnitChanges;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The records around those that a unit changed, as rules look at them: as they were just before and just after it.
/// Each is read once, however many rules ask for it. A record of a model that keeps no history is there only when the
/// unit itself tells of it, or when nothing has written it since.
final class RelatedRecords {
  private final Database database;
  private final Records records;
  private final UnitChanges unit;
  private final Map<Key, Optional<Entity>> found = new HashMap<>();

  private record Key(String model, String id, long position) {}

  RelatedRecords(Database database, Records records, UnitChanges unit) {
    this.database = database;
    this.records = records;
    this.unit = unit;
  }

  Bindings.Related before() {
    return (model, id) ->
        model.history() ? asOf(model, id, unit.position() - 1) : withoutHistory(model, id, false);
  }

  Bindings.Related after() {
    return (model, id) ->
        model.history() ? asOf(model, id, unit.position()) : withoutHistory(model, id, true);
  }

  private Optional<Entity> withoutHistory(Model model, String id, boolean after) {
    List<Change> own =
        unit.changes().stream()
            .flatMap(Optional::stream)
            .filter(change -> change.model().name().equals(model.name()) && change.id().equals(id))
            .toList();
    if (own.isEmpty()) {
      return asOf(model, id, unit.position());
    }
    return Optional.ofNullable(after ? own.getLast().after() : own.getFirst().before());
  }

  private Optional<Entity> asOf(Model model, String id, long asOf) {
    return found.computeIfAbsent(
        new Key(model.name(), id, asOf),
        _ -> database.read(session -> records.findThen(session, model, id, asOf, unit.at())));
  }
}
