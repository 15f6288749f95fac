package dev.varve.face.gateway.aggregate;

import dev.varve.kernel.DurationText;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.net.http.Request;
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

/// Asks the parts of one answer, each on a thread of its own as soon as what it needs is there, and waits for them until the
/// deadline. No thread is left when it returns. Belongs to the thread of the request.
final class Gathering {
  private static final Logger LOG = LoggerFactory.getLogger(Gathering.class);

  /// Whoever was told to stop has by then, but for one who waits for the name of a host to be found, which nothing ends; it
  /// touches nothing of the request any more.
  private static final Duration STOP_WAIT = Duration.ofMillis(200);

  private final List<Part> parts;
  private final Request request;
  private final Caller caller;
  private final Optional<String> moment;
  private final Budget budget;
  private final long endNanos;
  private final Duration timeout;
  // one entry a part at most
  private final BlockingQueue<Done> done = new LinkedBlockingQueue<>();
  private final Map<String, Running> running = new LinkedHashMap<>();
  private final List<Running> stopped = new ArrayList<>();
  private final Map<String, PartOutcome> outcomes = new LinkedHashMap<>();
  private Optional<String> position = Optional.empty();
  private @Nullable Part refused;

  /// @param moment what Varve's own parts are asked for in `asOf`
  /// @param timeout of all of them
  Gathering(
      List<Part> parts,
      Request request,
      Caller caller,
      Optional<String> moment,
      Duration timeout,
      Budget budget) {
    this.parts = parts;
    this.request = request;
    this.caller = caller;
    this.moment = moment;
    this.timeout = timeout;
    this.budget = budget;
    this.endNanos = System.nanoTime() + timeout.toNanos();
  }

  private record Running(Part part, Thread thread, Duration within, long endNanos) {}

  /// @param fetched nothing when it failed
  private record Done(Part part, @Nullable Fetched fetched, @Nullable Problem problem) {}

  /// What came of each part, by its name. When one fails without which there is no answer, the others are not waited for,
  /// and [#refusal()] has what it said.
  Map<String, PartOutcome> outcomes() {
    try {
      startReady();
      while (!running.isEmpty() && refused == null) {
        Done next = done.poll(Math.max(0, nextEnd() - System.nanoTime()), TimeUnit.NANOSECONDS);
        if (next == null) {
          stopLate();
        } else {
          take(next);
        }
        startReady();
      }
      return outcomes;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Problem(ErrorCode.OVERLOADED, "The request was broken off. Try again");
    } finally {
      stopAll();
    }
  }

  /// The part without which there is no answer.
  Optional<Part> refusal() {
    return Optional.ofNullable(refused);
  }

  /// The log position that the answer shows, where a part of it is Varve's own.
  Optional<String> position() {
    return position;
  }

  /// A part that cannot be asked has its outcome at once, which others may wait for.
  private void startReady() {
    boolean changed = true;
    while (changed && refused == null) {
      changed = false;
      for (Part part : parts) {
        if (!isKnown(part) && outcomes.keySet().containsAll(part.template().parts())) {
          start(part);
          changed |= outcomes.containsKey(part.name());
        }
      }
    }
  }

  private boolean isKnown(Part part) {
    return outcomes.containsKey(part.name()) || running.containsKey(part.name());
  }

  private void start(Part part) {
    try {
      String target = part.template().with(request::variable, needed(part));
      Source.Fetch fetch = part.source().fetch(target, moment, request, caller, budget);
      start(part, fetch);
    } catch (Problem problem) {
      settle(part, new PartOutcome.Failed(problem));
    }
  }

  private Map<String, @Nullable Object> needed(Part part) {
    Map<String, @Nullable Object> needed = new LinkedHashMap<>();
    for (String name : part.template().parts()) {
      switch (outcomes.get(name)) {
        case PartOutcome.Found(Object value) -> needed.put(name, value);
        case PartOutcome.Failed(Problem problem) ->
            throw new Problem(
                problem.code(), "It needs the part '%s', which failed".formatted(name));
        case null -> throw new IllegalStateException(name);
      }
    }
    return needed;
  }

  private void start(Part part, Source.Fetch fetch) {
    Span span = Span.current();
    Supplier<Done> work = () -> done(part, fetch);
    Thread thread =
        Thread.ofVirtual()
            .name("aggregate-" + part.name())
            .unstarted(() -> done.add(span == null ? work.get() : span.within(work)));
    long now = System.nanoTime();
    long own = now + part.timeout().toNanos();
    boolean ownFirst = own - endNanos < 0;
    running.put(
        part.name(),
        new Running(part, thread, ownFirst ? part.timeout() : timeout, ownFirst ? own : endNanos));
    thread.start();
  }

  private Done done(Part part, Source.Fetch fetch) {
    try {
      return new Done(part, fetch.get(), null);
    } catch (Problem problem) {
      return new Done(part, null, problem);
    } catch (RuntimeException | StackOverflowError bug) {
      if (!Thread.currentThread().isInterrupted()) {
        LOG.error("The part '{}' failed, request id {}", part.name(), request.id(), bug);
      }
      return new Done(
          part,
          null,
          new Problem(
              ErrorCode.INTERNAL_ERROR,
              "Something went wrong on our side. The log tells more under request id "
                  + request.id()));
    }
  }

  private long nextEnd() {
    long next = endNanos;
    for (Running each : running.values()) {
      next = each.endNanos() - next < 0 ? each.endNanos() : next;
    }
    return next;
  }

  private void stopLate() {
    long now = System.nanoTime();
    for (Running late : List.copyOf(running.values())) {
      if (late.endNanos() - now <= 0) {
        stop(late);
        settle(
            late.part(),
            new PartOutcome.Failed(
                new Problem(
                    ErrorCode.UPSTREAM_TIMEOUT,
                    "It did not answer within " + DurationText.of(late.within()))));
      }
    }
  }

  private void stop(Running late) {
    running.remove(late.part().name());
    late.thread().interrupt();
    stopped.add(late);
  }

  private void take(Done next) {
    if (running.remove(next.part().name()) == null) {
      // it came after its time
      return;
    }
    settle(next.part(), outcome(next));
  }

  private PartOutcome outcome(Done next) {
    Problem problem = next.problem();
    if (next.fetched() == null) {
      return new PartOutcome.Failed(
          problem == null ? Problem.notFound("There is nothing") : problem);
    }
    Fetched fetched = next.fetched();
    try {
      PartOutcome found =
          budget.within(() -> new PartOutcome.Found(next.part().shape().of(fetched)));
      position = position.isPresent() ? position : fetched.position();
      return found;
    } catch (Problem malformed) {
      return new PartOutcome.Failed(malformed);
    }
  }

  private void settle(Part part, PartOutcome outcome) {
    outcomes.put(part.name(), outcome);
    if (outcome instanceof PartOutcome.Failed && part.required() && refused == null) {
      refused = part;
    }
  }

  private void stopAll() {
    budget.close();
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
