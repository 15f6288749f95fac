package dev.varve.lane.write;

import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Command;
import dev.varve.schema.Index;
import dev.varve.schema.Model;
import dev.varve.schema.record.Entity;
import dev.varve.store.follow.Notices;
import dev.varve.store.sql.Session;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What [WriterTask] has at hand on the writer's thread: the state as the unit before left it.
public final class WriteContext {
  private final Session session;
  private final Instant at;
  private final WorkingState state;
  private final Decision decision;

  WriteContext(Session session, Instant at, WorkingState state, Decision decision) {
    this.session = session;
    this.at = at;
    this.state = state;
    this.decision = decision;
  }

  /// For tables of Varve's own that no log keeps. The tables of models are written by [#apply] alone.
  public Session session() {
    return session;
  }

  /// Tells other nodes, with the commit, of a change to what no log keeps.
  ///
  /// @param topic which of [Notices]' listeners hears it
  /// @param subject what was changed, such as an id
  public void announce(String topic, String subject) throws SQLException {
    Notices.announce(session, topic, subject);
  }

  /// The instant of the unit.
  public Instant at() {
    return at;
  }

  /// Reads at once what is going to be asked for or made one by one.
  public void load(Model model, Collection<String> ids) {
    state.load(model, ids);
  }

  public Optional<Entity> find(Model model, String id) {
    return state.find(model, id);
  }

  /// The id of the record that has the same values as another one in all fields of a unique index; absent too when
  /// one of them is.
  public Optional<String> holder(Index unique, Entity other) {
    return state.holder(unique, other);
  }

  /// The record that holds a value of a field with `@unique`.
  public Optional<Entity> find(Model model, String uniqueField, Object value) {
    Index unique =
        model.uniques().stream()
            .filter(index -> index.fieldNames().equals(List.of(uniqueField)))
            .findFirst()
            .orElseThrow(() ->
                new IllegalArgumentException(model.name() + "." + uniqueField + " is not unique"));
    @Nullable Object[] values = new @Nullable Object[model.fields().size()];
    values[unique.fields().getFirst().ordinal()] = value;
    return state.holder(unique, new Entity(model, values)).flatMap(id -> state.find(model, id));
  }

  /// Does one command, as a further part of the unit.
  public Outcome.Result apply(Authorized<Command> command) {
    return decision.decide(command);
  }
}
