package dev.varve.face.gateway.aggregate;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.net.http.ClientGone;
import dev.varve.net.http.Request;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Asks the parts of one answer, each as soon as what it needs is there, and keeps what came of them. Belongs to the thread
/// of the request.
final class Gathering {
  private final List<Part> parts;
  private final Request request;
  private final Caller caller;
  private final Optional<String> moment;
  private final Duration timeout;
  private final Budget budget;
  private final Map<String, PartOutcome> outcomes = new LinkedHashMap<>();
  private Optional<String> position = Optional.empty();
  private @Nullable Refusal refused;

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
  }

  /// A part without which there is no answer, and what it said.
  record Refusal(String part, Problem problem) {}

  /// What came of each part, by its name. When one fails without which there is no answer, the others are not waited for,
  /// and [#refusal()] has what it said.
  Map<String, PartOutcome> outcomes() {
    try (PartThreads threads = new PartThreads(request, timeout)) {
      startReady(threads);
      while (!threads.areIdle() && refused == null) {
        take(threads.next());
        startReady(threads);
      }
      return outcomes;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Problem(ErrorCode.OVERLOADED, "The request was broken off. Try again");
    } finally {
      budget.close();
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
  private void startReady(PartThreads threads) {
    boolean changed = true;
    while (changed && refused == null) {
      changed = false;
      for (Part part : parts) {
        if (isReady(part) && !threads.isAsked(part)) {
          start(part, threads);
          changed |= outcomes.containsKey(part.name());
        }
      }
    }
  }

  private boolean isReady(Part part) {
    return !outcomes.containsKey(part.name())
        && outcomes.keySet().containsAll(part.template().parts());
  }

  private void start(Part part, PartThreads threads) {
    try {
      String target = part.template().with(request::variable, needed(part));
      threads.start(part, part.source().fetch(target, moment, request, caller, budget));
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

  private void take(PartThreads.News next) {
    switch (next) {
      case PartThreads.Came(Part part, Fetched fetched) -> settle(part, shaped(part, fetched));
      case PartThreads.Failed(Part part, Problem problem) ->
          settle(part, new PartOutcome.Failed(problem));
      case PartThreads.ClientWent() ->
          throw new ClientGone("The client went before it was answered", null);
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
}
