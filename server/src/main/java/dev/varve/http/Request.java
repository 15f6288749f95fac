package dev.varve.http;

import dev.varve.access.Caller;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.webserver.http.ServerRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One request, with the bounds of [HttpSettings] in force. Belongs to the thread that handles it.
public final class Request {
  private final ServerRequest request;
  private final Exchange exchange;
  private final String id;
  private final Instant startedAt;
  private final String path;
  private final List<String> segments;
  private final Routes.Place place;
  private final Authentication authentication;
  private final Admission admission;
  private final TrustedProxies proxies;
  private @Nullable Query query;
  private @Nullable Caller caller;

  Request(
      ServerRequest request,
      Exchange exchange,
      String id,
      Instant startedAt,
      String path,
      List<String> segments,
      Routes.Place place,
      Authentication authentication,
      Admission admission,
      TrustedProxies proxies) {
    this.request = request;
    this.exchange = exchange;
    this.id = id;
    this.startedAt = startedAt;
    this.path = path;
    this.segments = segments;
    this.place = place;
    this.authentication = authentication;
    this.admission = admission;
    this.proxies = proxies;
  }

  /// Names this request in the answer, in the log and in errors: what the caller sent as `X-Request-Id` if that
  /// is 1 to 128 printable ASCII characters without spaces, else a new id.
  public String id() {
    return id;
  }

  public Instant startedAt() {
    return startedAt;
  }

  /// Who sent it.
  ///
  /// @throws Problem UNAUTHENTICATED or TOKEN_EXPIRED when it came with credentials that are not good
  public Caller caller() {
    Caller known = caller;
    if (known == null) {
      known = authentication.caller(header("Authorization").orElse(""), this);
      caller = known;
    }
    return known;
  }

  /// Who sends it, asked anew: what was known at the start of a long answer may have changed since.
  ///
  /// @throws Problem as [#caller] does
  public Caller callerNow() {
    return callerNow(header("Authorization").orElse(""));
  }

  /// Who comes with these credentials for the first time, for protocols that send them behind the request.
  ///
  /// @throws Problem as [#caller] does
  public Caller caller(String authorization) {
    return authentication.caller(authorization, this);
  }

  /// Who comes with these credentials, asked anew.
  ///
  /// @throws Problem as [#caller] does
  public Caller callerNow(String authorization) {
    return authentication.caller(authorization);
  }

  /// In capitals.
  public String method() {
    return request.prologue().method().text();
  }

  /// The path as it was sent, still percent-encoded, without the query.
  public String path() {
    return path;
  }

  /// The path that the route was registered with, such as `/api/orders/{id}`.
  public String pattern() {
    return place.pattern();
  }

  /// The path, split at its slashes and decoded.
  public List<String> segments() {
    return segments;
  }

  /// The segment that stands where the route has `{name}`, decoded; never empty.
  public String variable(String name) {
    return segments.get(place.segmentOf(name));
  }

  /// @throws Problem INVALID_PARAMETER when it is malformed
  public Query query() {
    Query known = query;
    if (known == null) {
      known =
          request.prologue().hasQuery()
              ? Query.parse(request.prologue().query().rawValue())
              : Query.parse("");
      query = known;
    }
    return known;
  }

  /// The value of a header; the values of one sent many times are joined by commas.
  public Optional<String> header(String name) {
    HeaderName headerName = HeaderNames.create(name);
    ServerRequestHeaders headers = request.headers();
    if (!headers.contains(headerName)) {
      return Optional.empty();
    }
    List<String> values = headers.all(headerName, List::of);
    return Optional.of(values.size() == 1 ? values.getFirst() : String.join(", ", values));
  }

  /// The header `If-Match`.
  public Optional<EntityTags> ifMatch() {
    return header("If-Match").map(value -> EntityTags.parse("If-Match", value));
  }

  /// The header `If-None-Match`.
  public Optional<EntityTags> ifNoneMatch() {
    return header("If-None-Match").map(value -> EntityTags.parse("If-None-Match", value));
  }

  /// The address that the request comes from, without its port: the other end of the connection or, when that is a
  /// trusted proxy, whom it asks for.
  public String remoteAddress() {
    return proxies.client(
        request.remotePeer().host(), request.headers().values(HeaderNames.X_FORWARDED_FOR));
  }

  /// What is counted for all addresses that one customer has; see [Network].
  public String network() {
    return Network.of(remoteAddress());
  }

  /// Does what is asked for behind the request, such as an operation that comes over its WebSocket, within the bound on
  /// requests that are handled at a time.
  ///
  /// @throws Problem OVERLOADED when there are too many
  public <T> T admitted(Supplier<T> work) {
    return admission.admit(work);
  }

  /// Does what follows from the request long after it, such as telling of a change over its stream, within the bound on
  /// what all may hold in memory.
  ///
  /// @throws Problem TOO_LARGE or OVERLOADED when it takes too much
  public <T> T counted(Supplier<T> work) {
    return admission.count(work);
  }

  /// Whether there is a body at all; one that is empty says no media type either.
  public boolean hasBody() {
    return exchange.hasBody();
  }

  /// The body, whole. It is read once; a second call is a mistake.
  ///
  /// @param accepted the media types that make sense here, such as `application/json`
  /// @throws Problem UNSUPPORTED_MEDIA_TYPE when the body is of another type, TOO_LARGE when it is larger than
  ///     `http.bodyBytesMax`, MALFORMED_REQUEST when the connection breaks the protocol
  public byte[] body(String... accepted) {
    requireMediaType(List.of(accepted));
    return exchange.readBody();
  }

  /// The body as a plain JSON value, sent as `application/json`.
  public @Nullable Object json() {
    return Json.read(body("application/json"));
  }

  /// The body as the fields of an HTML form, sent as `application/x-www-form-urlencoded`.
  public Query form() {
    byte[] body = body("application/x-www-form-urlencoded");
    return Query.parse(new String(body, StandardCharsets.UTF_8));
  }

  private void requireMediaType(List<String> accepted) {
    String sent = header("Content-Type").orElse("");
    String[] parts = sent.split(";", 2);
    String type = parts[0].strip().toLowerCase(Locale.ROOT);
    boolean charsetFits =
        parts.length == 1
            || !parts[1].toLowerCase(Locale.ROOT).contains("charset")
            || parts[1].toLowerCase(Locale.ROOT).matches(".*charset\\s*=\\s*\"?utf-8\"?.*");
    if (accepted.contains(type) && charsetFits) {
      return;
    }
    String wanted = String.join(" or ", accepted);
    String received =
        sent.isBlank() ? "no Content-Type came" : "the request says " + shortened(sent);
    throw new Problem(
        ErrorCode.UNSUPPORTED_MEDIA_TYPE,
        "The body must be %s in UTF-8, but %s. Send the header Content-Type: %s"
            .formatted(wanted, received, accepted.getFirst()));
  }

  private static String shortened(String text) {
    return text.length() > 100 ? text.substring(0, 100) + "..." : text;
  }
}
