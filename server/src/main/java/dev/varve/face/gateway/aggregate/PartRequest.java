package dev.varve.face.gateway.aggregate;

import dev.varve.lane.access.Caller;
import dev.varve.net.http.EntityTags;
import dev.varve.net.http.HeaderLine;
import dev.varve.net.http.QueryString;
import dev.varve.net.http.Request;
import dev.varve.net.http.RequestWithoutBody;
import dev.varve.net.http.Routes;
import dev.varve.net.http.ShownCertificate;
import dev.varve.net.limit.Quotas;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// A request for a part that Varve answers itself, on behalf of the request for the whole: a plain `GET` of the same caller.
final class PartRequest implements RequestWithoutBody {
  // what is asked of the whole, and has no meaning for a part
  private static final Set<String> OF_THE_WHOLE =
      Set.of(
          "if-match",
          "if-none-match",
          "if-modified-since",
          "if-unmodified-since",
          "if-range",
          "range",
          "accept",
          "content-type",
          "idempotency-key");

  private final Request whole;
  private final Routes.Place place;
  private final String path;
  private final Optional<String> rawQuery;
  private final List<String> segments;
  private final QueryString query;
  private final Quotas quotas;

  /// @param target path and query
  PartRequest(Request whole, Routes.Place place, String target, Quotas quotas) {
    String[] parts = target.split("\\?", 2);
    this.whole = whole;
    this.place = place;
    this.path = parts[0];
    this.rawQuery = parts.length == 1 ? Optional.empty() : Optional.of(parts[1]);
    this.segments = Template.segments(path);
    this.query = QueryString.parse(rawQuery.orElse(""));
    this.quotas = quotas;
  }

  @Override
  public String id() {
    return whole.id();
  }

  @Override
  public Instant startedAt() {
    return whole.startedAt();
  }

  @Override
  public Caller caller() {
    return whole.caller();
  }

  @Override
  public Caller callerNow() {
    return whole.callerNow();
  }

  @Override
  public Caller callerOrAnonymous() {
    return whole.callerOrAnonymous();
  }

  @Override
  public Caller callerUnlessForeign() {
    return whole.callerUnlessForeign();
  }

  @Override
  public Caller caller(String authorization) {
    return whole.caller(authorization);
  }

  @Override
  public Caller callerNow(String authorization) {
    return whole.callerNow(authorization);
  }

  @Override
  public Optional<ShownCertificate> certificate() {
    return whole.certificate();
  }

  @Override
  public String method() {
    return "GET";
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public String pattern() {
    return place.pattern();
  }

  @Override
  public List<String> segments() {
    return segments;
  }

  @Override
  public String variable(String name) {
    return segments.get(place.segmentOf(name));
  }

  @Override
  public List<String> tail() {
    return place.tailOf(segments);
  }

  @Override
  public QueryString query() {
    return query;
  }

  @Override
  public Optional<String> header(String name) {
    return OF_THE_WHOLE.contains(name.toLowerCase(Locale.ROOT))
        ? Optional.empty()
        : whole.header(name);
  }

  @Override
  public List<HeaderLine> headerLines() {
    return whole.headerLines().stream()
        .filter(line -> !OF_THE_WHOLE.contains(line.name().toLowerCase(Locale.ROOT)))
        .toList();
  }

  @Override
  public Optional<String> rawQuery() {
    return rawQuery;
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
    return whole.remoteAddress();
  }

  @Override
  public String scheme() {
    return whole.scheme();
  }

  @Override
  public String origin() {
    return whole.origin();
  }

  @Override
  public String network() {
    return whole.network();
  }

  @Override
  public <T> T admitted(Supplier<T> work) {
    return whole.admitted(work);
  }

  @Override
  public <T> T counted(Supplier<T> work) {
    return whole.counted(work);
  }

  @Override
  public void spend(long units) {
    quotas.spend(units);
  }

  @Override
  public void whenClientGoes(Runnable gone) {
    throw new IllegalStateException("The request for the whole watches for its client");
  }
}
