package dev.varve.lane.query;

import dev.varve.kernel.Problem;
import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Moment;
import dev.varve.lane.access.Read;
import dev.varve.lane.access.Selection;
import dev.varve.lane.expression.Bindings;
import dev.varve.schema.Operation;
import dev.varve.schema.record.Entity;
import dev.varve.store.cache.CachedRecord;
import dev.varve.store.cache.RecordCache;
import dev.varve.store.log.LogEpochs;
import dev.varve.store.sql.Database;
import dev.varve.store.state.Records;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/// Answers authorised reads, now or as of any position. What a rule hides is absent.
///
/// | step | where |
/// |---|---|
/// | which position a moment names | [AskedMoment], [AsOf] |
/// | one state of the database, and what the caller may see of it | [Snapshots], [Snapshot], [ReadContext] |
/// | the answer | [SnapshotReader]; here when the record is in memory |
/// | whether the caller has the answer already | [ListTags] |
public final class Query {
  private final RecordCache cache;
  private final Clock clock;
  private final AsOf asOf;
  private final Snapshots snapshots;
  private final SnapshotReader reader;
  private final ListTags tags;

  public Query(Database database, Records records, RecordCache cache, Clock clock, AsOf asOf) {
    this.cache = cache;
    this.clock = clock;
    this.asOf = asOf;
    this.snapshots = new Snapshots(database, records, cache);
    this.reader = new SnapshotReader(database.dialect());
    this.tags = new ListTags(cache);
  }

  /// The last position of the log that every read shows from now on.
  public long position() {
    return cache.head();
  }

  /// The epochs of the log, without which positions are not told to anybody.
  public LogEpochs epochs() {
    return asOf.epochs();
  }

  /// One record; absent when there is none, or none that the caller may see.
  ///
  /// @throws Problem with INVALID_INSTANT when the moment is yet to come, with INVALID_PARAMETER when it
  ///     is past and a model keeps no history
  public Optional<FoundRecord> one(Authorized<Read.One> read) {
    Read.One one = read.request();
    boolean plain = one.moment() instanceof Moment.Now && one.selection().expansions().isEmpty();
    if (plain && !read.grants().reach(one.model()).related()) {
      // in this order: the position is that of a moment ago at most, and what is found then is the
      // record as of the later of both
      boolean current = cache.isCurrent();
      long head = cache.head();
      CachedRecord cached = cache.find(one.model(), one.id());
      if (current && cached != null) {
        long position = Math.max(head, cached.position());
        // whoever has read it from the database may still wait for this, or have failed to
        cache.await(position);
        return fromCache(read, cached, position);
      }
    }
    return inView(read, view -> reader.one(one, view));
  }

  private Optional<FoundRecord> fromCache(
      Authorized<Read.One> read, CachedRecord cached, long position) {
    Read.One one = read.request();
    Bindings bindings =
        new Bindings(
            clock.instant(), Optional.empty(), read.caller().account(), (_, _) -> Optional.empty());
    Entity entity = cached.entity();
    if (!read.grants().records(one.model(), Operation.READ).test(entity, bindings)) {
      return Optional.empty();
    }
    if (one.selection().equals(Selection.ALL) && read.grants().readsAllFields(one.model())) {
      Item whole = new Item(entity, _ -> true, Map.of(), cached.json());
      return Optional.of(new FoundRecord(whole, position));
    }
    RowShape shape = RowShape.of(read.grants(), one.model(), one.selection());
    StoredRow row = shape.of(cached, bindings);
    Item item = new Item(row.entity(), row.visible(), Map.of(), row.json());
    return Optional.of(new FoundRecord(item, position));
  }

  /// One page of a list.
  ///
  /// @throws Problem with INVALID_INSTANT when the moment is yet to come, with INVALID_PARAMETER when it
  ///     is past and a model keeps no history, or when the expansions give too much
  public Page list(Authorized<Read.Page> read) {
    return inView(read, view -> reader.page(read.request(), view));
  }

  /// One page of a list, unless the caller has it.
  ///
  /// @param known tells of a tag whether the caller has the page that goes with it
  /// @throws Problem as [#list] does
  public ListAnswer list(Authorized<Read.Page> read, Predicate<ListTag> known) {
    Dependencies dependencies = Dependencies.of(read.grants(), read.request());
    boolean differs = dependencies.viewpoint().differs();
    AskedMoment asked = asked(read, dependencies);
    Optional<ListTag> before = tags.before(read.caller(), dependencies, asked);
    if (before.isPresent() && known.test(before.get())) {
      return new ListAnswer.Unchanged(before.get(), differs);
    }
    Page page =
        snapshots.at(
            asked,
            extent(read.request()),
            snapshot -> reader.page(read.request(), snapshot.view(read)));
    return new ListAnswer.Changed(page, tags.of(read, dependencies, page.position()), differs);
  }

