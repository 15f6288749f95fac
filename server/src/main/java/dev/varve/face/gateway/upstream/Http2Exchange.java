package dev.varve.face.gateway.upstream;

import dev.varve.face.gateway.http2.Http2Failure;
import dev.varve.face.gateway.http2.Http2Head;
import dev.varve.face.gateway.http2.Http2Request;
import dev.varve.face.gateway.http2.Http2Stream;
import dev.varve.face.gateway.upstream.UpstreamFailure.Kind;
import dev.varve.net.http.ClientGone;
import dev.varve.net.http.HeaderLine;
import dev.varve.net.http.Inlet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One request and its answer over HTTP/2, on a stream of a connection that others use as well.
final class Http2Exchange implements UpstreamExchange {
  private static final long NEVER = Long.MAX_VALUE;
  // how often whoever waits looks up: most answers come sooner
  private static final Duration LOOK = Duration.ofMillis(200);

  private final OutgoingRequest request;
  private final byte @Nullable [] small;
  private final Host host;
  private final Http2Line line;
  private final Timeouts timeouts;
  private final long startNanos = System.nanoTime();
  private volatile @Nullable Pump sending;
  private volatile @Nullable UpstreamFailure notTaken;
  private volatile boolean abandoned;
  private volatile long answerDueNanos = NEVER;

  Http2Exchange(
      OutgoingRequest request,
      byte @Nullable [] small,
      Host host,
      Http2Line line,
      Timeouts timeouts) {
    this.request = request;
    this.small = small;
    this.host = host;
    this.line = line;
    this.timeouts = timeouts;
  }

  @Override
  public UpstreamAnswer answer() throws UpstreamFailure {
    try {
      return answer(send());
    } catch (Http2Failure failure) {
      throw told(failure, timeouts.idle());
    }
  }

  /// A service that says that it has not looked at a request on a connection from before is about to go, not about to fail; one
  /// that closes it without a word had done so before, as long as nothing more has come.
  @Override
  public boolean wasStale(UpstreamFailure failure) {
    boolean repeatable =
        failure.untouched()
            || (request.isIdempotent() && !line.connection().heardSince(startNanos));
    return line.reused() && failure.kind() == Kind.BROKEN && repeatable && sending == null;
  }

  private Http2Stream send() throws Http2Failure {
    boolean last = request.body() == null || isNothing(small);
    return line.connection().send(headOrLeave(), last, timeouts.idle());
  }

  private Http2Request headOrLeave() {
    try {
      return head();
    } catch (IllegalArgumentException refused) {
      line.connection().leave();
      throw refused;
    }
  }

  /// @throws IllegalArgumentException when something in it may not be sent: a face has let it through that must not
  private Http2Request head() {
    List<HeaderLine> headers = new ArrayList<>(request.headers());
    Inlet body = request.body();
    if (body != null && body.length() >= 0) {
      headers.add(new HeaderLine("content-length", Long.toString(body.length())));
    }
    if (request.expectsContinue()) {
      headers.add(new HeaderLine("expect", "100-continue"));
    }
    if (request.takesTrailers()) {
      headers.add(new HeaderLine("te", "trailers"));
    }
    RequestHead.require(request, headers);
    return new Http2Request(
        request.method(), host.scheme(), host.authority(), request.target(), headers);
  }

  private static boolean isNothing(byte @Nullable [] bytes) {
    return bytes != null && bytes.length == 0;
  }

  private UpstreamAnswer answer(Http2Stream stream) throws UpstreamFailure {
    boolean answered = false;
    try {
      UpstreamAnswer answer = exchange(stream);
      answered = true;
      return answer;
    } catch (Http2Failure failure) {
      throw UpstreamExchange.whoFailed(sending, told(failure, timeouts.idle()));
    } catch (UpstreamFailure failure) {
      throw UpstreamExchange.whoFailed(sending, failure);
    } finally {
      if (!answered) {
        stream.cancel();
        stopSending();
      }
    }
  }

