package dev.varve.face.gateway;

import dev.varve.lane.access.Caller;
import dev.varve.net.http.EntityTags;
import dev.varve.net.http.HeaderLine;
import dev.varve.net.http.PercentEncoding;
import dev.varve.net.http.QueryString;
import dev.varve.net.http.RequestWithoutBody;
import dev.varve.net.http.ShownCertificate;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// A request that nobody sends, to find out what would become of it: a head without a body.
///
/// @param method in capitals
/// @param origin scheme, host and port that it asks for
/// @param path as it would be sent
/// @param segments the same, decoded
/// @param caller who would send it
record ImaginedRequest(
    String method,
    String origin,
    String path,
    Optional<String> rawQuery,
    List<String> segments,
    List<HeaderLine> headerLines,
    Caller caller,
    Instant startedAt)
    implements RequestWithoutBody {
  // who asks on this machine asks from there
  private static final String ADDRESS = "127.0.0.1";

  /// @param url with its scheme and host, or the path alone of one that asks this machine
  /// @throws IllegalArgumentException with what is wrong, to follow the URL
  static ImaginedRequest of(
      String method, String url, List<HeaderLine> headers, Caller caller, Instant now) {
    int scheme = url.indexOf("://");
    int start = url.indexOf('/', scheme < 0 ? 0 : scheme + "://".length());
    String origin = start < 0 ? url : url.substring(0, start);
    String target = start < 0 ? "/" : url.substring(start);
    if (!origin.isEmpty() && (scheme < 0 || !isOrigin(origin))) {
      throw new IllegalArgumentException(
          "is no URL: write https://shop.example/path?query, or the path from its slash on");
    }
    String[] parts = target.split("#", 2)[0].split("\\?", 2);
    return new ImaginedRequest(
        method,
        origin.isEmpty() ? "http://localhost" : origin,
        parts[0],
        parts.length == 1 ? Optional.empty() : Optional.of(parts[1]),
        decoded(parts[0]),
        headers,
        caller,
        now);
  }

  private static boolean isOrigin(String text) {
    try {
      return URI.create(text).getHost() != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static List<String> decoded(String path) {
    List<String> segments = new ArrayList<>();
    for (String segment : path.substring(1).split("/", -1)) {
      try {
        segments.add(PercentEncoding.decode(segment));
      } catch (PercentEncoding.Malformed e) {
        throw new IllegalArgumentException(
            "has a path that cannot be read: %s".formatted(e.getMessage()), e);
      }
    }
    return segments;
  }

  @Override
  public String id() {
    return "imagined";
  }

  @Override
  public Caller callerNow() {
    return caller;
  }

  @Override
  public Caller callerOrAnonymous() {
    return caller;
  }

  @Override
  public Caller callerUnlessForeign() {
    return caller;
  }

  @Override
  public Caller caller(String authorization) {
    return caller;
  }

  @Override
  public Caller callerNow(String authorization) {
    return caller;
  }

  @Override
  public String pattern() {
    return path;
  }

  @Override
  public String variable(String name) {
    throw new IllegalStateException("No route has been asked for " + name);
  }

  @Override
  public List<String> tail() {
    return List.of();
  }

  @Override
  public QueryString query() {
    return QueryString.parse(rawQuery.orElse(""));
  }

  @Override
  public Optional<String> header(String name) {
    List<String> values =
        headerLines.stream().filter(line -> line.is(name)).map(HeaderLine::value).toList();
    return values.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", values));
  }

  @Override
  public Optional<EntityTags> ifMatch() {
    return Optional.empty();
  }

  @Override
  public Optional<EntityTags> ifNoneMatch() {
    return Optional.empty();
  }

  @Override
  public String remoteAddress() {
    return ADDRESS;
  }

  @Override
  public Optional<ShownCertificate> certificate() {
    return Optional.empty();
  }

  @Override
  public String scheme() {
    return origin.substring(0, origin.indexOf(':'));
  }

  @Override
  public String network() {
    return ADDRESS;
  }

  @Override
  public <T> T admitted(Supplier<T> work) {
    return work.get();
  }

  @Override
  public <T> T counted(Supplier<T> work) {
    return work.get();
  }

  @Override
  public void spend(long units) {
    // it counts against nothing
  }

  @Override
  public void whenClientGoes(Runnable gone) {
    // there is none
  }
}
