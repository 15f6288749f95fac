package dev.varve.lane.write;

import dev.varve.kernel.Allowance;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.store.cache.RecordCache;
import dev.varve.store.follow.LogFollower;
import dev.varve.store.log.Append;
import dev.varve.store.log.CommitInDoubt;
import dev.varve.store.log.Committed;
import dev.varve.store.log.DamagedLogException;
import dev.varve.store.log.EventLog;
import dev.varve.store.log.InstantFloor;
import dev.varve.store.log.LogEpochs;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.IdList;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.StorageException;
import dev.varve.store.state.AppliedSchema;
import dev.varve.store.state.Projection;
import dev.varve.store.state.Records;
import dev.varve.telemetry.Metrics;
import dev.varve.telemetry.Span;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one writer. It takes the units that wait, decides each on the state that the one before left,
/// writes log, current and history rows of the whole group in one durable transaction, hands the
/// committed units to the cache and to whoever follows, and only then answers.
public final class Sequencer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Sequencer.class);
  private static final long IDLE_MILLIS = 200;
  // so many at least, where they wait: as many records as are asked for at once
  private static final int PREFETCHED_COMMANDS = IdList.IDS_MAX;
  private static final String NOT_KEPT =
      "The storage did not take the write, so nothing of it was kept: try again in a moment";
  private static final String IN_DOUBT =
      "The storage is gone and has not said whether it took the write, so it may have been written: read before you repeat it";
  private static final String STOPPING = "The server is stopping: try again in a moment";
  private static final String STOPPED = "The server has stopped";

  private final AppliedSchema schema;
  private final Stored stored;
  private final InstantFloor floor;
  private final Clock clock;
  private final WriteSettings settings;
  private final UnitTrigger trigger;
  private final WriteMeasures measures;
  private final BlockingQueue<Waiting<?>> queue;
  private final IdempotencyKeys idempotencyKeys = new IdempotencyKeys();
  private final CommitDoubt doubt;
  private final Thread thread;
  private volatile boolean closing;
  private volatile boolean stopped;

  /// Where it writes to, all in one transaction but for the cache, which follows the commit.
  ///
  /// @param follower tells the cache, and whoever else follows the log, of every unit that is committed, in order
  public record Stored(
      Database database,
      EventLog log,
      Records records,
      Projection projection,
      RecordCache cache,
      LogFollower follower) {}

  /// @param floor learns which instants are given out, so that no later unit gets an earlier one
  /// @param trigger takes part in every unit that changes records
  public Sequencer(
      AppliedSchema schema,
      Stored stored,
      InstantFloor floor,
      Clock clock,
      WriteSettings settings,
      UnitTrigger trigger,
      Metrics metrics) {
    this.schema = schema;
    this.stored = stored;
    this.floor = floor;
    this.clock = clock;
    this.settings = settings;
    this.trigger = trigger;
    this.measures = WriteMeasures.of(metrics);
    this.queue = new ArrayBlockingQueue<>(settings.queueUnitsMax());
    this.doubt = new CommitDoubt(stored.database(), stored.log());
    this.thread = Thread.ofPlatform().name("varve-writer").unstarted(this::run);
  }

  public Sequencer start() {
    stored.cache().follow(stored.follower());
    thread.start();
    return this;
  }

  /// What waits for its turn, and whoever waits for it.
  ///
  /// @param span of the request, if it is traced
  private record Waiting<T>(Turn<T> turn, CompletableFuture<T> result, @Nullable Span span) {
    static <T> Waiting<T> of(Turn<T> turn) {
      return new Waiting<>(turn, new CompletableFuture<>(), Span.current());
    }

    /// Decides it, and tells how to answer once the group is durable: a refusal too may come from what another unit
    /// of the group does.
    Runnable decide(CommitGroup group) throws SQLException {
      try {
        T decided = turn.decide(group);
        return () -> result.complete(decided);
      } catch (Problem problem) {
        return () -> result.completeExceptionally(problem);
      }
    }
  }

  /// One unit of work, or one piece of [WriterTask].
  interface Turn<T> {
    T decide(CommitGroup group) throws SQLException;

    /// The unit that it is, if it is one.
    default Optional<UnitOfWork> unit() {
      return Optional.empty();
    }

    /// It was not kept, or may not be, for a reason that nothing in it gives.
    default void failed() {}
  }

  private record UnitTurn(UnitOfWork work) implements Turn<WriteResult> {
    @Override
    public WriteResult decide(CommitGroup group) throws SQLException {
      return group.decide(work);
    }

    @Override
    public Optional<UnitOfWork> unit() {
      return Optional.of(work);
    }
  }

  private record TaskTurn<T>(WriterTask<T> work, String actor, String requestId)
      implements Turn<T> {
    @Override
    public T decide(CommitGroup group) throws SQLException {
      return group.decide(work, actor, requestId);
    }
  }

  /// Commits a unit of work. When this returns, the unit is durable and every later read shows it.
  ///
  /// @throws Problem when the unit cannot be taken at all, or its key came with another request
  public WriteResult submit(UnitOfWork unit) {
    return submit(new UnitTurn(unit));
  }

  /// Does a piece of work. When this returns, all that it wrote is durable.
  ///
  /// @param actor the name that the log keeps, when there is something to log
  /// @throws Problem when the work refuses; nothing of it was written then
  public <T> T submit(String actor, String requestId, WriterTask<T> work) {
    return submit(new TaskTurn<>(work, actor, requestId));
  }

  /// How many units wait for their turn.
  public int waiting() {
    return queue.size();
  }

  /// The position of the last unit that everybody can see.
  public long position() {
    return stored.cache().head();
  }

  /// The epochs of the log, without which positions are not told to anybody.
  public LogEpochs epochs() {
    return stored.log().epochs();
  }

  /// Begins a series of pieces of work that are on their way at the same time.
  public Series series() {
    return new Series(this);
  }

  private <T> T submit(Turn<T> turn) {
    Waiting<T> waiting = Waiting.of(turn);
    if (closing || !queue.offer(waiting)) {
      throw new Problem(
          ErrorCode.OVERLOADED,
          closing ? STOPPING : "More writes are waiting than can be kept: try again in a moment");
    }
    return await(queued(waiting));
  }

  /// Puts a turn into the queue, as soon as there is a place.
  <T> CompletableFuture<T> enqueue(Turn<T> turn) {
    Waiting<T> waiting = Waiting.of(turn);
    if (closing) {
      throw new Problem(ErrorCode.OVERLOADED, STOPPING);
    }
    try {
      // the writer makes places as long as it lives, and the end of the server makes one too
      queue.put(waiting);
    } catch (InterruptedException e) {
      throw interrupted();
    }
    return queued(waiting);
  }

  /// Whoever comes when the queue was emptied for good takes its turn back.
  private <T> CompletableFuture<T> queued(Waiting<T> waiting) {
    if (stopped && queue.remove(waiting)) {
      throw new Problem(ErrorCode.OVERLOADED, STOPPED);
    }
    return waiting.result();
  }

  /// Waits until a turn is durable.
  ///
  /// @throws Problem when it is refused
  static <T> T await(CompletableFuture<T> turn) {
    try {
      T result = turn.get();
      Allowance.current().settle();
      return result;
    } catch (InterruptedException e) {
      throw interrupted();
    } catch (ExecutionException e) {
      throw switch (e.getCause()) {
        case Problem problem -> problem;
        case null, default -> new IllegalStateException("The write failed", e.getCause());
      };
    }
  }

  private static Problem interrupted() {
    Thread.currentThread().interrupt();
    return new Problem(
        ErrorCode.OVERLOADED,
        "The wait for the write was broken off; it may have been written: read before you repeat it");
  }

  private void run() {
    while (true) {
      List<Waiting<?>> waiting = take();
      if (!waiting.isEmpty()) {
        commitAll(waiting);
      } else if (closing && queue.isEmpty()) {
        return;
      } else {
        tidyUp();
      }
    }
  }

  /// What waits for a moment in which nobody writes.
  private void tidyUp() {
    try {
      requireNoDoubt();
      stored.follower().lookAgain();
      stored.log().noteEndWhenDue();
    } catch (SQLException | StorageException e) {
      LOG.debug("What became of a commit is not known yet", e);
    } catch (RuntimeException e) {
      LOG.error("The writer found something wrong while nobody wrote", e);
    }
  }

  private List<Waiting<?>> take() {
    List<Waiting<?>> group = new ArrayList<>();
    try {
      Waiting<?> first = queue.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
      if (first != null) {
        group.add(first);
        queue.drainTo(group, settings.groupUnitsMax() - 1);
      }
    } catch (InterruptedException e) {
      // nobody interrupts the writer but to hurry a stop; what is queued is still written
      LOG.debug("The writer was interrupted", e);
    }
    return group;
  }

  private void commitAll(List<Waiting<?>> waiting) {
    while (!waiting.isEmpty()) {
      int answered = commit(waiting, settings.groupUnitsMax());
      waiting.subList(0, answered).clear();
    }
  }

  /// Commits as many units as make a group.
  ///
  /// @param unitsMax up to which the group takes along who comes while it waits for its turn
  /// @return how many have their answer now
  private int commit(List<Waiting<?>> group, int unitsMax) {
    List<Runnable> answers;
    long start = System.nanoTime();
    try {
      answers = write(group, unitsMax);
    } catch (SQLException | StorageException | DamagedLogException e) {
      measures.failures().add();
      LOG.error("A group of {} units could not be written", group.size(), e);
      String text = e instanceof CommitInDoubt ? IN_DOUBT : NOT_KEPT;
      fail(group, new Problem(ErrorCode.STORAGE_UNAVAILABLE, text));
      return group.size();
    } catch (Problem problem) {
      // nothing is written now, whatever it is
      fail(group, problem);
      return group.size();
    } catch (RuntimeException | Error e) {
      // an error, such as a stack that is too deep, is that of one unit too; the writer lives on
      retryAlone(group, e);
      return group.size();
    } finally {
      if (!doubt.isOpen()) {
        floor.finished();
      }
    }
    measures.committed(answers.size(), System.nanoTime() - start);
    answers.forEach(Runnable::run);
    return answers.size();
  }

  /// One unit spoilt the group: each goes on its own, so that it costs its neighbours nothing.
  private void retryAlone(List<Waiting<?>> group, Throwable cause) {
    if (group.size() == 1) {
      fail(group, cause);
    } else {
      group.forEach(waiting -> commit(List.of(waiting), 1));
    }
  }

  private static void fail(List<Waiting<?>> group, Throwable cause) {
    for (Waiting<?> waiting : group) {
      waiting.turn().failed();
      waiting.result().completeExceptionally(cause);
    }
  }

  /// @return what tells everybody in the group, which is in the log now, what became of their unit
  private List<Runnable> write(List<Waiting<?>> waiting, int unitsMax) throws SQLException {
    requireNoDoubt();
    long asked = System.nanoTime();
    long statements = stored.database().writer().statements();
    Append append = stored.log().begin(schema.version(), stored.follower().position());
    measures.waits().observeNanos(System.nanoTime() - asked);
    try {
      // others have written meanwhile, and a group takes the disk as long with few units as with
      // many
      queue.drainTo(waiting, unitsMax - waiting.size());
      stored.follower().follow(append);
      Instant at = floor.begin(append.instant(clock.instant()));
      CommitGroup group =
          new CommitGroup(
              schema.schema(),
              append,
              at,
              workingState(append),
              stored.projection().group(),
              idempotencyKeys.group(append.session(), at),
              trigger);
      List<Runnable> answers = decide(waiting, group, append.session());
      if (group.isEmpty()) {
        append.rollback();
      } else {
        commit(group, append, waiting.subList(0, answers.size()));
        measures.statements().observe((double) (append.session().statements() - statements));
      }
      return answers;
    } catch (SQLException | RuntimeException | Error e) {
      abandon(append, e);
      throw e;
    }
  }

  /// Publishes what turns out to be in the log although nobody had said so.
  ///
  /// @throws SQLException when there is something of which it is still not known
  private void requireNoDoubt() throws SQLException {
    if (!doubt.isOpen()) {
      return;
    }
    List<Committed> units = doubt.settled();
    floor.finished();
    tell(units);
  }

  /// Units that are in the log are answered as such, whether this process can read them there by now or not.
  private void tell(List<Committed> units) {
    if (units.isEmpty()) {
      return;
    }
    try {
      if (stored.follower().looksUpTo(units.getLast().position())) {
        return;
      }
      LOG.warn("What is in the log could not be read yet: nothing in memory is believed");
    } catch (RuntimeException e) {
      LOG.warn("What is in the log cannot be read yet: nothing in memory is believed", e);
    }
    stored.follower().doubt();
  }

  private void commit(CommitGroup group, Append append, List<Waiting<?>> decided)
      throws SQLException {
    try (CommitSpans spans = CommitSpans.begin(traced(decided), decided.size())) {
      append.session().trace(spans.first());
      group.write();
      stored.follower().commit(append);
    } catch (CommitInDoubt e) {
      tell(settled(e));
    } finally {
      append.session().trace(null);
    }
  }

  private List<Committed> settled(CommitInDoubt commit) throws SQLException {
    try {
      return doubt.settled(commit);
    } catch (CommitInDoubt e) {
      // who is told to look must not find what was true before, nor that nothing has changed
      stored.follower().doubt();
      throw e;
    }
  }

  private static List<Span> traced(List<Waiting<?>> units) {
    List<Span> spans = List.of();
    for (Waiting<?> unit : units) {
      Span span = unit.span();
      if (span != null) {
        spans = spans.isEmpty() ? new ArrayList<>() : spans;
        spans.add(span);
      }
    }
    return spans;
  }

  private WorkingState workingState(Append append) {
    return new WorkingState(
        append.session(), stored.records(), stored.cache(), stored.database().dialect());
  }

  private void renewWriter(Throwable cause) {
    try {
      stored.database().renewWriter();
    } catch (SQLException e) {
      LOG.warn("The writer has no connection; the next write tries to get one", e);
      cause.addSuppressed(e);
    }
  }

  private void abandon(Append append, Throwable cause) {
    if (append.session() != stored.database().writer()) {
      // to find out what became of a commit, its connection was given up
      return;
    }
    boolean inDoubt = cause instanceof SQLException || cause instanceof StorageException;
    try {
      append.rollback();
    } catch (SQLException e) {
      // some failures have rolled back already; either way the connection must not stay in doubt
      cause.addSuppressed(e);
      inDoubt = true;
    }
    if (inDoubt) {
      renewWriter(cause);
    }
  }

  /// Decides units until the group is full. Nobody is answered yet.
  private static List<Runnable> decide(List<Waiting<?>> waiting, CommitGroup group, Session session)
      throws SQLException {
    List<Runnable> answers = new ArrayList<>(waiting.size());
    int prefetched = 0;
    while (answers.size() < waiting.size() && !group.isFull()) {
      if (answers.size() == prefetched) {
        prefetched += prefetch(waiting.subList(prefetched, waiting.size()), group);
      }
      answers.add(decide(waiting.get(answers.size()), group, session));
    }
    return answers;
  }

  /// Reads at once what the next turns are going to ask for.
  ///
  /// @return how many turns that are
  private static int prefetch(List<Waiting<?>> next, CommitGroup group) throws SQLException {
    List<UnitOfWork> units = new ArrayList<>();
    int commands = 0;
    int turns = 0;
    while (turns < next.size() && commands < PREFETCHED_COMMANDS) {
      Optional<UnitOfWork> unit = next.get(turns).turn().unit();
      unit.ifPresent(units::add);
      commands += unit.map(work -> work.commands().size()).orElse(0);
      turns++;
    }
    if (commands > 1) {
      group.prefetch(units);
    }
    return turns;
  }

  private static Runnable decide(Waiting<?> one, CommitGroup group, Session session)
      throws SQLException {
    try (Span decision = Span.under(one.span(), "decision")) {
      session.trace(decision);
      return one.decide(group);
    } finally {
      session.trace(null);
    }
  }

  /// Finishes what was accepted, then stops.
  @Override
  public void close() {
    closing = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // in this order: who comes too late for what follows sees it
    stopped = true;
    Problem problem = new Problem(ErrorCode.OVERLOADED, STOPPED);
    for (Waiting<?> waiting = queue.poll(); waiting != null; waiting = queue.poll()) {
      waiting.result().completeExceptionally(problem);
    }
  }
}
