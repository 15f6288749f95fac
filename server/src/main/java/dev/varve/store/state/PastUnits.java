package dev.varve.store.state;

import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.evolution.ModelMapping;
import dev.varve.schema.record.Entity;
import dev.varve.store.log.Change;
import dev.varve.store.log.Event;
import dev.varve.store.log.EventLog;
import dev.varve.store.log.Unit;
import dev.varve.store.sql.Session;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Reads units of the log with the records that they changed, as they were before and after.
///
/// An event names the version that it made, and the history table has every version by its number. Where a model
/// keeps no history, its events tell what was before.
public final class PastUnits {
  private final AppliedSchema schema;
  private final EventLog log;
  private final Records records;
  private final Map<String, Model> models = new HashMap<>();

  public PastUnits(AppliedSchema schema, EventLog log, Records records) {
    this.schema = schema;
    this.log = log;
    this.records = records;
    schema.schema().models().forEach(model -> models.put(model.name(), model));
  }

  /// The next units after a position, in order; none at the end of the log.
  ///
  /// @param session reads one state of the database throughout
  /// @param changesMax no further unit is read once so many changes were
  /// @param bytesMax no further unit is read once the records take about so much memory
  /// @param wanted the models whose records are asked for
  public List<UnitChanges> read(
      Session session,
      long after,
      int unitsMax,
      int changesMax,
      long bytesMax,
      Predicate<Model> wanted)
      throws SQLException {
    List<UnitChanges> read = new ArrayList<>();
    EventLog.Cursor cursor = log.cursor(session, after);
    int changes = 0;
    long bytes = 0;
    while (read.size() < unitsMax && changes < changesMax && bytes < bytesMax) {
      EventLog.Stretch<Unit> stretch = log.read(session, cursor, 1);
      if (stretch.units().isEmpty()) {
        break;
      }
      Unit unit = stretch.units().getFirst();
      cursor = stretch.next();
      changes += unit.events().size();
      UnitChanges happened = happened(session, unit, wanted);
      bytes += happened.bytes();
      read.add(happened);
    }
    return read;
  }

  private UnitChanges happened(Session session, Unit unit, Predicate<Model> wanted)
      throws SQLException {
    List<Optional<Change>> changes = new ArrayList<>();
    for (Event event : unit.events()) {
      Optional<ModelMapping> past =
          schema
              .history()
              .model(unit.schemaVersion(), event.model())
              .filter(mapping -> wanted.test(now(mapping)));
      changes.add(past.isPresent() ? change(session, unit, event, past.get()) : Optional.empty());
    }
    return new UnitChanges(unit.position(), unit.at(), unit.actor(), changes);
  }

  private Model now(ModelMapping past) {
    Model model = models.get(past.now().name());
    if (model == null) {
      throw new IllegalArgumentException("No model named " + past.now().name());
    }
    return model;
  }

  private Optional<Change> change(Session session, Unit unit, Event event, ModelMapping past)
      throws SQLException {
    Model model = now(past);
    return switch (event.kind()) {
      case CREATE ->
          Optional.of(Change.create(Replay.created(unit, event, past, model, unit.at())));
      case UNDELETE ->
          Optional.of(
              new Change(
                  model,
                  Change.Kind.UNDELETE,
                  null,
                  Replay.created(unit, event, past, model, event.createdAt().orElse(unit.at())),
                  event.restoredVersion()));
      case UPDATE ->
          before(session, event, past, model)
              .map(before -> Replay.update(unit, event, past, before));
      case DELETE -> before(session, event, past, model).map(Change::delete);
    };
  }

  private Optional<Entity> before(Session session, Event event, ModelMapping past, Model model)
      throws SQLException {
    if (event.was().isPresent()) {
      return Optional.of(was(event.was().get(), event, past, model));
    }
    return model.history()
        ? records.findVersion(session, model, event.id(), event.version() - 1)
        : Optional.empty();
  }

  private static Entity was(
      Map<String, @Nullable Object> members, Event event, ModelMapping past, Model model) {
    @Nullable Object[] values = new @Nullable Object[model.fields().size()];
    for (Field field : model.fields()) {
      values[field.ordinal()] = past.absent(field);
    }
    Replay.set(members, past, model, values);
    values[model.id().ordinal()] = event.id();
    values[model.createdAt().ordinal()] = instant(members, Model.CREATED_AT);
    values[model.updatedAt().ordinal()] = instant(members, Model.UPDATED_AT);
    values[model.version().ordinal()] = event.version() - 1;
    return new Entity(model, values);
  }

  private static Instant instant(Map<String, @Nullable Object> members, String name) {
    return Instant.parse((String) members.get(name));
  }
}