  private UpstreamAnswer exchange(Http2Stream stream) throws Http2Failure, UpstreamFailure {
    Inlet body = request.body();
    if (body == null || small != null) {
      if (small != null && small.length > 0) {
        stream.write(small, 0, small.length, true, timeouts.idle());
      }
      awaitAnswer();
      return answer(stream, head(stream), false);
    }
    if (request.expectsContinue()) {
      stream.awaitContinue(Http1Exchange.CONTINUE_WAIT);
      Optional<Http2Head> already = stream.head(Duration.ZERO);
      if (already.isPresent()) {
        // nobody has asked the client for its body, and nothing of it is on its way
        return answer(stream, already.get(), true);
      }
    }
    Pump pump = new Pump(body, new Http2Body(this, stream, timeouts));
    sending = pump;
    pump.start();
    Http2Head head = head(stream);
    return answer(stream, head, !pump.answered());
  }

  /// All of the request has been sent.
  void awaitAnswer() {
    answerDueNanos = System.nanoTime() + timeouts.headers().toNanos();
  }

  private Http2Head head(Http2Stream stream) throws Http2Failure, UpstreamFailure {
    boolean watched = false;
    while (true) {
      Optional<Http2Head> head = stream.head(LOOK);
      if (head.isPresent()) {
        return head.get();
      }
      UpstreamFailure stuck = notTaken;
      if (stuck != null) {
        throw stuck;
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new UpstreamFailure(Kind.BROKEN, false, "was given up");
      }
      if (System.nanoTime() - answerDueNanos > 0 && answerDueNanos != NEVER) {
        retireIfSilent(startNanos);
        throw late(Deadline.HEADERS.text(), timeouts.headers());
      }
      watched = watched || UpstreamExchange.watchClient(request, sending, () -> abandon(stream));
    }
  }

  private void abandon(Http2Stream stream) {
    abandoned = true;
    stream.cancel();
  }

  private UpstreamAnswer answer(Http2Stream stream, Http2Head head, boolean early)
      throws UpstreamFailure {
    ResponseHead read = new ResponseHead(head.status(), true, head.headers());
    Framing framing = Framing.of(read, request.isHead());
    return new Http2Answer(this, stream, read, framing, early);
  }

  /// What a read of the body may take.
  Duration idle() {
    return timeouts.idle();
  }

  /// Ends it.
  void end(Http2Stream stream, boolean whole) {
    if (!whole) {
      stream.cancel();
      stopSending();
    }
  }

  private void stopSending() {
    Pump pump = sending;
    if (pump != null) {
      pump.stop();
    }
  }

  /// A host from which nothing comes at all may be gone: the requests after this one are sent on another connection.
  void retireIfSilent(long sinceNanos) {
    if (!line.connection().heardSince(sinceNanos)) {
      line.connection().retire();
    }
  }

  /// The body is not taken: whoever waits for the answer is told so, unless that has come.
  UpstreamFailure sendingFailed(Http2Failure failure) {
    UpstreamFailure told = told(failure, timeouts.idle());
    if (failure.kind() == Http2Failure.Kind.LATE) {
      notTaken = told;
    }
    return told;
  }

  /// What it is called here.
  UpstreamFailure told(Http2Failure failure, Duration within) {
    if (abandoned) {
      throw new ClientGone("The client went before it was answered", null);
    }
    return switch (failure.kind()) {
      case UNTOUCHED -> new UpstreamFailure(Kind.BROKEN, true, failure.text());
      case BROKEN, GIVEN_UP -> new UpstreamFailure(Kind.BROKEN, false, failure.text());
      case MALFORMED -> new UpstreamFailure(Kind.MALFORMED, false, failure.text());
      case LATE -> late(failure.text(), within);
    };
  }

  private static UpstreamFailure late(String text, Duration within) {
    return new UpstreamFailure(
        Kind.TIMEOUT, false, "%s within %s".formatted(text, Timeouts.text(within)));
  }
}
