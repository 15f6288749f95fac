package dev.varve.lane.live;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Access;
import dev.varve.lane.access.AnswerScope;
import dev.varve.lane.access.Caller;
import dev.varve.lane.query.VisibleRecords;
import dev.varve.schema.record.Entity;
import dev.varve.store.log.Change;
import dev.varve.store.log.Committed;
import dev.varve.store.log.EventLog;
import dev.varve.store.sql.Database;
import dev.varve.store.state.AppliedSchema;
import dev.varve.store.state.PastUnits;
import dev.varve.store.state.Records;
import dev.varve.store.state.UnitChanges;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The change feed of a running server. One thread follows the writer and tells each [ReaderGroup] what is for it; readers
/// take it from there, each at its own pace.
///
/// ```
/// try (Subscription subscription = feed.subscribe(caller, owner, interest, after)) {
///   for (Frame frame : subscription.next(waitNanos)) { ... }
/// }
/// ```
public final class Feed implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Feed.class);
  // what is found in the log although nobody handed it over: a commit that was reported as failed
  private static final long LOOK_MILLIS = 1_000;
  // read at once by who catches up; bounds what it holds in memory
  private static final int STRETCH_UNITS = 128;
  private static final int STRETCH_CHANGES = 256;
  private static final long STRETCH_BYTES = 256 * 1024;
  // under a flood of writes readers are told of several groups at once, and the writer is not
  // interrupted for each
  private static final long PAUSE_MILLIS = 5;
  private static final long PAUSES_PER_TELLING = 3;
  // so late nobody calls it live any longer
  private static final long PAUSE_MILLIS_MAX = 250;
  // few enough that a request which wakes meanwhile gets its turn soon
  private static final int CALLED_AT_ONCE = 32;
  // readers of the past leave threads of the database to everybody else
  private static final int CATCHING_UP_MAX = 2;
  // even with very many groups, a reader that is a moment late need not go to the log
  private static final long AUDIENCE_BYTES_MIN = 16 * 1024;

  private final Access access;
  private final Database database;
  private final EventLog log;
  private final Records records;
  private final String accountModel;
  private final PastUnits past;
  private final Arrivals arrivals;
  private final Clock clock;
  private final LiveSettings settings;
  private final Frame.Writer frames;
  private final AccountNews.Source accountNews;
  private final Semaphore catchingUp = new Semaphore(CATCHING_UP_MAX);
  // readers that were called and have woken
  private final Semaphore awake = new Semaphore(0);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread thread;
  private volatile long position;
  private volatile boolean closed;

  // guards what follows; held for moments
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Key, ReaderGroup> groups = new HashMap<>();
  private final Map<Subscription, Key> subscriptions = new HashMap<>();
  private final Map<String, Integer> byOwner = new HashMap<>();
  private final Map<Account, Set<Subscription>> byAccount = new HashMap<>();

  private record Account(String model, String id) {
    static Account of(Entity entity) {
      return new Account(entity.model().name(), entity.id());
    }
  }

  /// Who is told the same.
  private record Key(List<String> models, Optional<String> filter, ReaderRights rights) {}

  /// @param arrivals where the writer of the same data leaves what it has committed
  /// @param frames renders what readers are told
  /// @param accountNews knows which changes end or alter what a reader may know
  public Feed(
      AppliedSchema schema,
      Access access,
      Database database,
      EventLog log,
      Arrivals arrivals,
      Clock clock,
      LiveSettings settings,
      Frame.Writer frames,
      AccountNews.Source accountNews) {
    this.frames = frames;
    this.accountNews = accountNews;
    this.access = access;
    this.database = database;
    this.log = log;
    this.accountModel = schema.schema().account().name();
    this.records = new Records(database.dialect(), schema.schema().models());
    this.past = new PastUnits(schema, log, records);
    this.arrivals = arrivals;
    this.clock = clock;
    this.settings = settings;
    this.position = log.head().position();
    this.thread = Thread.ofPlatform().daemon().name("varve-feed").unstarted(this::follow);
  }

  public Feed start() {
    thread.start();
    return this;
  }

  public LiveSettings settings() {
    return settings;
  }

  /// The end of the log.
  public long head() {
    return log.head().position();
  }

  /// Opens a stream of changes.
  ///
  /// @param owner whom it counts for: an account, a key, an address
  /// @param after where the reader has come to; not beyond the end of the log
  /// @throws Problem with FORBIDDEN when the caller may read nothing of it, with TOO_MANY_REQUESTS or OVERLOADED
  ///     when it or all have too many streams
  public Subscription subscribe(
      Caller caller, String owner, Interest interest, FeedPosition after) {
    List<VisibleRecords> visible = interest.sights(access, caller);
    Key key = key(interest, visible, caller);
    lock.lock();
    try {
      requireRoom(owner);
      ReaderSignal signal = new ReaderSignal();
      ReaderGroup group = enter(key, visible, signal);
      Subscription subscription =
          new Subscription(this, owner, interest, caller, signal, group, after);
      subscriptions.put(subscription, key);
      byOwner.merge(owner, 1, Integer::sum);
      subscription
          .account()
          .map(Account::of)
          .ifPresent(account ->
              byAccount.computeIfAbsent(account, _ -> new HashSet<>()).add(subscription));
      return subscription;
    } finally {
      lock.unlock();
    }
  }

  private void requireRoom(String owner) {
    if (closed) {
      throw stopping();
    }
    if (byOwner.getOrDefault(owner, 0) >= settings.subscribersPerCallerMax()) {
      throw new Problem(
          ErrorCode.TOO_MANY_REQUESTS,
          "You have %,d streams open, which is all that one caller may have. Close some, or raise the setting live.subscribersPerCallerMax"
              .formatted(settings.subscribersPerCallerMax()));
    }
    if (subscriptions.size() >= settings.subscribersMax()) {
      throw new Problem(
          ErrorCode.OVERLOADED,
          "There are %,d streams open, which is all that there may be. Try again later, or raise the setting live.subscribersMax"
              .formatted(settings.subscribersMax()));
    }
  }

  private static Key key(Interest interest, List<VisibleRecords> visible, Caller caller) {
    AnswerScope viewpoint =
        visible.stream()
            .map(VisibleRecords::viewpoint)
            .reduce(AnswerScope.EVERYBODY, AnswerScope::and);
    return new Key(
        visible.stream().map(sight -> sight.model().name()).sorted().toList(),
        interest.filter().map(Interest.Filter::text),
        ReaderRights.of(caller).as(viewpoint));
  }

  private ReaderGroup enter(Key key, List<VisibleRecords> visible, ReaderSignal reader) {
    ReaderGroup group =
        groups.computeIfAbsent(
            key, _ -> new ReaderGroup(new ChangeVisibility(visible, frames), position));
    group.join(reader);
    return group;
  }

  private void exit(Key key, ReaderSignal reader) {
    ReaderGroup group = groups.get(key);
    if (group != null && group.leave(reader)) {
      groups.remove(key);
    }
  }

  /// Seats a reader whose caller has other rights now.
  ReaderGroup move(Subscription subscription, Caller now) {
    List<VisibleRecords> visible = subscription.interest().sights(access, now);
    Key key = key(subscription.interest(), visible, now);
    lock.lock();
    try {
      Key before = subscriptions.get(subscription);
      if (before != null && !before.equals(key)) {
        exit(before, subscription.bell());
      }
      subscriptions.put(subscription, key);
      return enter(key, visible, subscription.bell());
    } finally {
      lock.unlock();
    }
  }

  void leave(Subscription subscription) {
    lock.lock();
    try {
      Key key = subscriptions.remove(subscription);
      if (key != null) {
        exit(key, subscription.bell());
        byOwner.computeIfPresent(subscription.owner(), (_, count) -> count == 1 ? null : count - 1);
        subscription.account().map(Account::of).ifPresent(account -> forget(account, subscription));
      }
    } finally {
      lock.unlock();
    }
  }

  private void forget(Account account, Subscription subscription) {
    byAccount.computeIfPresent(
        account,
        (_, open) -> {
          open.remove(subscription);
          return open.isEmpty() ? null : open;
        });
  }

  /// How many streams are open.
  public int subscribers() {
    lock.lock();
    try {
      return subscriptions.size();
    } finally {
      lock.unlock();
    }
  }

  /// The position that readers have been told of.
  public long position() {
    return position;
  }

  /// How many different rules they are judged by.
  public int audienceCount() {
    return audiences().size();
  }

  /// What is kept in memory for readers that are slower than the writes, in bytes.
  public long keptBytes() {
    return audiences().stream().mapToLong(ReaderGroup::keptBytes).sum();
  }

  /// What comes behind a position, from the log.
  ///
  /// @param upTo what comes behind it has not been looked through for changes of accounts
  FrameBatch past(ChangeVisibility visibility, long after, long upTo) throws InterruptedException {
    int unitsMax = (int) Math.min(STRETCH_UNITS, upTo - after);
    catchingUp.acquire();
    try {
      List<UnitChanges> units =
          database.snapshot(session ->
              past.read(
                  session, after, unitsMax, STRETCH_CHANGES, STRETCH_BYTES, visibility::wants));
      List<Frame> frames = new ArrayList<>();
      for (UnitChanges unit : units) {
        frames.addAll(visibility.frames(unit, surroundings(unit), clock.instant()));
      }
      return new FrameBatch(frames, units.isEmpty() ? after : units.getLast().position());
    } finally {
      catchingUp.release();
    }
  }

  private RelatedRecords surroundings(UnitChanges unit) {
    return new RelatedRecords(database, records, unit);
  }

  private void follow() {
    while (!closed) {
      try {
        List<Committed> units = arrivals.take(LOOK_MILLIS);
        long start = System.nanoTime();
        catchUp(units.isEmpty() ? head() : units.getFirst().position() - 1);
        tell(
            units.stream()
                .filter(unit -> unit.position() > position)
                .map(UnitChanges::of)
                .toList());
        if (stopped.await(pauseMillis(System.nanoTime() - start), TimeUnit.MILLISECONDS)) {
          return;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException | Error e) {
        // an error, such as a stack that is too deep, may be that of one reader's filter; the feed
        // lives on
        if (!closed) {
          LOG.error(
              "The feed could not follow the log at position {} and tries again", position, e);
        }
      }
    }
  }

  /// A quarter of the time is for telling, so that many readers leave the rest to requests.
  private static long pauseMillis(long toldNanos) {
    long pause = PAUSES_PER_TELLING * TimeUnit.NANOSECONDS.toMillis(toldNanos);
    return Math.clamp(pause, PAUSE_MILLIS, PAUSE_MILLIS_MAX);
  }

  /// Tells what was not handed over, or came too fast to be kept.
  private void catchUp(long upTo) throws InterruptedException {
    while (position < upTo && !closed) {
      int units = (int) Math.min(STRETCH_UNITS, upTo - position);
      tell(
          database.snapshot(session ->
              past.read(session, position, units, STRETCH_CHANGES, STRETCH_BYTES, _ -> true)));
    }
  }

  private void tell(List<UnitChanges> units) throws InterruptedException {
    if (units.isEmpty()) {
      return;
    }
    // in this order: nobody takes what comes behind a change of its own account without looking at
    // it
    units.forEach(this::noteAccounts);
    List<ReaderGroup> told = audiences();
    List<RelatedRecords> surroundings = units.stream().map(this::surroundings).toList();
    long bytesMax =
        Math.max(AUDIENCE_BYTES_MIN, settings.bufferBytesMax() / Math.max(1, told.size()));
    for (ReaderGroup group : told) {
      if (tell(group, units, surroundings, bytesMax)) {
        call(group.readers());
      }
    }
    position = units.getLast().position();
    for (ReaderGroup group : audiences()) {
      // it came into being meanwhile
      if (group.miss(position)) {
        call(group.readers());
      }
    }
  }

  /// Wakes readers, a few at a time.
  private void call(List<ReaderSignal> readers) throws InterruptedException {
    int called = 0;
    for (ReaderSignal reader : readers) {
      called += reader.ring(awake) ? 1 : 0;
      if (called == CALLED_AT_ONCE) {
        awake.acquire(called);
        called = 0;
      }
    }
    awake.acquire(called);
  }

  /// @return whether there is something for the audience
  private boolean tell(
      ReaderGroup group,
      List<UnitChanges> units,
      List<RelatedRecords> surroundings,
      long bytesMax) {
    try {
      List<ReaderGroup.Told> told = new ArrayList<>(units.size());
      for (int i = 0; i < units.size(); i++) {
        UnitChanges unit = units.get(i);
        told.add(
            new ReaderGroup.Told(
                unit.position(), group.judge().frames(unit, surroundings.get(i), clock.instant())));
      }
      return group.add(position, told, bytesMax);
    } catch (RuntimeException e) {
      // each reader tries for itself then, and ends with what it finds
      LOG.warn("Position {} could not be judged for an audience of the feed", position + 1, e);
      return group.miss(units.getLast().position());
    }
  }

  private List<ReaderGroup> audiences() {
    lock.lock();
    try {
      return List.copyOf(groups.values());
    } finally {
      lock.unlock();
    }
  }

  private void noteAccounts(UnitChanges unit) {
    lock.lock();
    try {
      for (Optional<Change> change : unit.changes()) {
        change.ifPresent(this::noteAccount);
      }
    } finally {
      lock.unlock();
    }
  }

  private void noteAccount(Change change) {
    noteAccount(Account.of(change.entity()));
    accountNews
        .of(change)
        .ifPresent(event -> {
          event.account().ifPresent(id -> noteAccount(new Account(accountModel, id)));
          if (event.revokesKey()) {
            subscriptions.keySet().stream()
                .filter(Subscription::isOfMachine)
                .forEach(Subscription::callerHasChanged);
          }
        });
  }

  private void noteAccount(Account account) {
    byAccount.getOrDefault(account, Set.of()).forEach(Subscription::callerHasChanged);
  }

  /// Why streams end when the server does.
  public static Problem stopping() {
    return new Problem(ErrorCode.OVERLOADED, "The server is stopping or restarting: connect again");
  }

  /// Ends all streams; their readers are told to come back.
  @Override
  public void close() {
    closed = true;
    stopped.countDown();
    lock.lock();
    try {
      subscriptions.keySet().forEach(subscription -> subscription.end(stopping()));
    } finally {
      lock.unlock();
    }
    thread.interrupt();
  }
}
