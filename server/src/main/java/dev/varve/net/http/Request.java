package dev.varve.net.http;

import dev.varve.lane.access.Caller;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One request, with the bounds of the listener in force. Belongs to the thread that handles it.
public interface Request extends HeaderSection {
  /// Names this request in the answer, in the log and in errors: what the caller sent as `X-Request-Id` if that
  /// is 1 to 128 printable ASCII characters without spaces, else a new id.
  String id();

  Instant startedAt();

  /// Who sent it.
  ///
  /// @throws Problem UNAUTHENTICATED or TOKEN_EXPIRED when it came with credentials that are not good
  Caller caller();

  /// Who sends it, asked anew: what was known at the start of a long answer may have changed since.
  ///
  /// @throws Problem as [#caller] does
  Caller callerNow();

  /// Who sent it; nobody known when it came with credentials that are not good.
  Caller callerOrAnonymous();

  /// Who sent it; nobody known when it came with credentials of somebody else, which are for a service behind this server.
  ///
  /// @throws Problem when they are of this server and not good
  Caller callerUnlessForeign();

  /// Who comes with these credentials for the first time, for protocols that send them behind the request.
  ///
  /// @throws Problem as [#caller] does
  Caller caller(String authorization);

  /// Who comes with these credentials, asked anew.
  ///
  /// @throws Problem as [#caller] does
  Caller callerNow(String authorization);

  /// In capitals.
  String method();

  /// The path as it was sent, still percent-encoded, without the query.
  String path();

  /// The path that the route was registered with, such as `/api/orders/{id}`.
  String pattern();

  /// The path, split at its slashes and decoded.
  List<String> segments();

  /// The segment that stands where the route has `{name}`, decoded; never empty.
  String variable(String name);

  /// The segments that the tail of the route matched, such as `{path...}`, decoded. The last is empty when the path ends
  /// in a slash; none stands for a path that ends before the tail.
  ///
  /// @throws IllegalArgumentException when the route has no tail
  List<String> tail();

  /// @throws Problem INVALID_PARAMETER when it is malformed
  QueryString query();

  /// The lines of the header section in the order in which they came.
  List<HeaderLine> headerLines();

  /// The query as it was sent, still percent-encoded; nothing when there is no `?`.
  Optional<String> rawQuery();

  /// The header `If-Match`.
  Optional<EntityTags> ifMatch();

  /// The header `If-None-Match`.
  Optional<EntityTags> ifNoneMatch();

  /// The address that the request comes from, without its port: the other end of the connection or, when that is a
  /// trusted proxy, whom it asks for.
  String remoteAddress();

  /// The certificate that the client showed, to this server or to a trusted proxy; nothing when it showed none.
  ///
  /// @throws Problem MALFORMED_REQUEST when a proxy tells of something that is none
  Optional<ShownCertificate> certificate();

  /// How the client sent it, to this server or to a trusted proxy: `https` or `http`.
  String scheme();

  /// Scheme, host and port that the client used, such as `https://shop.example`: where absolute links and redirects of the
  /// answer lead. What is to last, such as the issuer of tokens or a link in a mail, follows the settings instead: a
  /// client says what it likes.
  String origin();

  /// What is counted for all addresses that one customer has; see [Network].
  String network();

  /// Does what is asked for behind the request, such as an operation that comes over its WebSocket, within the bound on
  /// requests that are handled at a time.
  ///
  /// @throws Problem OVERLOADED when there are too many
  <T> T admitted(Supplier<T> work);

  /// Does what follows from the request long after it, such as telling of a change over its stream, within the bound on
  /// what all may hold in memory.
  ///
  /// @throws Problem TOO_LARGE or OVERLOADED when it takes too much
  <T> T counted(Supplier<T> work);

  /// Counts what the request turns out to ask for against the limits on requests: as many units as there would be requests
  /// if each came alone. One unit was counted when the request came.
  ///
  /// @throws Problem TOO_MANY_REQUESTS when a limit has fewer left
  void spend(long units);

  /// Whether there is a body at all; one that is empty says no media type either.
  boolean hasBody();

  /// The body, whole. It is read once; a second call is a mistake.
  ///
  /// @param accepted the media types that make sense here, such as `application/json`
  /// @throws Problem UNSUPPORTED_MEDIA_TYPE when the body is of another type, TOO_LARGE when it is larger than
  ///     `http.bodyBytesMax`, MALFORMED_REQUEST when the connection breaks the protocol
  byte[] body(String... accepted);

  /// The body as it comes, of any type and length, for one who passes it on; in place of [#body].
  Inlet inlet();

  /// Has something done when the client goes before it has its answer, as far as that is noticed: over HTTP/1.1. Once for a
  /// request, from any thread, and not before all of the body has been read.
  void whenClientGoes(Runnable gone);

  /// The body as a plain JSON value, sent as `application/json`.
  @Nullable Object json();

  /// The body as the fields of an HTML form, sent as `application/x-www-form-urlencoded`.
  QueryString form();
}
