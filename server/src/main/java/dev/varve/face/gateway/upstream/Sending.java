package dev.varve.face.gateway.upstream;

import dev.varve.face.gateway.resilience.Backoff;
import dev.varve.face.gateway.resilience.Breaker;
import dev.varve.face.gateway.resilience.ReplayedBody;
import dev.varve.face.gateway.resilience.RetryBudget;
import dev.varve.net.http.ClientGone;
import dev.varve.net.http.Inlet;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One request on its way to a service: whether it is sent at all, to which host, and whether once more.
///
/// What counts for the breaker is what came of the request in the end; what counts for a host is what came of each attempt.
/// A client that goes counts for neither, nor does an aggregate that gives a part up.
final class Sending {
  private static final int STATUS_OF_FAILURE = 500;

  private final Upstream upstream;
  private final OutgoingRequest request;
  private final @Nullable ReplayedBody body;
  private final Optional<String> key;
  private Set<Host> tried = Set.of();

  Sending(Upstream upstream, OutgoingRequest request, Optional<String> key) {
    Inlet sent = request.body();
    boolean maybeAgain = upstream.settings().retry().attempts() > 1;
    this.upstream = upstream;
    this.key = key;
    this.body = sent != null && maybeAgain ? new ReplayedBody(sent) : null;
    this.request = body == null ? request : request.with(body);
  }

  UpstreamAnswer send() throws UpstreamFailure {
    return switch (upstream.breaker().enter()) {
      case Breaker.Refused refused -> {
        upstream.measures().refused();
        throw UpstreamFailure.open(refused);
      }
      case Breaker.Permit permit -> {
        try (permit) {
          yield sent(permit);
        }
      }
    };
  }

  private UpstreamAnswer sent(Breaker.Permit permit) throws UpstreamFailure {
    long start = System.nanoTime();
    upstream.retryBudget().sent();
    try {
      UpstreamAnswer answer =
          attempt(1, permit.isTrial() ? 1 : upstream.settings().retry().attempts());
      long nanos = System.nanoTime() - start;
      upstream.measures().answered(answer.status(), nanos);
      if (answer.status() >= STATUS_OF_FAILURE) {
        permit.failed("answered " + answer.status());
      } else {
        permit.succeeded(nanos);
      }
      return answer;
    } catch (UpstreamFailure failure) {
      upstream
          .measures()
          .failed(failure.kind().name().toLowerCase(Locale.ROOT), System.nanoTime() - start);
      if (!failure.isOurs()) {
        permit.failed(failure.text());
      }
      throw failure;
    } catch (RuntimeException client) {
      // first of all, so that whoever sees that it was cancelled may be the next trial
      permit.close();
      upstream.measures().cancelled();
      throw client;
    } finally {
      upstream.retryBudget().answered();
    }
  }

  private UpstreamAnswer attempt(int number, int attemptsMax) throws UpstreamFailure {
    Host host = upstream.pick(key, tried);
    try {
      UpstreamAnswer answer = new Attempt(request, host, upstream.settings().timeouts()).make();
      host.condition().answered(answer.status());
      return answer;
    } catch (UpstreamFailure failure) {
      if (Thread.currentThread().isInterrupted()) {
        // which closes the connection: it is not the service that broke off
        throw new ClientGone("Whoever asked has given it up", failure);
      }
      if (!failure.isOurs()) {
        host.condition().failed(failure.text());
      }
      tried = with(host);
      if (number >= attemptsMax || !isWorthwhile(failure) || !isHarmless(failure)) {
        throw failure;
      }
      return again(failure, number, attemptsMax);
    }
  }

  private Set<Host> with(Host host) {
    Set<Host> more = new HashSet<>(tried);
    more.add(host);
    return more;
  }

  /// Whether another attempt may go better.
  private boolean isWorthwhile(UpstreamFailure failure) {
    return switch (failure.kind()) {
      case UNREACHABLE, BROKEN -> true;
      // whoever is slow is not helped by more
      case TIMEOUT -> hasOther();
      // it has been waited for already, or would say the same again
      case BUSY, OVER_SHARE, MALFORMED, OPEN -> false;
    };
  }

  private boolean hasOther() {
    return upstream.hosts().stream().anyMatch(host -> host.isAvailable() && !tried.contains(host));
  }

  /// Whether it makes no difference when it is sent once more.
  private boolean isHarmless(UpstreamFailure failure) {
    return (failure.untouched() || request.isIdempotent()) && (body == null || body.rewind());
  }

  private UpstreamAnswer again(UpstreamFailure failure, int number, int attemptsMax)
      throws UpstreamFailure {
    RetryBudget budget = upstream.retryBudget();
    if (!budget.take()) {
      upstream.measures().retryRefused();
      throw failure;
    }
    try {
      if (!upstream.pauses().pause(Backoff.after(number))) {
        throw failure;
      }
      upstream.measures().retried();
      return attempt(number + 1, attemptsMax);
    } finally {
      budget.giveBack();
    }
  }
}
