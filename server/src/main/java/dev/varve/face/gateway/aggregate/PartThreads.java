package dev.varve.face.gateway.aggregate;

import dev.varve.kernel.DurationText;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Outage;
import dev.varve.kernel.Problem;
import dev.varve.net.http.ErrorAnswers;
import dev.varve.net.http.Request;
import dev.varve.telemetry.CurrentRequest;
import dev.varve.telemetry.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The threads on which the parts of one answer are asked, each until its time is up. Belongs to the thread of the request,
/// which stops them in the end.
final class PartThreads implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PartThreads.class);

  // whoever was told to stop has by then, but for one who waits for the name of a host to be found,
  // which nothing
  // ends, and which touches nothing of the request any more
  private static final Duration STOP_WAIT = Duration.ofMillis(200);
  // most answers are there by then, and need nobody who looks after the client
  private static final Duration WATCH_AFTER = Duration.ofMillis(200);

  private final Request request;
  private final Duration timeout;
  private final long endNanos;
  private final long watchNanos;
  // one for each part, and one of the client, at most
  private final BlockingQueue<News> news = new LinkedBlockingQueue<>();
  private final Map<String, Running> running = new LinkedHashMap<>();
  private final List<Running> stopped = new ArrayList<>();
  private boolean watching;

  /// @param timeout of all of them together
  PartThreads(Request request, Duration timeout) {
    long now = System.nanoTime();
    this.request = request;
    this.timeout = timeout;
    this.endNanos = now + timeout.toNanos();
    this.watchNanos = now + WATCH_AFTER.toNanos();
  }

  /// What the thread of the request is told.
  sealed interface News {}

  record Came(Part part, Fetched fetched) implements News {}

  record Failed(Part part, Problem problem) implements News {}

  record ClientWent() implements News {}

  private record Running(Part part, Thread thread, Duration within, long endNanos) {}

  /// Begins to ask for a part.
  void start(Part part, Source.Fetch fetch) {
    Span span = Span.current();
    Supplier<News> work = () -> CurrentRequest.within(request.id(), () -> ask(part, fetch));
    Thread thread =
        Thread.ofVirtual()
            .name("aggregate-" + part.name())
            .unstarted(() -> news.add(span == null ? work.get() : span.within(work)));
    long ownEnd = System.nanoTime() + part.timeout().toNanos();
    Running started =
        ownEnd - endNanos < 0
            ? new Running(part, thread, part.timeout(), ownEnd)
            : new Running(part, thread, timeout, endNanos);
    running.put(part.name(), started);
    thread.start();
  }

  private News ask(Part part, Source.Fetch fetch) {
    try {
      return new Came(part, fetch.get());
    } catch (Problem problem) {
      return new Failed(part, problem);
    } catch (Outage outage) {
      LOG.warn("The part '{}' could not be read: {}", part.name(), outage.getMessage());
      return new Failed(part, outage.problem(true));
    } catch (RuntimeException | StackOverflowError bug) {
      if (!Thread.currentThread().isInterrupted()) {
        LOG.error("The part '{}' failed", part.name(), bug);
      }
      return new Failed(part, ErrorAnswers.ours(request.id()));
    }
  }

  /// Whether nobody is asked at the moment.
  boolean areIdle() {
    return running.isEmpty();
  }

  boolean isAsked(Part part) {
    return running.containsKey(part.name());
  }

  /// Waits until one of them has its answer, or its time is up, or the client has gone.
  News next() throws InterruptedException {
    while (true) {
      News next = news.poll(Math.max(0, nextLook() - System.nanoTime()), TimeUnit.NANOSECONDS);
      Optional<News> told = next == null ? late() : Optional.of(next).filter(this::isAwaited);
      if (told.isPresent()) {
        return told.get();
      }
    }
  }

  private long nextLook() {
    long next = watching ? endNanos : watchNanos;
    for (Running each : running.values()) {
      next = each.endNanos() - next < 0 ? each.endNanos() : next;
    }
    return next;
  }

  /// What comes after its time is not looked at.
  private boolean isAwaited(News next) {
    return switch (next) {
      case Came(Part part, Fetched _) -> running.remove(part.name()) != null;
      case Failed(Part part, Problem _) -> running.remove(part.name()) != null;
      case ClientWent() -> true;
    };
  }

  private Optional<News> late() {
    long now = System.nanoTime();
    watchClient(now);
    @Nullable Running late = null;
    for (Running each : running.values()) {
      late = late == null && each.endNanos() - now <= 0 ? each : late;
    }
    if (late == null) {
      return Optional.empty();
    }
    stop(late);
    String text = "It did not answer within " + DurationText.of(late.within());
    return Optional.of(new Failed(late.part(), new Problem(ErrorCode.UPSTREAM_TIMEOUT, text)));
  }

  private void watchClient(long now) {
    if (!watching && watchNanos - now <= 0) {
      watching = true;
      if (!request.hasBody()) {
        request.whenClientGoes(() -> news.add(new ClientWent()));
      }
    }
  }

  private void stop(Running late) {
    running.remove(late.part().name());
    late.thread().interrupt();
    stopped.add(late);
  }

  /// Stops those that are asked still, and waits for their end.
  @Override
  public void close() {
    List.copyOf(running.values()).forEach(this::stop);
    boolean interrupted = Thread.interrupted();
    for (Running each : stopped) {
      interrupted |= joined(each);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// @return whether this thread was interrupted meanwhile
  private static boolean joined(Running each) {
    boolean interrupted = false;
    boolean own = each.part().source() instanceof OwnRead;
    boolean ended = false;
    while (!ended) {
      try {
        // what works within the bounds of the request does so to its end
        ended = each.thread().join(STOP_WAIT) || !own;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    return interrupted;
  }
}
