package dev.varve.live;

import dev.varve.expression.Bindings;
import dev.varve.schema.Entity;
import dev.varve.schema.Model;
import dev.varve.sql.Database;
import dev.varve.state.Records;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The records around those that a unit changed, as rules look at them: as they were just before and just after it.
/// Each is read once, however many rules ask for it. A model that keeps no history is looked at as it is.
final class Surroundings {
  private final Database database;
  private final Records records;
  private final long position;
  private final Map<Key, Optional<Entity>> found = new HashMap<>();

  private record Key(String model, String id, long position) {}

  /// @param position of the unit
  Surroundings(Database database, Records records, long position) {
    this.database = database;
    this.records = records;
    this.position = position;
  }

  Bindings.Related before() {
    return (model, id) -> find(model, id, position - 1);
  }

  Bindings.Related after() {
    return (model, id) -> find(model, id, position);
  }

  private Optional<Entity> find(Model model, String id, long asOf) {
    return found.computeIfAbsent(
        new Key(model.name(), id, asOf),
        _ ->
            database.read(session ->
                model.history()
                    ? records.findAsOf(session, model, id, asOf)
                    : records.find(session, model, id)));
  }
}
