package dev.varve.net.limit;

import dev.varve.kernel.DurationText;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.telemetry.Counters;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What a request, and the work that goes on for it, takes of the limits that hold for it.
///
/// The header fields are those of draft-ietf-httpapi-ratelimit-headers-10, lists of structured fields (RFC 9651):
/// `RateLimit-Policy` says what is allowed (`q` units in `w` seconds, and `varve-burst` at once where that is more),
/// `RateLimit` what is left (`r`) and in how many seconds there is more (`t`), or, in a refusal, enough for it.
public final class Quotas {
  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final BucketStore store;
  private final List<RateLimit> limits;
  private final Counters refusals;
  private final List<Quota> quotas = new ArrayList<>(1);
  // operations over one WebSocket come on many threads
  private final AtomicLong advance = new AtomicLong();

  /// One limit as it holds for the caller of this request.
  private static final class Quota {
    private final RateLimit limit;
    private final String caller;
    private volatile BucketStore.@Nullable Taken last;

    private Quota(RateLimit limit, String caller) {
      this.limit = limit;
      this.caller = caller;
    }
  }

  Quotas(BucketStore store, List<RateLimit> limits, Counters refusals) {
    this.store = store;
    this.limits = limits;
    this.refusals = refusals;
  }

  /// Takes one unit of each limit for the request itself, which is the first of what it asks for. Called once, before the
  /// request is handled.
  ///
  /// @throws Problem TOO_MANY_REQUESTS
  public void enter(Request request) {
    if (limits.isEmpty()) {
      return;
    }
    for (RateLimit limit : limits) {
      Optional<String> caller = limit.caller(request);
      caller.ifPresent(known -> quotas.add(new Quota(limit, known)));
    }
    take(1, 0);
    advance.set(1);
  }

  /// Takes what the request turns out to ask for, less the first unit, which has been taken. More than a limit ever allows
  /// takes all that it allows: what a single request may ask for has bounds of its own.
  ///
  /// @throws Problem TOO_MANY_REQUESTS
  public void spend(long units) {
    if (quotas.isEmpty()) {
      return;
    }
    long paid = Math.min(units, advance.getAndSet(0));
    take(units, paid);
  }

  private void take(long units, long paid) {
    for (Quota quota : quotas) {
      long due = Math.min(units, quota.limit.burst()) - paid;
      if (due <= 0) {
        continue;
      }
      BucketStore.Taken taken = store.take(quota.limit, quota.caller, due);
      quota.last = taken;
      if (!taken.taken()) {
        refusals.of(quota.limit.name()).add();
        throw refused(quota.limit, seconds(taken.waitNanos()));
      }
    }
  }

  private static Problem refused(RateLimit limit, long seconds) {
    return Problem.tooMany(
        text(limit.by())
            .formatted(limit.name(), limit.units(), DurationText.of(limit.per()), seconds),
        seconds);
  }

  // whole, because pages have each in other languages
  private static String text(LimitSettings.By by) {
    return switch (by) {
      case ADDRESS ->
          "The limit '%s' allows %,d requests in %s from one network. Try again in %,d s";
      case ACCOUNT -> "The limit '%s' allows %,d requests in %s of one caller. Try again in %,d s";
      case KEY -> "The limit '%s' allows %,d requests in %s with one API key. Try again in %,d s";
      case ROUTE ->
          "The limit '%s' allows %,d requests in %s of all callers together. Try again in %,d s";
    };
  }

  private static long seconds(long nanos) {
    return Math.max(1, Math.ceilDiv(nanos, SECOND_NANOS));
  }

  /// An answer that says what is allowed, and what is left of it.
  public Answer told(Answer answer) {
    return quotas.isEmpty()
        ? answer
        : answer.with("RateLimit-Policy", policies()).with("RateLimit", left());
  }

  private String policies() {
    StringBuilder text = new StringBuilder();
    for (Quota quota : quotas) {
      separate(text).append(quota.limit.policy());
    }
    return text.toString();
  }

  private String left() {
    StringBuilder text = new StringBuilder();
    for (Quota quota : quotas) {
      BucketStore.Taken last = quota.last;
      if (last != null) {
        long nanos =
            last.taken() ? quota.limit.nextNanos(last.left(), last.resetNanos()) : last.waitNanos();
        separate(text)
            .append('"')
            .append(quota.limit.name())
            .append("\";r=")
            .append(last.left())
            .append(";t=")
            .append(Math.ceilDiv(nanos, SECOND_NANOS));
      }
    }
    return text.toString();
  }

  private static StringBuilder separate(StringBuilder text) {
    return text.isEmpty() ? text : text.append(", ");
  }
}
