package dev.varve.lane.query;

import dev.varve.kernel.Allowance;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.kernel.RequestPart;
import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Moment;
import dev.varve.lane.access.Read;
import dev.varve.lane.access.Selection;
import dev.varve.lane.expression.Bindings;
import dev.varve.schema.Model;
import dev.varve.schema.Operation;
import dev.varve.schema.record.Entity;
import dev.varve.store.cache.CachedRecord;
import dev.varve.store.cache.RecordCache;
import dev.varve.store.log.EventLog;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.Session;
import dev.varve.store.state.Records;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/// Answers authorised reads, now or as of any position. What a rule hides is absent.
public final class Query {
  private final Database database;
  private final Records records;
  private final RecordCache cache;
  private final Clock clock;
  private final AsOf asOf;
  private final ListStatements statements;

  public Query(Database database, Records records, RecordCache cache, Clock clock, AsOf asOf) {
    this.database = database;
    this.records = records;
    this.cache = cache;
    this.clock = clock;
    this.asOf = asOf;
    this.statements = new ListStatements(database.dialect());
  }

  /// One record; absent when there is none, or none that the caller may see.
  ///
  /// @throws Problem with INVALID_INSTANT when the moment is yet to come, with INVALID_PARAMETER when it
  ///     is past and a model keeps no history
  public Optional<FoundRecord> one(Authorized<Read.One> read) {
    Read.One one = read.request();
    boolean plain = one.moment() instanceof Moment.Now && one.selection().expansions().isEmpty();
    if (plain && !read.grants().reach(one.model()).related()) {
      // in this order: what is found then is the record as of the later of both positions
      long head = cache.head();
      CachedRecord cached = cache.find(one.model(), one.id());
      if (cached != null) {
        return fromCache(read, cached, Math.max(head, cached.position()));
      }
    }
    return inView(read, view -> fromDatabase(one, view));
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

  private Optional<FoundRecord> fromDatabase(Read.One one, ReadContext view) throws SQLException {
    Optional<Entity> entity = view.find(one.model(), one.id());
    if (entity.isEmpty()) {
      return Optional.empty();
    }
    CachedRecord record =
        view.asOf().isEmpty()
            ? cache.loaded(entity.get(), view.position())
            : new CachedRecord(entity.get(), view.position());
    if (!view.readRule(one.model()).test(entity.get(), view.bindings())) {
      return Optional.empty();
    }
    RowShape shape = RowShape.of(view.grants(), one.model(), one.selection());
    StoredRow row = shape.of(record, view.bindings());
    Item item = new Expander(view).items(List.of(row), one.selection()).getFirst();
    return Optional.of(new FoundRecord(item, view.position()));
  }

  /// One page of a list.
  ///
  /// @throws Problem with INVALID_INSTANT when the moment is yet to come, with INVALID_PARAMETER when it
  ///     is past and a model keeps no history, or when the expansions give too much
  public Page list(Authorized<Read.Page> read) {
    return inView(read, view -> new ListReader(view, read.request(), statements).page());
  }

  /// One page of a list, unless the caller has it.
  ///
  /// @param known tells of a tag whether the caller has the page that goes with it
  /// @throws Problem as [#list] does
  public ListAnswer list(Authorized<Read.Page> read, Predicate<ListTag> known) {
    Dependencies dependencies = Dependencies.of(read.grants(), read.request());
    boolean differs = dependencies.viewpoint().differs();
    Asked asked = asked(read, dependencies);
    Optional<ListTag> before = tag(read, dependencies, asked);
    if (before.isPresent() && known.test(before.get())) {
      return new ListAnswer.Unchanged(before.get(), differs);
    }
    Page page =
        inView(read, asked, view -> new ListReader(view, read.request(), statements).page());
    return new ListAnswer.Changed(page, tag(read, dependencies, page.position()), differs);
  }

  /// When a read is made, and of when.
  ///
  /// @param atInstant the position that the instant names which is asked about, if it is one
  private record Asked(Instant now, Moment moment, OptionalLong atInstant) {}

  private Asked asked(Authorized<? extends Read> read, Dependencies dependencies) {
    Instant now = clock.instant();
    Moment moment = read.request().moment();
    if (!(moment instanceof Moment.Now)) {
      dependencies.requireHistory();
    }
    return new Asked(now, moment, atInstant(moment, now));
  }

  /// As it is known before anything is read.
  private Optional<ListTag> tag(
      Authorized<Read.Page> read, Dependencies dependencies, Asked asked) {
    if (dependencies.onNow()) {
      return Optional.empty();
    }
    OptionalLong position =
        switch (asked.moment()) {
          case Moment.Now _ -> OptionalLong.of(lastChange(dependencies));
          case Moment.AtInstant _ -> asked.atInstant();
          case Moment.AtPosition(long wanted) ->
              wanted > cache.head() ? OptionalLong.empty() : OptionalLong.of(wanted);
        };
    return position.isPresent()
        ? Optional.of(dependencies.tag(position.getAsLong(), read.caller()))
        : Optional.empty();
  }

  /// Of the page that shows `position`: what was changed later is not in it.
  private Optional<ListTag> tag(
      Authorized<Read.Page> read, Dependencies dependencies, long position) {
    if (dependencies.onNow()) {
      return Optional.empty();
    }
    boolean knowsLastChange =
        read.request().moment() instanceof Moment.Now && cache.head() >= position;
    long changed = knowsLastChange ? Math.min(lastChange(dependencies), position) : position;
    return Optional.of(dependencies.tag(changed, read.caller()));
  }

  private long lastChange(Dependencies dependencies) {
    long last = 0;
    for (Model model : dependencies.models()) {
      last = Math.max(last, cache.lastChange(model));
    }
    return last;
  }

  /// Absent when the answer changes with time alone. Take it before the list is read.
  ///
  /// @throws Problem as [#list] does for the moment
  public Optional<ListTag> listTag(Authorized<Read.Page> read) {
    Dependencies dependencies = Dependencies.of(read.grants(), read.request());
    return tag(read, dependencies, asked(read, dependencies));
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
    requireVersions(read.request());
    return inView(read, view -> new RecordHistory(view, read.request()).page());
  }

  private static void requireVersions(Read.Versions read) {
    Model model = read.model();
    if (!model.history()) {
      throw Problem.notFound(model.name() + " keeps no history (@model(history: false))");
    }
  }

  /// Answers several reads of one caller from one snapshot. One that is refused is so alone.
  ///
  /// @param moment that all of them are about
  /// @throws Problem with INVALID_INSTANT when the moment is yet to come
  public SnapshotResult together(Moment moment, List<Authorized<? extends Read>> reads) {
    Instant now = clock.instant();
    OptionalLong atInstant = atInstant(moment, now);
    boolean past = !(moment instanceof Moment.Now);
    Allowance allowance = Allowance.current();
    SnapshotResult together =
        database.snapshot(session -> {
          long before = session.queries();
          long head = EventLog.head(session).position();
          OptionalLong position = position(moment, atInstant, head);
          List<ReadResult> seen = new ArrayList<>();
          for (Authorized<? extends Read> read : reads) {
            seen.add(seen(read, view(session, read, now, position, head, allowance), past));
          }
          return new SnapshotResult(seen, position.orElse(head), session.queries() - before);
        });
    return awaited(together);
  }

  /// Shows records as a unit of work left them, with their related records at the position of the unit.
  /// Where a model keeps no history and others have written since, all related records are as they are by now.
  ///
  /// @param position of the unit, or of the one before it for records that it removed
  public SnapshotResult written(long position, List<Authorized<Read.Written>> reads) {
    Instant now = clock.instant();
    Allowance allowance = Allowance.current();
    SnapshotResult together =
        database.snapshot(session -> {
          long before = session.queries();
          long head = EventLog.head(session).position();
          boolean past =
              position < head
                  && reads.stream()
                      .allMatch(
                          read -> Dependencies.of(read.grants(), read.request()).keepHistory());
          OptionalLong asOf = past ? OptionalLong.of(position) : OptionalLong.empty();
          List<ReadResult> seen = new ArrayList<>();
          for (Authorized<Read.Written> read : reads) {
            seen.add(seen(read, view(session, read, now, asOf, head, allowance), false));
          }
          return new SnapshotResult(seen, asOf.orElse(head), session.queries() - before);
        });
    return awaited(together);
  }

  private ReadResult seen(Authorized<? extends Read> read, ReadContext view, boolean past)
      throws SQLException {
    try {
      if (past) {
        Dependencies.of(read.grants(), read.request()).requireHistory();
      }
      return switch (read.request()) {
        case Read.One one -> orNothing(fromDatabase(one, view));
        case Read.Page page -> new ListReader(view, page, statements).page();
        case Read.Versions versions -> {
          requireVersions(versions);
          yield orNothing(new RecordHistory(view, versions).page());
        }
        case Read.Written written -> orNothing(written(written, view));
      };
    } catch (Problem problem) {
      return new ReadResult.Refused(problem);
    }
  }

  private static ReadResult orNothing(Optional<? extends ReadResult> seen) {
    return seen.isPresent() ? seen.get() : new ReadResult.Nothing();
  }

  private static Optional<FoundRecord> written(Read.Written written, ReadContext view)
      throws SQLException {
    Entity entity = written.entity();
    if (!view.readRule(entity.model()).test(entity, view.bindings())) {
      return Optional.empty();
    }
    StoredRow row =
        RowShape.of(view.grants(), entity.model(), written.selection()).of(entity, view.bindings());
    Item item = new Expander(view).items(List.of(row), written.selection()).getFirst();
    return Optional.of(new FoundRecord(item, view.position()));
  }

  private <T> T inView(Authorized<? extends Read> read, ReadContext.Work<T> work) {
    boolean past = !(read.request().moment() instanceof Moment.Now);
    if (past) {
      Dependencies.of(read.grants(), read.request()).requireHistory();
    }
    Instant now = clock.instant();
    Moment moment = read.request().moment();
    return inView(read, new Asked(now, moment, atInstant(moment, now)), work);
  }

  private <T> T inView(Authorized<? extends Read> read, Asked asked, ReadContext.Work<T> work) {
    Allowance allowance = Allowance.current();
    Shown<T> shown =
        database.snapshot(session -> {
          long head = EventLog.head(session).position();
          OptionalLong position = position(asked.moment(), asked.atInstant(), head);
          ReadContext view = view(session, read, asked.now(), position, head, allowance);
          return new Shown<>(work.run(view), view.position());
        });
    cache.await(shown.position());
    return shown.answer();
  }

  /// What was read, and the position that it shows.
  private record Shown<T>(T answer, long position) {}

  private SnapshotResult awaited(SnapshotResult together) {
    cache.await(together.position());
    return together;
  }

  private OptionalLong atInstant(Moment moment, Instant now) {
    return moment instanceof Moment.AtInstant(Instant instant)
        ? OptionalLong.of(positionAt(instant, now))
        : OptionalLong.empty();
  }

  /// The log position whose state a moment names; of the present, the last one.
  ///
  /// @throws Problem with INVALID_INSTANT when the moment is yet to come
  public long positionOf(Moment moment) {
    OptionalLong atInstant = atInstant(moment, clock.instant());
    long head = database.snapshot(session -> EventLog.head(session).position());
    return position(moment, atInstant, head).orElse(head);
  }

  private static OptionalLong position(Moment moment, OptionalLong atInstant, long head) {
    return switch (moment) {
      case Moment.Now _ -> OptionalLong.empty();
      case Moment.AtInstant _ -> atInstant;
      case Moment.AtPosition(long wanted) -> OptionalLong.of(requireReached(wanted, head));
    };
  }

  private ReadContext view(
      Session session,
      Authorized<? extends Read> read,
      Instant now,
      OptionalLong position,
      long head,
      Allowance allowance) {
    return new ReadContext(
        session,
        database.dialect(),
        records,
        cache,
        read.grants(),
        read.caller().account(),
        now,
        position,
        position.orElse(head),
        allowance);
  }

  private long positionAt(Instant instant, Instant now) {
    if (instant.isAfter(now)) {
      throw inTheFuture("%s is after now, %s".formatted(instant, now));
    }
    return asOf.positionAt(instant);
  }

  private static long requireReached(long position, long head) {
    if (position > head) {
      throw inTheFuture("the log ends at position %d, before %d".formatted(head, position));
    }
    return position;
  }

  private static Problem inTheFuture(String reason) {
    return Problem.of(ErrorCode.INVALID_INSTANT, RequestPart.MOMENT, "is in the future: " + reason);
  }
}
