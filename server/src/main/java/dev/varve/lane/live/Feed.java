package dev.varve.lane.live;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Access;
import dev.varve.lane.access.Caller;
import dev.varve.store.log.Committed;
import dev.varve.store.log.EventLog;
import dev.varve.store.sql.Database;
import dev.varve.store.state.AppliedSchema;
import dev.varve.store.state.PastUnits;
import dev.varve.store.state.Records;
import dev.varve.store.state.UnitChanges;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The change feed of a running server. One thread follows the writer and tells each [ReaderGroup] what is for it; readers
/// take it from there, each at its own pace.
///
/// ```
/// try (Subscription subscription = feed.subscribe(caller, owner, interest, after)) {
///   Problem why = new FeedReader(subscription, feed.settings(), listener).readToEnd();
/// }
/// ```
public final class Feed implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Feed.class);
  // what is found in the log although nobody handed it over: a commit that was reported as failed
  private static final long LOOK_MILLIS = 1_000;
  // under a flood of writes readers are told of several groups at once, and the writer is not
  // interrupted for each
  private static final long PAUSE_MILLIS = 5;
  private static final long PAUSES_PER_TELLING = 3;
  // so late nobody calls it live any longer
  private static final long PAUSE_MILLIS_MAX = 250;
  // few enough that a request which wakes meanwhile gets its turn soon
  private static final int CALLED_AT_ONCE = 32;
  // even with very many groups, a reader that is a moment late need not go to the log
  private static final long GROUP_BYTES_MIN = 16 * 1024;

  private final EventLog log;
  private final CommittedQueue committed;
  private final Clock clock;
  private final LiveSettings settings;
  private final Subscriptions subscriptions;
  private final FeedPast past;
  // readers that were called and have woken
  private final Semaphore awake = new Semaphore(0);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread thread;
  private volatile long position;
  private volatile boolean closed;

  /// @param committed where the writer of the same data leaves what it has committed
  /// @param frames renders what readers are told
  /// @param accountNews knows which changes end or alter what a reader may know
  public Feed(
      AppliedSchema schema,
      Access access,
      Database database,
      EventLog log,
      CommittedQueue committed,
      Clock clock,
      LiveSettings settings,
      Frame.Writer frames,
      AccountNews.Source accountNews) {
    this.log = log;
    this.committed = committed;
    this.clock = clock;
    this.settings = settings;
    String accountModel = schema.schema().account().name();
    this.subscriptions =
        new Subscriptions(
            access, settings, frames, accountNews, accountModel, () -> position, log.epochs());
    Records records = new Records(database.dialect(), schema.schema().models());
    this.past = new FeedPast(database, records, new PastUnits(schema, log, records), clock);
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

  /// Where a reader has come to that comes back, in the log as it is now.
  ///
  /// @throws Problem with POSITION_LOST when the log has lost that place
  public FeedPosition known(FeedPosition place) {
    log.epochs().require(place.unit());
    return place.in(log.epochs().current());
  }

  /// Opens a stream of changes.
  ///
  /// @param owner whom it counts for: an account, a key, an address
  /// @param after where the reader has come to, as [#known] has it; not beyond the end of the log
  /// @throws Problem with FORBIDDEN when the caller may read nothing of it, with TOO_MANY_REQUESTS or OVERLOADED
  ///     when it or all have too many streams
  public Subscription subscribe(
      Caller caller, String owner, Interest interest, FeedPosition after) {
    return subscriptions.open(caller, owner, interest, after.in(log.epochs().current()), past);
  }

  /// How many streams are open.
  public int subscribers() {
    return subscriptions.count();
  }

  /// The position that readers have been told of.
  public long position() {
    return position;
  }

  /// How many groups of readers there are, each judged once.
  public int groupCount() {
    return subscriptions.groups().size();
  }

  /// What is kept in memory for readers that are slower than the writes, in bytes.
  public long keptBytes() {
    return subscriptions.groups().stream().mapToLong(ReaderGroup::keptBytes).sum();
  }

  private void follow() {
    while (!closed) {
      try {
        CommittedQueue.Taken taken = committed.take(LOOK_MILLIS);
        taken.fork().ifPresent(this::restart);
        long start = System.nanoTime();
        tell(taken);
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

  private void tell(CommittedQueue.Taken taken) throws InterruptedException {
    long end = end(taken);
    if (subscriptions.skipIfNone(() -> position = Math.max(position, end))) {
      return;
    }
    List<Committed> units = taken.units();
    if (!units.isEmpty()) {
      catchUp(units.getFirst().position() - 1);
      tell(units.stream().filter(unit -> unit.position() > position).map(UnitChanges::of).toList());
    }
    catchUp(end);
  }

  /// The position up to which there is something to tell.
  private long end(CommittedQueue.Taken taken) {
    List<Committed> units = taken.units();
    if (units.isEmpty()) {
      return taken.reached().orElseGet(this::head);
    }
    return Math.max(units.getLast().position(), taken.reached().orElse(0));
  }

  /// What was told of behind that position is lost. Who comes back reads from there.
  private void restart(long fork) {
    LOG.info("The log goes on behind position {}: streams of changes end", fork);
    position = fork;
    subscriptions.restart(log.epochs().ended());
  }

  /// A quarter of the time is for telling, so that many readers leave the rest to requests.
  private static long pauseMillis(long toldNanos) {
    long pause = PAUSES_PER_TELLING * TimeUnit.NANOSECONDS.toMillis(toldNanos);
    return Math.clamp(pause, PAUSE_MILLIS, PAUSE_MILLIS_MAX);
  }

  /// Tells what was not handed over, or came too fast to be kept.
  private void catchUp(long upTo) throws InterruptedException {
    while (position < upTo && !closed) {
      tell(past.units(position, upTo, _ -> true));
    }
  }

  private void tell(List<UnitChanges> units) throws InterruptedException {
    if (units.isEmpty()) {
      return;
    }
    // in this order: nobody takes what comes behind a change of its own account without looking at
    // it
    units.forEach(subscriptions::noteAccounts);
    List<ReaderGroup> told = subscriptions.groups();
    List<RelatedRecords> related = units.stream().map(past::related).toList();
    long bytesMax = Math.max(GROUP_BYTES_MIN, settings.bufferBytesMax() / Math.max(1, told.size()));
    for (ReaderGroup group : told) {
      if (tell(group, units, related, bytesMax)) {
        call(group.readers());
      }
    }
    position = units.getLast().position();
    for (ReaderGroup group : subscriptions.groups()) {
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

  /// @return whether there is something for the group
  private boolean tell(
      ReaderGroup group, List<UnitChanges> units, List<RelatedRecords> related, long bytesMax) {
    try {
      List<ReaderGroup.Told> told = new ArrayList<>(units.size());
      for (int i = 0; i < units.size(); i++) {
        UnitChanges unit = units.get(i);
        told.add(
            new ReaderGroup.Told(
                unit.position(), group.visibility().frames(unit, related.get(i), clock.instant())));
      }
      return group.add(position, told, bytesMax);
    } catch (RuntimeException e) {
      // each reader tries for itself then, and ends with what it finds
      LOG.warn("Position {} could not be judged for a group of readers", position + 1, e);
      return group.miss(units.getLast().position());
    }
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
    subscriptions.end(stopping());
    thread.interrupt();
  }
}
