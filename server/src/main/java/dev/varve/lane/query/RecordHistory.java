package dev.varve.lane.query;

import dev.varve.lane.access.Read;
import dev.varve.lane.access.Selection;
import dev.varve.lane.expression.Bindings;
import dev.varve.lane.expression.SqlScope;
import dev.varve.lane.query.Versions.Version;
import dev.varve.schema.Model;
import dev.varve.schema.record.Entity;
import dev.varve.store.log.Change;
import dev.varve.store.log.EventLog;
import dev.varve.store.sql.ModelTable;
import dev.varve.store.sql.SqlValues;
import dev.varve.store.sql.StorageException;
import dev.varve.store.state.Records;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jooq.Query;
import org.jooq.SelectField;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.jspecify.annotations.Nullable;

/// The versions of one record, newest first, from its history rows.
///
/// A history row tells of the change that wrote it; one that has ended, with no row of the next version
/// behind it, tells of a deletion too, which took a version number of its own. Each version is judged
/// by the rules on the data of its own position.
final class RecordHistory {
  // looked through for versions that the caller may read, before the caller has to ask for more
  private static final int ROWS_MAX = 10_000;
  private static final String HISTORY = "h";
  private static final String WRITTEN = "w";
  private static final String ENDED = "e";

  private final ReadContext view;
  private final Model model;
  private final String id;
  private final int limit;
  private final RowShape shape;
  private final List<Version> versions = new ArrayList<>();
  // everything from this version on has been looked at
  private long before;
  private boolean more;

  /// A history row, with what the log says of its beginning and its end.
  private record Stored(Entity entity, Mark written, Optional<Mark> ended) {
    long version() {
      return entity.version();
    }
  }

  /// A unit of the log.
  private record Mark(long position, Instant at, String actor, String requestId) {}

  RecordHistory(ReadContext view, Read.Versions read) {
    this.view = view;
    this.model = read.model();
    this.id = read.id();
    this.limit = read.limit();
    this.before = read.beforeVersion().orElse(Long.MAX_VALUE);
    this.shape = RowShape.of(view.grants(), model, Selection.ALL);
  }

  /// @return absent when there is no version that may be read
  Optional<Versions> page() throws SQLException {
    int batch = limit + 2;
    boolean last = false;
    for (int read = 0; !last && !more && read < ROWS_MAX; read += batch) {
      List<Stored> rows = rows(batch);
      last = rows.size() < batch;
      // the last row of a full batch is there as the one before the others
      addAll(rows, last ? rows.size() : rows.size() - 1);
      if (!last) {
        // it is read again with the next batch
        view.allowance().giveBack(rows.getLast().entity().bytes());
      }
    }
    if (versions.isEmpty()) {
      return Optional.empty();
    }
    Optional<Long> next =
        more
            ? Optional.of(versions.getLast().version())
            : last ? Optional.empty() : Optional.of(before);
    return Optional.of(new Versions(versions, next, view.position()));
  }

  private void addAll(List<Stored> rows, int count) throws SQLException {
    for (int i = 0; i < count && !more; i++) {
      Stored previous = i + 1 < rows.size() ? rows.get(i + 1) : null;
      add(rows.get(i), previous);
      before = rows.get(i).version();
    }
  }

  private void add(Stored stored, @Nullable Stored previous) throws SQLException {
    StoredRow row = visible(stored);
    if (row == null) {
      view.allowance().giveBack(stored.entity().bytes());
      return;
    }
    boolean deleted = stored.ended().isPresent() && stored.version() + 1 < before;
    if (deleted) {
      add(stored.version() + 1, Change.Kind.DELETE, stored.ended().orElseThrow(), row, List.of());
    }
    Change.Kind kind = kind(stored, previous);
    StoredRow known = kind == Change.Kind.CREATE || previous == null ? null : visible(previous);
    List<String> changed = ChangedFields.between(known == null ? null : item(known), item(row));
    add(stored.version(), kind, stored.written(), row, changed);
  }

