package dev.varve.store.state;

import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import dev.varve.schema.evolution.ModelMapping;
import dev.varve.schema.evolution.SchemaHistory;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.JsonValues;
import dev.varve.store.log.Change;
import dev.varve.store.log.DamagedLogException;
import dev.varve.store.log.Event;
import dev.varve.store.log.EventLog;
import dev.varve.store.log.Unit;
import dev.varve.store.sql.Session;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/// Folds units read from the log into records, and writes them into tables: the same rows that the write
/// lane wrote when the units were new, whatever the schema was called then.
final class Replay {
  // so much is held in memory, and written in one transaction
  private static final int STRETCH_UNITS = 1_000;
  private static final long STRETCH_BYTES = 4 * 1024 * 1024;
  // records kept at hand so that most changes need no look-up
  private static final int RECORDS_MAX = 50_000;

  private final Map<String, Model> models = new LinkedHashMap<>();
  private final SchemaHistory schemaHistory;
  private final Records records;
  private final Projection projection;
  private final Map<Key, Optional<Entity>> recent =
      new LinkedHashMap<>(1_024, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Optional<Entity>> eldest) {
          return size() > RECORDS_MAX;
        }
      };

  private record Key(String model, String id) {}

  /// @param schema with the tables to write to
  Replay(DSLContext dialect, Schema schema, SchemaHistory schemaHistory) {
    for (Model model : schema.models()) {
      models.put(model.name(), model);
    }
    this.schemaHistory = schemaHistory;
    this.records = new Records(dialect, schema.models());
    this.projection = new Projection(dialect, schema.models());
  }

  /// The next stretch of the log to be written. At PostgreSQL it is read within a transaction: outside of one the driver holds it
  /// whole.
  static EventLog.Stretch<Unit> read(EventLog log, Session session, EventLog.Cursor cursor)
      throws SQLException {
    return log.read(session, cursor, STRETCH_UNITS, STRETCH_BYTES);
  }

  /// Writes a stretch of the log into the tables, in the session's transaction.
  void write(Session session, EventLog.Stretch<Unit> stretch) throws SQLException {
    Map<Key, Optional<Entity>> changed = new LinkedHashMap<>();
    Projection.Group rows = projection.group();
    for (Unit unit : stretch.units()) {
      for (Event event : unit.events()) {
        if (schemaHistory.retired(unit.schemaVersion(), event.model())) {
          continue;
        }
        ModelMapping past = mapping(unit, event);
        Model model = Objects.requireNonNull(models.get(past.now().name()));
        Key key = new Key(model.name(), event.id());
        Optional<Entity> before = before(session, changed, model, key);
        Change change = change(unit, event, past, model, before.orElse(null));
        rows.add(change, unit.position());
        changed.put(key, Optional.ofNullable(change.after()));
      }
    }
    rows.write(session);
    recent.putAll(changed);
  }

  private ModelMapping mapping(Unit unit, Event event) {
    return schemaHistory
        .model(unit.schemaVersion(), event.model())
        .orElseThrow(() ->
            new DamagedLogException(
                "Position %d speaks of a model that the schema does not have: %s"
                    .formatted(unit.position(), event.model())));
  }

  private Optional<Entity> before(
      Session session, Map<Key, Optional<Entity>> changed, Model model, Key key)
      throws SQLException {
    Optional<Entity> before = changed.get(key);
    if (before == null) {
      before = recent.get(key);
    }
    return before != null ? before : records.find(session, model, key.id());
  }

  private static Change change(
      Unit unit, Event event, ModelMapping past, Model model, @Nullable Entity before) {
    return switch (event.kind()) {
      case CREATE -> Change.create(created(unit, event, past, model, unit.at()));
      case UNDELETE ->
          new Change(
              model,
              Change.Kind.UNDELETE,
              null,
              created(unit, event, past, model, event.createdAt().orElse(unit.at())),
              event.restoredVersion());
      case UPDATE -> update(unit, event, past, there(unit, event, before));
      case DELETE -> Change.delete(there(unit, event, before));
    };
  }

  private static Entity there(Unit unit, Event event, @Nullable Entity before) {
    if (before == null) {
      throw new DamagedLogException(
          "Position %d changes %s '%s', which is not there"
              .formatted(unit.position(), event.model(), event.id()));
    }
    return before;
  }

  static Entity created(Unit unit, Event event, ModelMapping past, Model model, Instant createdAt) {
    @Nullable Object[] values = new @Nullable Object[model.fields().size()];
    for (Field field : model.fields()) {
      values[field.ordinal()] = past.absent(field);
    }
    set(event, past, model, values);
    values[model.id().ordinal()] = event.id();
    values[model.createdAt().ordinal()] = createdAt;
    stamp(unit, event, model, values);
    return new Entity(model, values);
  }

  static Change update(Unit unit, Event event, ModelMapping past, Entity before) {
    Model model = before.model();
    @Nullable Object[] values = before.values();
    set(event, past, model, values);
    stamp(unit, event, model, values);
    return new Change(
        model, Change.Kind.UPDATE, before, new Entity(model, values), event.restoredVersion());
  }

  static void stamp(Unit unit, Event event, Model model, @Nullable Object[] values) {
    values[model.updatedAt().ordinal()] = unit.at();
    values[model.version().ordinal()] = event.version();
  }

  private static void set(Event event, ModelMapping past, Model model, @Nullable Object[] values) {
    set(event.set(), past, model, values);
  }

  /// Gives fields the values that an event has for them.
  static void set(
      Map<String, @Nullable Object> members,
      ModelMapping past,
      Model model,
      @Nullable Object[] values) {
    for (Map.Entry<String, @Nullable Object> entry : members.entrySet()) {
      past.field(entry.getKey())
          .flatMap(now -> model.field(now.name()))
          .ifPresent(field -> values[field.ordinal()] = value(past, field, entry.getValue()));
    }
  }

  private static @Nullable Object value(ModelMapping past, Field field, @Nullable Object plain) {
    return plain == null ? past.absent(field) : JsonValues.read(field, plain);
  }
}
