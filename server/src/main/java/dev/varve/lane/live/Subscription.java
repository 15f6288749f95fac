package dev.varve.lane.live;

import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.schema.record.Entity;
import dev.varve.store.log.LogPlace;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One reader of the feed. It is told of every change behind its place that it may know of, once and in order, however
/// slowly it reads: it takes what the others get as well, or reads the log when it is behind that.
///
/// But for [#end], it belongs to the thread that reads.
public final class Subscription implements AutoCloseable {
  private final Subscriptions subscriptions;
  private final FeedPast past;
  private final String owner;
  private final Interest interest;
  private final Optional<Entity> account;
  private final ReaderSignal signal;
  private Caller caller;
  private ReaderGroup group;
  private FeedPosition place;
  private volatile boolean callerChanged;
  private volatile @Nullable Problem ending;
  private Runnable afterwards = () -> {};

  Subscription(
      Subscriptions subscriptions,
      FeedPast past,
      String owner,
      Interest interest,
      Caller caller,
      ReaderSignal signal,
      ReaderGroup group,
      FeedPosition place) {
    this.subscriptions = subscriptions;
    this.past = past;
    this.owner = owner;
    this.interest = interest;
    this.account = caller.account();
    this.caller = caller;
    this.signal = signal;
    this.group = group;
    this.place = place;
  }

  /// What comes next; nothing when nothing came in time, or when [#ending] or [#callerChanged] has come true.
  ///
  /// @throws Problem with STORAGE_UNAVAILABLE when the log cannot be read now
  public FrameBatch next(long waitNanos) throws InterruptedException {
    long reader = place.positionDone();
    FrameBatch batch = behind(reader, waitNanos);
    if (isWoken()) {
      // judged by rights that may be gone; it is read again with those of now
      return new FrameBatch(List.of(), reader);
    }
    if (!batch.frames().isEmpty() && place.index() != FeedPosition.WHOLE) {
      batch = batch.behind(place);
    }
    if (batch.position() > reader) {
      place = FeedPosition.behind(new LogPlace(place.unit().epoch(), batch.position()));
    }
    return batch;
  }

  private FrameBatch behind(long reader, long waitNanos) throws InterruptedException {
    Optional<FrameBatch> kept = group.after(reader);
    if (kept.isPresent() && kept.get().frames().isEmpty()) {
      signal.await(waitNanos);
      kept = group.after(reader);
    }
    return kept.isPresent() ? kept.get() : past.frames(group.visibility(), reader, group.from());
  }

  private boolean isWoken() {
    return callerChanged || ending != null;
  }

  /// Behind what has been given out.
  public FeedPosition place() {
    return place;
  }

  /// Whether the account of the caller has changed since its rights were looked up.
  public boolean callerChanged() {
    return callerChanged;
  }

  /// Goes on with the rights that the caller has now.
  ///
  /// @param callerNow looks up who that is by now
  /// @throws Problem with FORBIDDEN when it may not read what it asked for any longer
  public void renew(Supplier<Caller> callerNow) {
    // in this order: a change that comes while the rights are looked up is looked at next time
    callerChanged = false;
    Caller now = callerNow.get();
    if (!ReaderRights.of(now).equals(ReaderRights.of(caller))) {
      group = subscriptions.move(this, now);
    }
    caller = now;
  }

  /// Why it is to end, if it is.
  public Optional<Problem> ending() {
    return Optional.ofNullable(ending);
  }

  /// Tells the reader to end. Called from any thread.
  public void end(Problem why) {
    ending = why;
    signal.ring();
  }

  void callerHasChanged() {
    callerChanged = true;
    signal.ring();
  }

  ReaderSignal signal() {
    return signal;
  }

  String owner() {
    return owner;
  }

  Interest interest() {
    return interest;
  }

  boolean isOfMachine() {
    return caller.kind() == Caller.Kind.MACHINE;
  }

  boolean isThroughApplication() {
    return caller.application().isPresent();
  }

  /// The account of its caller, as it was at the beginning.
  Optional<Entity> account() {
    return account;
  }

  /// What to do once it is closed.
  void afterwards(Runnable what) {
    afterwards = what;
  }

  @Override
  public void close() {
    subscriptions.leave(this);
    Runnable once = afterwards;
    afterwards = () -> {};
    once.run();
  }
}
