package dev.varve.lane.query;

import dev.varve.kernel.Problem;
import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Read;
import dev.varve.lane.access.Selection;
import dev.varve.schema.record.Entity;
import dev.varve.store.cache.CachedRecord;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jooq.DSLContext;

/// Answers each kind of read from a snapshot.
final class SnapshotReader {
  private final ListStatements statements;

  SnapshotReader(DSLContext dialect) {
    this.statements = new ListStatements(dialect);
  }

  /// Whatever is asked for. What is refused is told, so that it costs other reads of the snapshot nothing.
  ///
  /// @param requireHistory whether a read is refused where a model that it depends on keeps none
  ReadResult read(Authorized<? extends Read> read, Snapshot snapshot, boolean requireHistory)
      throws SQLException {
    ReadContext view = snapshot.view(read);
    try {
      if (requireHistory) {
        Dependencies.of(read.grants(), read.request()).requireHistory();
      }
      return switch (read.request()) {
        case Read.One one -> orNothing(one(one, view));
        case Read.Page page -> page(page, view);
        case Read.Versions versions -> orNothing(versions(versions, view));
        case Read.Written written -> orNothing(written(written, view));
      };
    } catch (Problem problem) {
      return new ReadResult.Refused(problem);
    }
  }

  private static ReadResult orNothing(Optional<? extends ReadResult> found) {
    return found.isPresent() ? found.get() : new ReadResult.Nothing();
  }

  Optional<FoundRecord> one(Read.One one, ReadContext view) throws SQLException {
    Optional<Entity> entity = view.find(one.model(), one.id());
    if (entity.isEmpty()) {
      return Optional.empty();
    }
    CachedRecord record =
        view.asOf().isEmpty()
            ? view.cache().loaded(entity.get(), view.position())
            : new CachedRecord(entity.get(), view.position());
    if (!view.readRule(one.model()).test(entity.get(), view.bindings())) {
      return Optional.empty();
    }
    RowShape shape = RowShape.of(view.grants(), one.model(), one.selection());
    return Optional.of(found(shape.of(record, view.bindings()), one.selection(), view));
  }

  private static FoundRecord found(StoredRow row, Selection selection, ReadContext view)
      throws SQLException {
    Item item = new Expander(view).items(List.of(row), selection).getFirst();
    return new FoundRecord(item, view.position());
  }

  Page page(Read.Page page, ReadContext view) throws SQLException {
    return new ListReader(view, page, statements).page();
  }

  /// @throws Problem with NOT_FOUND when the model keeps no history
  Optional<Versions> versions(Read.Versions versions, ReadContext view) throws SQLException {
    requireHistory(versions);
    return new RecordHistory(view, versions).page();
  }

  static void requireHistory(Read.Versions versions) {
    if (!versions.model().history()) {
      throw Problem.notFound(
          versions.model().name() + " keeps no history (@model(history: false))");
    }
  }

  private static Optional<FoundRecord> written(Read.Written written, ReadContext view)
      throws SQLException {
    Entity entity = written.entity();
    if (!view.readRule(entity.model()).test(entity, view.bindings())) {
      return Optional.empty();
    }
    RowShape shape = RowShape.of(view.grants(), entity.model(), written.selection());
    return Optional.of(found(shape.of(entity, view.bindings()), written.selection(), view));
  }
}