  /// Absent when the answer changes with time alone. Take it before the list is read.
  ///
  /// @throws Problem as [#list] does for the moment
  public Optional<ListTag> listTag(Authorized<Read.Page> read) {
    Dependencies dependencies = Dependencies.of(read.grants(), read.request());
    return tags.before(read.caller(), dependencies, asked(read, dependencies));
  }

  private AskedMoment asked(Authorized<? extends Read> read, Dependencies dependencies) {
    Moment moment = read.request().moment();
    if (!(moment instanceof Moment.Now)) {
      dependencies.requireHistory();
    }
    return AskedMoment.of(moment, clock.instant(), asOf);
  }

  /// Whether another caller may get another answer.
  public boolean differs(Authorized<? extends Read> read) {
    Read request = read.request();
    boolean plain = request.selection().expansions().isEmpty() && !(request instanceof Read.Page);
    return plain
        ? read.grants().reach(request.model()).viewpoints().records().differs()
        : Dependencies.of(read.grants(), request).viewpoint().differs();
  }

  /// The versions of one record, newest first; absent when there is none that the caller may see.
  ///
  /// @throws Problem with NOT_FOUND when the model keeps no history
  public Optional<Versions> versions(Authorized<Read.Versions> read) {
    SnapshotReader.requireHistory(read.request());
    return inView(read, view -> reader.versions(read.request(), view));
  }

  /// Answers several reads of one caller from one snapshot. One that is refused is so alone.
  ///
  /// @param moment that all of them are about
  /// @throws Problem with INVALID_INSTANT when the moment is yet to come
  public SnapshotResult together(Moment moment, List<Authorized<? extends Read>> reads) {
    AskedMoment asked = AskedMoment.of(moment, clock.instant(), asOf);
    return snapshots.at(asked, extent(reads), snapshot -> results(reads, snapshot, asked.isPast()));
  }

  /// Shows records as a unit of work left them, with their related records at the position of the unit.
  /// Where a model keeps no history and others have written since, all related records are as they are by now.
  ///
  /// @param position of the unit, or of the one before it for records that it removed
  public SnapshotResult written(long position, List<Authorized<Read.Written>> reads) {
    return snapshots.at(
        clock.instant(),
        head ->
            position < head.getAsLong() && reads.stream().allMatch(Query::keepsHistory)
                ? OptionalLong.of(position)
                : OptionalLong.empty(),
        extent(reads),
        snapshot -> results(reads, snapshot, false));
  }

  private static boolean keepsHistory(Authorized<? extends Read> read) {
    return Dependencies.of(read.grants(), read.request()).keepHistory();
  }

  private static Snapshots.Extent extent(List<? extends Authorized<? extends Read>> reads) {
    return reads.stream().allMatch(read -> extent(read.request()) == Snapshots.Extent.LOOKUPS)
        ? Snapshots.Extent.LOOKUPS
        : Snapshots.Extent.ANY;
  }

  private static Snapshots.Extent extent(Read read) {
    return switch (read) {
      // what is found by id, as are the records that rules look at
      case Read.One one when one.selection().expansions().isEmpty() -> Snapshots.Extent.LOOKUPS;
      case Read.Written written when written.selection().expansions().isEmpty() ->
          Snapshots.Extent.LOOKUPS;
      // whole records, as memory may hold them
      case Read.Page page
          when page.moment() instanceof Moment.Now
              && page.selection().equals(Selection.ALL)
              && !page.count() ->
          Snapshots.Extent.GLANCE;
      case Read.One _, Read.Written _, Read.Page _, Read.Versions _ -> Snapshots.Extent.ANY;
    };
  }

  /// @param requireHistory whether a read is refused where a model that it depends on keeps none
  private SnapshotResult results(
      List<? extends Authorized<? extends Read>> reads, Snapshot snapshot, boolean requireHistory)
      throws SQLException {
    long before = snapshot.session().queries();
    List<ReadResult> results = new ArrayList<>(reads.size());
    for (Authorized<? extends Read> read : reads) {
      results.add(reader.read(read, snapshot, requireHistory));
    }
    long statements = snapshot.session().queries() - before;
    return new SnapshotResult(
        results, snapshot.position(), Snapshots.STATEMENTS_TO_OPEN + statements);
  }

  private <T> T inView(Authorized<? extends Read> read, ReadContext.Work<T> work) {
    Moment moment = read.request().moment();
    if (!(moment instanceof Moment.Now)) {
      Dependencies.of(read.grants(), read.request()).requireHistory();
    }
    return snapshots.at(
        AskedMoment.of(moment, clock.instant(), asOf),
        extent(read.request()),
        snapshot -> work.run(snapshot.view(read)));
  }

  /// The log position whose state a moment names; of the present, the last one.
  ///
  /// @throws Problem with INVALID_INSTANT when the moment is yet to come
  public long positionOf(Moment moment) {
    AskedMoment asked = AskedMoment.of(moment, clock.instant(), asOf);
    long head = snapshots.head();
    return asked.position(() -> head).orElse(head);
  }
}
