package dev.varve.store.state;

import dev.varve.schema.Field;
import dev.varve.schema.Index;
import dev.varve.schema.Model;
import dev.varve.schema.record.Entity;
import dev.varve.store.log.Change;
import dev.varve.store.sql.ModelTable;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/// Writes what changes did to records into the current and the history tables, for a group of units at
/// once: a record that changed several times in the group has its current row written once.
public final class Projection {
  private final Map<String, ModelStatements> statements = new HashMap<>();

  public Projection(DSLContext dialect, List<Model> models) {
    for (Model model : models) {
      statements.put(model.name(), new ModelStatements(dialect, model));
    }
  }

  /// The changes of a group of units, folded by record. Made anew for each group.
  public final class Group {
    private final Map<String, Map<String, Folded>> byModel = new LinkedHashMap<>();

    /// Adds a change; changes come in the order of the log.
    public void add(Change change, long position) {
      byModel
          // in the order of the tables: neighbours are written one after the other, page by page
          .computeIfAbsent(change.model().name(), name -> new TreeMap<>())
          .computeIfAbsent(change.id(), id -> new Folded(change.before()))
          .add(change, position);
    }

    /// Writes everything in batches of statements.
    public void write(Session session) throws SQLException {
      for (Map.Entry<String, Map<String, Folded>> model : byModel.entrySet()) {
        Objects.requireNonNull(statements.get(model.getKey()))
            .write(session, model.getValue().values());
      }
    }
  }

  public Group group() {
    return new Group();
  }

  /// What a group did to one record.
  private static final class Folded {
    private final @Nullable Entity stored;
    // one, unless it changed several times in the group
    private final List<Version> versions = new ArrayList<>(1);
    private @Nullable Entity last;
    private long storedClosedAt = ModelTable.OPEN;

    /// @param stored the record as its current row has it, null where there is none
    Folded(@Nullable Entity stored) {
      this.stored = stored;
      this.last = stored;
    }

    void add(Change change, long position) {
      if (!versions.isEmpty() && versions.getLast().to == ModelTable.OPEN) {
        versions.getLast().to = position;
      } else if (stored != null && storedClosedAt == ModelTable.OPEN) {
        storedClosedAt = position;
      }
      last = change.after();
      if (last != null) {
        versions.add(new Version(last, position));
      }
    }
  }

  /// One version of a record and the positions over which it holds.
  private static final class Version {
    private final Entity entity;
    private final long from;
    private long to = ModelTable.OPEN;
    // made once for the current row and the row of the history
    private @Nullable Object @Nullable [] columns;

    Version(Entity entity, long from) {
      this.entity = entity;
      this.from = from;
    }

    /// What is bound for each field.
    @Nullable Object[] columns() {
      if (columns == null) {
        List<Field> fields = entity.model().fields();
        @Nullable Object[] made = new @Nullable Object[fields.size()];
        for (int i = 0; i < made.length; i++) {
          made[i] = SqlValues.toSql(fields.get(i), entity.value(i));
        }
        columns = made;
      }
      return columns;
    }
  }

  /// The statements of one model.
  private static final class ModelStatements {
    private final DSLContext dialect;
    private final Model model;
    private final String insertCurrent;
    private final String deleteCurrent;
    private final String insertHistory;
    private final String closeHistory;
    private final BitSet uniqueFields = new BitSet();
    private final Map<BitSet, String> updates = new HashMap<>();

    ModelStatements(DSLContext dialect, Model model) {
      this.dialect = dialect;
      this.model = model;
      this.insertCurrent = insert(ModelTable.current(model).getName(), List.of());
      this.deleteCurrent =
          "DELETE FROM %s WHERE %s = ?"
              .formatted(
                  dialect.render(ModelTable.current(model)),
                  dialect.render(ModelTable.column(model.id())));
      this.insertHistory =
          insert(
              ModelTable.history(model).getName(),
              List.of(ModelTable.POSITION_FROM.last(), ModelTable.POSITION_TO.last()));
      this.closeHistory =
          "UPDATE %s SET %s = ? WHERE %s = ? AND %s = ?"
              .formatted(
                  dialect.render(ModelTable.history(model)),
                  dialect.render(ModelTable.POSITION_TO),
                  dialect.render(ModelTable.column(model.id())),
                  dialect.render(ModelTable.column(model.version())));
      for (Index index : model.uniques()) {
        index.fields().forEach(field -> uniqueFields.set(field.ordinal()));
      }
    }

    private String insert(String table, List<String> more) {
      List<String> names = new ArrayList<>();
      model.fields().forEach(field -> names.add(field.name()));
      names.addAll(more);
      return "INSERT INTO %s (%s) VALUES (%s)"
          .formatted(
              dialect.render(DSL.name(table)),
              String.join(
                  ", ", names.stream().map(name -> dialect.render(DSL.name(name))).toList()),
              String.join(", ", names.stream().map(name -> "?").toList()));
    }

