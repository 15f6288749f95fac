package dev.varve.lane.write;

import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Command;
import dev.varve.schema.Field;
import dev.varve.schema.Index;
import dev.varve.schema.Model;
import dev.varve.schema.RelationType;
import dev.varve.schema.Schema;
import dev.varve.schema.TextForm;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.Input;
import dev.varve.store.cache.CachedRecord;
import dev.varve.store.cache.RecordCache;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import dev.varve.store.state.Records;
import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the next units of a group are going to ask the database for, read in a few queries in place of one for each: whoever waits for
/// the lock of the log waits for every way to the database and back.
///
/// It is a guess, and decides nothing. What is read stays true until the group is written; what is not here, because a rule asks for it,
/// or because it would take too much memory, is read when it is asked for.
///
/// | what | of |
/// |---|---|
/// | records | commands that name one, and new values of relations |
/// | last versions | new records whose id was chosen |
/// | holders of unique values | new values of unique fields of one text or whole number |
final class Prefetch {
  // beside what the group itself holds
  private static final long BYTES_MAX = 16L * 1024 * 1024;

  private final Schema schema;
  private final Session session;
  private final Records records;
  private final RecordCache cache;
  private final Loaded into;
  private final Room room = new Room();

  Prefetch(Schema schema, Session session, Records records, RecordCache cache, Loaded into) {
    this.schema = schema;
    this.session = session;
    this.records = records;
    this.cache = cache;
    this.into = into;
  }

  /// Takes records as long as they fit.
  private final class Room implements Session.Filling<Entity> {
    private long bytes;
    private long count;

    @Override
    public boolean take(Entity row) {
      bytes += row.bytes();
      count++;
      into.add(Loaded.RecordKey.of(row.model(), row.id()), Optional.of(row));
      return bytes < BYTES_MAX;
    }

    @Override
    public int roomFor() {
      return (int) Math.max(0, (BYTES_MAX - bytes) / (bytes / count + 1));
    }
  }

  /// Ids of records by their model, in the order of their first mention.
  private static final class Wanted {
    private final Map<Model, Set<String>> ids = new LinkedHashMap<>();

    void add(Model model, String id) {
      ids.computeIfAbsent(model, absent -> new LinkedHashSet<>()).add(id);
    }
  }

  /// Values of a unique index, by what is bound for each.
  private record Values(Model model, Map<Object, Loaded.UniqueKey> byBound) {}

  void read(Collection<UnitOfWork> units) throws SQLException {
    List<Command> commands =
        units.stream().flatMap(unit -> unit.commands().stream()).map(Authorized::request).toList();
    Wanted named = new Wanted();
    Wanted chosen = new Wanted();
    for (Command command : commands) {
      if (command instanceof Command.Create create) {
        if (create.idGiven()) {
          (create.model().history() ? chosen : named).add(create.model(), create.id());
        }
        addReferences(named, create.model(), create.input(), null);
      } else {
        named.add(command.model(), command.id());
      }
    }
    for (Map.Entry<Model, Set<String>> each : chosen.ids.entrySet()) {
      into.readLastVersions(session, records, each.getKey(), each.getValue())
          .forEach(id -> named.add(each.getKey(), id));
    }
    readRecords(named);
    Wanted referred = new Wanted();
    Map<Index, Values> values = new LinkedHashMap<>();
    for (Command command : commands) {
      switch (command) {
        case Command.Create(Model model, _, _, Input input) ->
            addValues(values, model, input, null);
        case Command.Replace replace -> addChange(referred, values, replace, replace.input());
        case Command.Merge merge -> addChange(referred, values, merge, merge.input());
        case Command.Delete _, Command.Restore _ -> {}
      }
    }
    readRecords(referred);
    for (Map.Entry<Index, Values> each : values.entrySet()) {
      readHolders(each.getKey(), each.getValue());
    }
  }

  private void addChange(Wanted referred, Map<Index, Values> values, Command command, Input input) {
    Entity before = known(command.model(), command.id());
    if (before != null) {
      addReferences(referred, command.model(), input, before);
      addValues(values, command.model(), input, before);
    }
  }

  private @Nullable Entity known(Model model, String id) {
    return into.record(
            Loaded.RecordKey.of(model, id),
            () -> Optional.ofNullable(cache.peek(model, id)).map(CachedRecord::entity))
        .orElse(null);
  }

  private void addReferences(Wanted wanted, Model model, Input input, @Nullable Entity before) {
    for (Field field : model.fields()) {
      if (field.type() instanceof RelationType relation
          && given(input, field) instanceof String id
          && !(before != null && id.equals(before.value(field)))) {
        wanted.add(schema.require(relation.target()), id);
      }
    }
  }

  private static @Nullable Object given(Input input, Field field) {
    return input.has(field) ? input.value(field) : null;
  }

  private void readRecords(Wanted wanted) throws SQLException {
    for (Map.Entry<Model, Set<String>> each : wanted.ids.entrySet()) {
      Model model = each.getKey();
      List<String> ids =
          each.getValue().stream()
              .filter(id ->
                  !into.knows(Loaded.RecordKey.of(model, id)) && cache.peek(model, id) == null)
              .toList();
      if (room.bytes < BYTES_MAX && records.findAll(session, model, ids, room)) {
        for (String id : ids) {
          Loaded.RecordKey key = Loaded.RecordKey.of(model, id);
          if (!into.knows(key)) {
            into.add(key, Optional.empty());
          }
        }
      }
    }
  }

  private static void addValues(
      Map<Index, Values> values, Model model, Input input, @Nullable Entity before) {
    for (Index index : model.uniques()) {
      TextForm form = index.forms().getFirst();
      List<Object> key = index.key(field -> given(input, field)).orElse(null);
      if (key == null
          || index.fields().size() > 1
          || (before != null && index.key(before::value).filter(key::equals).isPresent())) {
        continue;
      }
      Object bound = SqlValues.toSql(form, given(input, form.field()));
      if (bound != null && Records.findsHolder(bound)) {
        values
            .computeIfAbsent(index, absent -> new Values(model, new LinkedHashMap<>()))
            .byBound()
            .put(bound, new Loaded.UniqueKey(index, key));
      }
    }
  }

  private void readHolders(Index index, Values values) throws SQLException {
    Map<Object, String> holders =
        records.holders(session, values.model(), index, List.copyOf(values.byBound().keySet()));
    values
        .byBound()
        .forEach((bound, key) -> into.add(key, Optional.ofNullable(holders.get(bound))));
  }
}