  private void add(long version, Change.Kind kind, Mark mark, StoredRow row, List<String> changed) {
    if (versions.size() == limit) {
      more = true;
      return;
    }
    versions.add(
        new Version(
            version,
            kind,
            mark.position(),
            mark.at(),
            mark.actor(),
            mark.requestId(),
            item(row),
            changed));
  }

  private static Item item(StoredRow row) {
    return new Item(row.entity(), row.visible(), Map.of());
  }

  private Change.Kind kind(Stored stored, @Nullable Stored previous) throws SQLException {
    if (previous == null) {
      return Change.Kind.CREATE;
    }
    if (stored.version() == previous.version() + 1) {
      return Change.Kind.UPDATE;
    }
    // a new record is of the instant at which it is written; one that comes back is older
    if (!stored.entity().createdAt().equals(stored.written().at())) {
      return Change.Kind.UNDELETE;
    }
    // unless all of it happened in one instant: then the log alone can tell
    return EventLog.kind(
            view.session(), stored.written().position(), stored.entity().id(), stored.version())
        .orElse(Change.Kind.CREATE);
  }

  /// What may be seen of a version; null when nothing.
  private @Nullable StoredRow visible(Stored stored) {
    Bindings then =
        new Bindings(
            view.now(),
            Optional.empty(),
            view.account(),
            (target, targetId) -> find(target, targetId, stored));
    return view.readRule(model).test(stored.entity(), then)
        ? shape.of(stored.entity(), then)
        : null;
  }

  private Optional<Entity> find(Model target, String targetId, Stored stored) {
    Mark written = stored.written();
    try {
      if (!target.history() && stored.ended().isEmpty()) {
        // the version that holds is there for whoever may read the record as it is
        return view.records().find(view.session(), target, targetId);
      }
      return view.records()
          .findThen(view.session(), target, targetId, written.position(), written.at());
    } catch (SQLException e) {
      throw new StorageException("Reading " + target.name() + " failed", e);
    }
  }

  /// The next rows before those looked at, newest first.
  private List<Stored> rows(int count) throws SQLException {
    SqlScope scope = new SqlScope(model, HISTORY, OptionalLong.of(view.position()));
    List<SelectField<?>> columns = new ArrayList<>();
    model.fields().forEach(field -> columns.add(scope.column(field)));
    addMark(columns, WRITTEN);
    addMark(columns, ENDED);
    Query query =
        view.dialect()
            .select(columns)
            .from(scope.table())
            .join(DSL.table(DSL.name("varve_log")).as(DSL.name(WRITTEN)))
            .on(position(WRITTEN).eq(ModelTable.positionFrom(HISTORY)))
            .leftJoin(DSL.table(DSL.name("varve_log")).as(DSL.name(ENDED)))
            .on(position(ENDED).eq(ModelTable.positionTo(HISTORY)))
            .where(scope.column(model.id()).coerce(SQLDataType.CLOB).eq(id))
            .and(scope.column(model.version()).coerce(SQLDataType.BIGINT).lt(before))
            .orderBy(scope.column(model.version()).desc())
            .limit(count);
    return view.session().list(query, this::stored);
  }

  private static void addMark(List<SelectField<?>> columns, String alias) {
    columns.add(position(alias));
    for (String name : List.of("at", "actor", "request_id")) {
      columns.add(DSL.field(DSL.name(alias, name)));
    }
  }

  private static org.jooq.Field<Long> position(String alias) {
    return DSL.field(DSL.name(alias, "position"), SQLDataType.BIGINT);
  }

  private Stored stored(ResultSet row) throws SQLException {
    int width = model.fields().size();
    Mark written = mark(row, width + 1).orElseThrow();
    Entity entity = view.counted(Records.read(model, row));
    return new Stored(entity, written, mark(row, width + 5));
  }

  private static Optional<Mark> mark(ResultSet row, int column) throws SQLException {
    long position = row.getLong(column);
    if (row.wasNull()) {
      return Optional.empty();
    }
    return Optional.of(
        new Mark(
            position,
            SqlValues.instant(row.getLong(column + 1)),
            row.getString(column + 2),
            row.getString(column + 3)));
  }
}
