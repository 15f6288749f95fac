package dev.varve.face.gateway.aggregate;

import dev.varve.kernel.DurationText;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.net.http.ClientGone;
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

/// Asks the parts of one answer, each on a thread of its own as soon as what it needs is there, and waits for them until the
/// deadline. No thread is left when it returns. Belongs to the thread of the request.
final class Gathering {
  private static final Logger LOG = LoggerFactory.getLogger(Gathering.class);

  /// Whoever was told to stop has by then, but for one who waits for the name of a host to be found, which nothing ends; it
  /// touches nothing of the request any more.
  private static final Duration STOP_WAIT = Duration.ofMillis(200);

  /// Most are over by then, and need nobody who looks after the client.
  private static final Duration WATCH_AFTER = Duration.ofMillis(200);

  private final List<Part> parts;
  private final Request request;
  private final Caller caller;
  private final Optional<String> moment;
  private final Budget budget;
  private final long endNanos;
  private final long watchNanos;
  private final Duration timeout;
  // one for each part, and one of the client, at most
  private final BlockingQueue<News> news = new LinkedBlockingQueue<>();
  private final Map<String, Running> running = new LinkedHashMap<>();
  private final List<Running> stopped = new ArrayList<>();
  private final Map<String, PartOutcome> outcomes = new LinkedHashMap<>();
  private Optional<String> position = Optional.empty();
  private @Nullable Refusal refused;
  private boolean watching;

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
    this.watchNanos = System.nanoTime() + WATCH_AFTER.toNanos();
  }

  /// A part without which there is no answer, and what it said.
  record Refusal(String part, Problem problem) {}

  private record Running(Part part, Thread thread, Duration within, long endNanos) {}

  /// What the thread of the request is told.
  private sealed interface News {}

  private record Came(Part part, Fetched fetched) implements News {}

  private record Failed(Part part, Problem problem) implements News {}

  private record ClientWent() implements News {}

  /// What came of each part, by its name. When one fails without which there is no answer, the others are not waited for,
  /// and [#refusal()] has what it said.
  Map<String, PartOutcome> outcomes() {
    try {
      startReady();
      while (!running.isEmpty() && refused == null) {
        News next = news.poll(Math.max(0, nextLook() - System.nanoTime()), TimeUnit.NANOSECONDS);
        if (next == null) {
          watchClient();
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

  /// Why there is no answer.
  Optional<Refusal> refusal() {
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
    Supplier<News> work = () -> CurrentRequest.within(request.id(), () -> news(part, fetch));
    Thread thread =
        Thread.ofVirtual()
            .name("aggregate-" + part.name())
            .unstarted(() -> news.add(span == null ? work.get() : span.within(work)));
    long now = System.nanoTime();
    long own = now + part.timeout().toNanos();
    boolean ownFirst = own - endNanos < 0;
    running.put(
        part.name(),
        new Running(part, thread, ownFirst ? part.timeout() : timeout, ownFirst ? own : endNanos));
    thread.start();
  }

  private News news(Part part, Source.Fetch fetch) {
    try {
      return new Came(part, fetch.get());
    } catch (Problem problem) {
      return new Failed(part, problem);
    } catch (RuntimeException | StackOverflowError bug) {
      if (!Thread.currentThread().isInterrupted()) {
        LOG.error("The part '{}' failed", part.name(), bug);
      }
      return new Failed(part, ErrorAnswers.ours(request.id()));
    }
  }

  private long nextLook() {
    long next = watching ? endNanos : watchNanos;
    for (Running each : running.values()) {
      next = each.endNanos() - next < 0 ? each.endNanos() : next;
    }
    return next;
  }

  private void watchClient() {
    if (!watching && watchNanos - System.nanoTime() <= 0) {
      watching = true;
      if (!request.hasBody()) {
        request.whenClientGoes(() -> news.add(new ClientWent()));
      }
    }
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

  private void take(News next) {
    switch (next) {
      case Came(Part part, Fetched fetched) when running.remove(part.name()) != null ->
          settle(part, shaped(part, fetched));
      case Failed(Part part, Problem problem) when running.remove(part.name()) != null ->
          settle(part, new PartOutcome.Failed(problem));
      case ClientWent() -> throw new ClientGone("The client went before it was answered", null);
      case Came _, Failed _ -> {
        // it came after its time
      }
    }
  }

  private PartOutcome shaped(Part part, Fetched fetched) {
    try {
      PartOutcome found = budget.within(() -> new PartOutcome.Found(part.shape().of(fetched)));
      position = position.isPresent() ? position : fetched.position();
      return found;
    } catch (Problem wrong) {
      return new PartOutcome.Failed(wrong);
    }
  }

  private void settle(Part part, PartOutcome outcome) {
    outcomes.put(part.name(), outcome);
    if (outcome instanceof PartOutcome.Failed(Problem problem)
        && part.required()
        && refused == null) {
      refused = new Refusal(part.name(), problem);
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
