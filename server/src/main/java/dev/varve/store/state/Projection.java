package dev.varve.store.state;

import dev.varve.schema.Field;
import dev.varve.schema.Index;
import dev.varve.schema.Model;
import dev.varve.schema.TextForm;
import dev.varve.schema.record.Entity;
import dev.varve.store.log.Change;
import dev.varve.store.sql.ColumnKind;
import dev.varve.store.sql.ModelTable;
import dev.varve.store.sql.RowInsert;
import dev.varve.store.sql.RowInsert.Column;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlType;
import dev.varve.store.sql.SqlValues;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jooq.DSLContext;
import org.jooq.Table;
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
    // in one order, so that statements on several tables have the same text the next time
    private final Map<String, Map<String, Folded>> byModel = new TreeMap<>();

    /// Adds a change; changes come in the order of the log.
    public void add(Change change, long position) {
      byModel
          // in the order of the tables: neighbours are written one after the other, page by page
          .computeIfAbsent(change.model().name(), name -> new TreeMap<>())
          .computeIfAbsent(change.id(), id -> new Folded(change.before()))
          .add(change, position);
    }

    /// Writes everything in batches of statements: rows that are new last, because they may go along with the commit.
    public void write(Session session) throws SQLException {
      List<ModelStatements.Rows> all = new ArrayList<>();
      for (Map.Entry<String, Map<String, Folded>> model : byModel.entrySet()) {
        ModelStatements made = Objects.requireNonNull(statements.get(model.getKey()));
        all.add(made.new Rows(model.getValue().values()));
      }
      for (ModelStatements.Rows rows : all) {
        rows.change(session);
      }
      for (ModelStatements.Rows rows : all) {
        rows.insert(session);
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

    /// What is bound for each field, and for each folded text.
    @Nullable Object[] columns() {
      if (columns == null) {
        List<Field> fields = entity.model().fields();
        List<TextForm> folded = entity.model().foldedForms();
        @Nullable Object[] made = new @Nullable Object[fields.size() + folded.size()];
        for (int i = 0; i < fields.size(); i++) {
          made[i] = SqlValues.toSql(fields.get(i), entity.value(i));
        }
        for (int i = 0; i < folded.size(); i++) {
          TextForm form = folded.get(i);
          made[fields.size() + i] = SqlValues.toSql(form, entity.value(form.field()));
        }
        columns = made;
      }
      return columns;
    }

    /// The same, and over which positions it holds.
    @Nullable Object[] history() {
      @Nullable Object[] current = columns();
      @Nullable Object[] row = Arrays.copyOf(current, current.length + 2);
      row[current.length] = from;
      row[current.length + 1] = to;
      return row;
    }
  }

  /// The statements of one model.
  private static final class ModelStatements {
    private final DSLContext dialect;
    private final Model model;
    private final RowInsert insertCurrent;
    private final String deleteCurrent;
    private final RowInsert insertHistory;
    private final String closeHistory;
    private final BitSet uniqueFields = new BitSet();
    private final Map<BitSet, String> updates = new HashMap<>();

    ModelStatements(DSLContext dialect, Model model) {
      this.dialect = dialect;
      this.model = model;
      this.insertCurrent = insert(ModelTable.current(model), List.of());
      this.deleteCurrent =
          "DELETE FROM %s WHERE %s = ?"
              .formatted(
                  dialect.render(ModelTable.current(model)),
                  dialect.render(ModelTable.column(model.id())));
      this.insertHistory =
          insert(
              ModelTable.history(model),
              List.of(
                  new Column(ModelTable.POSITION_FROM.last(), ColumnKind.NUMBER),
                  new Column(ModelTable.POSITION_TO.last(), ColumnKind.NUMBER)));
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

    private RowInsert insert(Table<?> table, List<Column> more) {
      List<Column> columns = new ArrayList<>();
      for (Field field : model.fields()) {
        columns.add(new Column(ModelTable.column(field).getName(), SqlType.of(field).kind()));
      }
      for (TextForm form : model.foldedForms()) {
        columns.add(new Column(ModelTable.column(form).getName(), SqlType.of(form.field()).kind()));
      }
      columns.addAll(more);
      return RowInsert.into(dialect.render(table), columns);
    }

    /// The rows of a group, sorted by what is to be done with them.
    private final class Rows {
      private final Iterable<Folded> records;
      private final List<Entity> deletes = new ArrayList<>();
      private final Map<BitSet, List<Entity>> changed = new LinkedHashMap<>();
      private final List<@Nullable Object[]> inserts = new ArrayList<>();

      Rows(Iterable<Folded> records) {
        this.records = records;
        records.forEach(this::sort);
      }

      private void sort(Folded record) {
        Entity stored = record.stored;
        Entity last = record.last;
        if (stored == null) {
          if (last != null) {
            inserts.add(record.versions.getLast().columns());
          }
          return;
        }
        if (last == null) {
          deletes.add(stored);
          return;
        }
        BitSet difference = difference(stored, last);
        if (difference.intersects(uniqueFields)) {
          // another record may take its unique value, or give it one
          deletes.add(stored);
          inserts.add(record.versions.getLast().columns());
        } else if (!difference.isEmpty()) {
          changed.computeIfAbsent(difference, fields -> new ArrayList<>()).add(last);
        }
      }

      /// Rows that give up a unique value go before rows that take it.
      void change(Session session) throws SQLException {
        delete(session, deletes);
        for (Map.Entry<BitSet, List<Entity>> update : changed.entrySet()) {
          update(session, update.getKey(), update.getValue());
        }
        if (model.history()) {
          close(session, records);
        }
      }

      void insert(Session session) throws SQLException {
        session.insert(insertCurrent, inserts);
        if (model.history()) {
          List<@Nullable Object[]> history = new ArrayList<>();
          for (Folded record : records) {
            record.versions.forEach(version -> history.add(version.history()));
          }
          session.insert(insertHistory, history);
        }
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
      List<TextForm> forms = formsOf(fields);
      for (Entity entity : entities) {
        int parameter = 1;
        for (TextForm form : forms) {
          bind(statement, parameter++, entity, form);
        }
        statement.setString(parameter, entity.id());
        statement.addBatch();
      }
      statement.executeBatch();
    }

    /// The columns that change with some fields.
    private List<TextForm> formsOf(BitSet fields) {
      List<TextForm> forms = new ArrayList<>();
      fields.stream().mapToObj(model.fields()::get).map(TextForm::exact).forEach(forms::add);
      model.foldedForms().stream()
          .filter(form -> fields.get(form.field().ordinal()))
          .forEach(forms::add);
      return forms;
    }

    private String updateOf(BitSet fields) {
      return "UPDATE %s SET %s WHERE %s = ?"
          .formatted(
              dialect.render(ModelTable.current(model)),
              String.join(
                  ", ",
                  formsOf(fields).stream()
                      .map(form -> dialect.render(ModelTable.column(form)) + " = ?")
                      .toList()),
              dialect.render(ModelTable.column(model.id())));
    }

    private void close(Session session, Iterable<Folded> records) throws SQLException {
      PreparedStatement statement = null;
      for (Folded record : records) {
        if (record.stored != null && record.storedClosedAt != ModelTable.OPEN) {
          statement = statement == null ? session.prepare(closeHistory) : statement;
          statement.setLong(1, record.storedClosedAt);
          statement.setString(2, record.stored.id());
          statement.setLong(3, record.stored.version());
          statement.addBatch();
        }
      }
      if (statement != null) {
        statement.executeBatch();
      }
    }

    private static void bind(
        PreparedStatement statement, int parameter, Entity entity, TextForm form)
        throws SQLException {
      Session.bind(statement, parameter, SqlValues.toSql(form, entity.value(form.field())));
    }
  }
}