    void write(Session session, Iterable<Folded> records) throws SQLException {
      List<Entity> deletes = new ArrayList<>();
      List<Version> inserts = new ArrayList<>();
      Map<BitSet, List<Entity>> changed = new LinkedHashMap<>();
      for (Folded record : records) {
        sort(record, deletes, inserts, changed);
      }
      // rows that give up a unique value go before rows that take it
      delete(session, deletes);
      for (Map.Entry<BitSet, List<Entity>> update : changed.entrySet()) {
        update(session, update.getKey(), update.getValue());
      }
      insert(session, inserts);
      if (model.history()) {
        close(session, records);
        insertVersions(session, records);
      }
    }

    private void sort(
        Folded record,
        List<Entity> deletes,
        List<Version> inserts,
        Map<BitSet, List<Entity>> changed) {
      Entity stored = record.stored;
      Entity last = record.last;
      if (stored == null) {
        if (last != null) {
          inserts.add(record.versions.getLast());
        }
        return;
      }
      if (last == null) {
        deletes.add(stored);
        return;
      }
      BitSet difference = difference(stored, last);
      if (difference.intersects(uniqueFields)) {
        deletes.add(stored);
        inserts.add(record.versions.getLast());
      } else if (!difference.isEmpty()) {
        changed.computeIfAbsent(difference, fields -> new ArrayList<>()).add(last);
      }
    }

    private BitSet difference(Entity a, Entity b) {
      BitSet fields = new BitSet();
      for (int i = 0; i < model.fields().size(); i++) {
        if (!Objects.equals(a.value(i), b.value(i))) {
          fields.set(i);
        }
      }
      return fields;
    }

    private void delete(Session session, List<Entity> entities) throws SQLException {
      if (entities.isEmpty()) {
        return;
      }
      PreparedStatement statement = session.prepare(deleteCurrent);
      for (Entity entity : entities) {
        statement.setString(1, entity.id());
        statement.addBatch();
      }
      statement.executeBatch();
    }

    private void update(Session session, BitSet fields, List<Entity> entities) throws SQLException {
      PreparedStatement statement =
          session.prepare(updates.computeIfAbsent(fields, this::updateOf));
      for (Entity entity : entities) {
        int parameter = 1;
        for (int i = fields.nextSetBit(0); i >= 0; i = fields.nextSetBit(i + 1)) {
          bind(statement, parameter++, entity, i);
        }
        statement.setString(parameter, entity.id());
        statement.addBatch();
      }
      statement.executeBatch();
    }

    private String updateOf(BitSet fields) {
      return "UPDATE %s SET %s WHERE %s = ?"
          .formatted(
              dialect.render(ModelTable.current(model)),
              String.join(
                  ", ",
                  fields.stream()
                      .mapToObj(
                          i -> dialect.render(ModelTable.column(model.fields().get(i))) + " = ?")
                      .toList()),
              dialect.render(ModelTable.column(model.id())));
    }

    private void insert(Session session, List<Version> versions) throws SQLException {
      if (versions.isEmpty()) {
        return;
      }
      PreparedStatement statement = session.prepare(insertCurrent);
      for (Version version : versions) {
        bindAll(statement, version);
        statement.addBatch();
      }
      statement.executeBatch();
    }

    private void close(Session session, Iterable<Folded> records) throws SQLException {
      PreparedStatement statement = session.prepare(closeHistory);
      boolean any = false;
      for (Folded record : records) {
        if (record.stored != null && record.storedClosedAt != ModelTable.OPEN) {
          statement.setLong(1, record.storedClosedAt);
          statement.setString(2, record.stored.id());
          statement.setLong(3, record.stored.version());
          statement.addBatch();
          any = true;
        }
      }
      if (any) {
        statement.executeBatch();
      }
    }

    private void insertVersions(Session session, Iterable<Folded> records) throws SQLException {
      PreparedStatement statement = session.prepare(insertHistory);
      boolean any = false;
      for (Folded record : records) {
        for (Version version : record.versions) {
          int parameter = bindAll(statement, version);
          statement.setLong(parameter, version.from);
          statement.setLong(parameter + 1, version.to);
          statement.addBatch();
          any = true;
        }
      }
      if (any) {
        statement.executeBatch();
      }
    }

    /// Binds every field; the number of the next parameter.
    private static int bindAll(PreparedStatement statement, Version version) throws SQLException {
      @Nullable Object[] columns = version.columns();
      for (int i = 0; i < columns.length; i++) {
        Session.bind(statement, i + 1, columns[i]);
      }
      return columns.length + 1;
    }

    private void bind(PreparedStatement statement, int parameter, Entity entity, int ordinal)
        throws SQLException {
      Field field = model.fields().get(ordinal);
      Session.bind(statement, parameter, SqlValues.toSql(field, entity.value(ordinal)));
    }
  }
}
