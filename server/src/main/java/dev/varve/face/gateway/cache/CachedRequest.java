package dev.varve.face.gateway.cache;

import dev.varve.face.gateway.upstream.OutgoingRequest;
import dev.varve.lane.access.Caller;
import dev.varve.net.http.HeaderLine;
import dev.varve.net.http.Request;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// A request as a cache sees it. What it was made from belongs to the thread of the request, and is
/// asked for the end of its client alone.
public final class CachedRequest {
  /// Whose an answer is that was made without a word to the service on who asks.
  static final String NOBODY = "";

  private final String method;
  private final boolean hasBody;
  // as the client sent them
  private final List<HeaderLine> lines;
  private final int route;
  private final AnswerCacheSettings settings;
  private final ResourceKey key;
  private final List<HeaderLine> headers;
  private final List<HeaderLine> apart;
  private final Directives directives;
  private final boolean told;
  private final String whose;
  private final String network;
  private final ClientEnd clientEnd;

  private CachedRequest(
      Request request,
      List<HeaderLine> lines,
      int route,
      AnswerCacheSettings settings,
      ResourceKey key,
      List<HeaderLine> headers,
      boolean told,
      String whose) {
    this.method = request.method();
    this.hasBody = request.hasBody();
    this.lines = lines;
    this.route = route;
    this.settings = settings;
    this.key = key;
    this.headers = headers;
    this.apart =
        headers.stream()
            .filter(Passage::tellsApart)
            // protocols differ in how they write names
            .map(line -> new HeaderLine(line.name().toLowerCase(Locale.ROOT), line.value()))
            .toList();
    this.directives = Directives.of(lines);
    this.told = told;
    this.whose = whose;
    this.network = request.network();
    this.clientEnd = new ClientEnd(request);
  }

  /// @param route its number
  /// @param settings of the route
  /// @param headers as the service gets them, of the client's only those that [Passage] lets through
  /// @param identified whether the service is told who asks by other means than the client's own credentials
  public static CachedRequest of(
      Request request,
      int route,
      AnswerCacheSettings settings,
      ResourceKey key,
      List<HeaderLine> headers,
      Caller caller,
      boolean identified) {
    String credentials = sent(headers, "authorization") + '\n' + sent(headers, "cookie");
    boolean told = identified || credentials.length() > 1;
    Optional<String> authorization = request.header("Authorization");
    boolean personal = told || caller.known() || authorization.isPresent();
    String whose =
        personal
            ? digest(
                List.of(
                    caller.actor(),
                    String.join(",", new TreeSet<>(caller.roles())),
                    // nobody is known by it, and yet it is not for others what it brought
                    caller.known() ? "" : authorization.orElse(""),
                    credentials))
            : NOBODY;
    return new CachedRequest(
        request, request.headerLines(), route, settings, key, headers, told, whose);
  }

  /// Nobody reads credentials out of what is kept.
  private static String digest(List<String> parts) {
    try {
      byte[] all = String.join("\n", parts).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(all));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  int route() {
    return route;
  }

  AnswerCacheSettings settings() {
    return settings;
  }

  ResourceKey key() {
    return key;
  }

  /// The headers that tell answers apart, whatever these say.
  List<HeaderLine> apart() {
    return apart;
  }

  /// Who asks; [#NOBODY] when that is not known, nor said.
  String whose() {
    return whose;
  }

  /// Whether it comes with credentials, or the service hears who asks.
  boolean isPersonal() {
    return !whose.equals(NOBODY);
  }

  /// Whether an answer may be given to who asks.
  ///
  /// @param other whose it is
  boolean mayHave(String other) {
    return other.equals(Keeping.ALL)
        || other.equals(whose)
        // the service would hear of this caller as little as of the other
        || (other.equals(NOBODY) && !told);
  }

  /// What the service gets under a name: the values of all lines, in their order.
  String sent(String name) {
    return sent(headers, name);
  }

  private static String sent(List<HeaderLine> headers, String name) {
    return headers.stream()
        .filter(header -> header.is(name))
        .map(HeaderLine::value)
        .collect(Collectors.joining(", "));
  }

  /// What the client sent.
  Optional<String> header(String name) {
    return lines.stream().anyMatch(line -> line.is(name))
        ? Optional.of(sent(lines, name))
        : Optional.empty();
  }

  /// Whether a kept answer can be one to it, and its answer be kept.
  boolean isForCaches() {
    return (isHead() || method.equals("GET"))
        && !hasBody
        && !directives.has("no-store")
        && header("If-Match").isEmpty()
        && header("If-Unmodified-Since").isEmpty()
        && !sent("accept").toLowerCase(Locale.ROOT).contains("text/event-stream");
  }

  boolean isHead() {
    return method.equals("HEAD");
  }

  /// Whether its answer would be one that can be kept: all of it.
  boolean isForAllOfIt() {
    return !isHead() && header("Range").isEmpty();
  }

  boolean wantsKeptAlone() {
    return directives.has("only-if-cached");
  }

  /// Whether it says how old an answer may be.
  boolean isParticular() {
    return directives.has("no-cache") || directives.has("max-age") || directives.has("min-fresh");
  }

  /// Whether the answer is one for it as it is now.
  boolean takes(Freshness freshness, Instant now) {
    OptionalLong oldest = directives.seconds("max-age");
    return freshness.isFresh(now)
        && !directives.has("no-cache")
        && (oldest.isEmpty() || freshness.age(now).toSeconds() < oldest.getAsLong())
        && freshness.left(now).toSeconds() >= directives.seconds("min-fresh").orElse(0);
  }

  /// The request that brings an answer which may be kept.
  ///
  /// @param conditions that it has besides
  /// @param client watches for the end of the client
  OutgoingRequest outgoing(List<HeaderLine> conditions, Consumer<Runnable> client) {
    List<HeaderLine> all = new ArrayList<>(headers);
    all.addAll(conditions);
    return new OutgoingRequest(
        "GET", key.target(), all, null, false, false, false, network, client);
  }

  /// Has something done when the client goes, in place of what was to be done before.
  void whenClientGoes(Runnable gone) {
    clientEnd.then(gone);
  }
}
