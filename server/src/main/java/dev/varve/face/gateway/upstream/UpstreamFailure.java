package dev.varve.face.gateway.upstream;

import dev.varve.face.gateway.resilience.Breaker;
import dev.varve.kernel.Rfc3339;

/// A service did not answer as HTTP wants it. The message says what it did, to follow the name of the service: `did not
/// accept a connection within 1s`.
public final class UpstreamFailure extends Exception {
  private static final long serialVersionUID = 1L;
  private static final long RETRY_SECONDS = 1;

  private final Kind kind;
  private final boolean untouched;
  private final long retryAfterSeconds;

  /// @param untouched whether the service cannot have seen anything of the request
  UpstreamFailure(Kind kind, boolean untouched, String message) {
    this(kind, untouched, message, 0);
  }

  private UpstreamFailure(Kind kind, boolean untouched, String message, long retryAfterSeconds) {
    // failures come in floods, and their place is in the message
    super(message, null, false, false);
    this.kind = kind;
    this.untouched = untouched;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /// The service is left alone for now.
  static UpstreamFailure open(Breaker.Refused refused) {
    return new UpstreamFailure(
        Kind.OPEN,
        true,
        "has failed since %s (it %s) and is not asked for now. Try again in %d s"
            .formatted(Rfc3339.text(refused.since()), refused.what(), refused.retryAfterSeconds()),
        refused.retryAfterSeconds());
  }

  /// Its places are not for one network alone.
  static UpstreamFailure overShare() {
    return new UpstreamFailure(
        Kind.OVER_SHARE,
        true,
        "has as many requests of your network as it is given of one at a time, and none ended in time. Try again in a moment",
        RETRY_SECONDS);
  }

  /// What kind of failure it is; whoever answers the caller takes the status from it.
  public enum Kind {
    /// There is no connection to be had.
    UNREACHABLE,
    /// The connection ended where it must not.
    BROKEN,
    /// What came is not HTTP, or more than is taken.
    MALFORMED,
    /// It took too long.
    TIMEOUT,
    /// As many requests are under way as the service is given at a time.
    BUSY,
    /// As many of one network are as that may have of its places.
    OVER_SHARE,
    /// It was not asked: it has failed too often.
    OPEN
  }

  public Kind kind() {
    return kind;
  }

  /// Whether it is a bound of ours that was met, and nothing that the service does.
  boolean isOurs() {
    return kind == Kind.BUSY || kind == Kind.OVER_SHARE;
  }

  /// Whether the service cannot have seen anything of the request, so that it may be sent elsewhere, whatever its method.
  public boolean untouched() {
    return untouched;
  }

  /// After how many seconds it makes sense to try again; 0 when that is not known.
  public long retryAfterSeconds() {
    return retryAfterSeconds;
  }

  public String text() {
    return String.valueOf(getMessage());
  }
}
