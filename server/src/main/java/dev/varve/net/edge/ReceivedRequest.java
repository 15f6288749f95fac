package dev.varve.net.edge;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Json;
import dev.varve.kernel.Network;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.net.admission.RequestLimit;
import dev.varve.net.http.AcceptEncoding;
import dev.varve.net.http.Authentication;
import dev.varve.net.http.EntityTags;
import dev.varve.net.http.HeaderLine;
import dev.varve.net.http.Inlet;
import dev.varve.net.http.QueryString;
import dev.varve.net.http.Request;
import dev.varve.net.http.Routes;
import dev.varve.net.http.ShownCertificate;
import dev.varve.net.limit.Quotas;
import io.helidon.http.Header;
import io.helidon.webserver.http.ServerRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A [Request] as Helidon hands it over.
final class ReceivedRequest implements Request {
  private final Exchange exchange;
  private final ServerRequest request;
  private final Instant startedAt;
  private final RequestTarget target;
  private final Routes.Place place;
  private final Authentication authentication;
  private final RequestLimit requestLimit;
  private final Quotas quotas;
  private @Nullable QueryString query;
  private @Nullable String network;
  private @Nullable Caller caller;
  private @Nullable Problem badCredentials;

  ReceivedRequest(
      Exchange exchange,
      Instant startedAt,
      RequestTarget target,
      Routes.Place place,
      Authentication authentication,
      RequestLimit requestLimit,
      Quotas quotas) {
    this.exchange = exchange;
    this.request = exchange.request();
    this.startedAt = startedAt;
    this.target = target;
    this.place = place;
    this.authentication = authentication;
    this.requestLimit = requestLimit;
    this.quotas = quotas;
    exchange.observation().handed(this);
  }

  @Override
  public String id() {
    return exchange.requestId();
  }

  @Override
  public Instant startedAt() {
    return startedAt;
  }

  @Override
  public Caller caller() {
    Caller known = caller;
    if (known == null) {
      known = authenticated();
      caller = known;
    }
    return known;
  }

  /// Who sent it, if somebody has asked already.
  @Nullable Caller knownCaller() {
    return caller;
  }

  private Caller authenticated() {
    if (badCredentials != null) {
      throw badCredentials;
    }
    try {
      return authentication.caller(header("Authorization").orElse(""), this);
    } catch (Problem problem) {
      // a guess counts once, however often it is asked who made it
      badCredentials = problem;
      throw problem;
    }
  }

  @Override
  public Caller callerOrAnonymous() {
    try {
      return caller();
    } catch (Problem bad) {
      return Caller.ANONYMOUS;
    }
  }

  @Override
  public Caller callerUnlessForeign() {
    try {
      return caller();
    } catch (Problem bad) {
      if (authentication.isOwn(header("Authorization").orElse(""))) {
        throw bad;
      }
      return Caller.ANONYMOUS;
    }
  }

  @Override
  public Caller callerNow() {
    return callerNow(header("Authorization").orElse(""));
  }

  @Override
  public Caller caller(String authorization) {
    return authentication.caller(authorization, this);
  }

  @Override
  public Caller callerNow(String authorization) {
    return authentication.callerNow(authorization, this);
  }

  @Override
  public String method() {
    return request.prologue().method().text();
  }

  @Override
  public String path() {
    return target.path();
  }

  @Override
  public String pattern() {
    return place.pattern();
  }

  @Override
  public List<String> segments() {
    return target.segments();
  }

  @Override
  public String variable(String name) {
    return target.segments().get(place.segmentOf(name));
  }

  @Override
  public List<String> tail() {
    return place.tailOf(target.segments());
  }

  @Override
  public QueryString query() {
    QueryString known = query;
    if (known == null) {
      known =
          request.prologue().hasQuery()
              ? QueryString.parse(request.prologue().query().rawValue())
              : QueryString.parse("");
      query = known;
    }
    return known;
  }

  @Override
  public Optional<String> header(String name) {
    return exchange.header(name);
  }

  @Override
  public List<HeaderLine> headerLines() {
    List<HeaderLine> lines = new ArrayList<>();
    for (Header header : request.headers()) {
      for (String value : header.allValues()) {
        lines.add(new HeaderLine(header.name(), value));
      }
    }
    return lines;
  }

  @Override
  public Optional<String> rawQuery() {
    return request.prologue().hasQuery()
        ? Optional.of(request.prologue().query().rawValue())
        : Optional.empty();
  }

  @Override
  public Optional<EntityTags> ifMatch() {
    return header("If-Match").map(value -> EntityTags.parse("If-Match", value).ofPlainForms());
  }

  @Override
  public Optional<EntityTags> ifNoneMatch() {
    return header("If-None-Match").map(this::kept);
  }

  /// A client that does not take gzip any more has no use for what it keeps of it.
  private EntityTags kept(String value) {
    EntityTags tags = EntityTags.parse("If-None-Match", value);
    return AcceptEncoding.of(header("Accept-Encoding").orElse("")).takesGzip()
        ? tags.ofPlainForms()
        : tags;
  }

  @Override
  public String remoteAddress() {
    return exchange.sender().address();
  }

  @Override
  public String network() {
    String known = network;
    if (known == null) {
      known = Network.of(remoteAddress());
      network = known;
    }
    return known;
  }

  @Override
  public Optional<ShownCertificate> certificate() {
    return exchange.certificate();
  }

  @Override
  public String scheme() {
    return exchange.sender().scheme();
  }

  @Override
  public String origin() {
    return exchange.sender().origin();
  }

  @Override
  public <T> T admitted(Supplier<T> work) {
    return requestLimit.admit(exchange.share(), work);
  }

  @Override
  public <T> T counted(Supplier<T> work) {
    return requestLimit.count(exchange.share(), work);
  }

  @Override
  public void spend(long units) {
    quotas.spend(units);
  }

  @Override
  public boolean hasBody() {
    return exchange.body().isPresent();
  }

  @Override
  public byte[] body(String... accepted) {
    requireUncoded();
    requireMediaType(List.of(accepted));
    return exchange.body().read();
  }

  @Override
  public Inlet inlet() {
    return exchange.body().inlet();
  }

  @Override
  public void whenClientGoes(Runnable gone) {
    if (exchange.ownsConnection()) {
      exchange.watch().start(gone);
    }
  }

  @Override
  public @Nullable Object json() {
    return Json.read(body("application/json"));
  }

  @Override
  public QueryString form() {
    byte[] body = body("application/x-www-form-urlencoded");
    return QueryString.parse(new String(body, StandardCharsets.UTF_8));
  }

  private void requireUncoded() {
    Optional<String> coding =
        header("Content-Encoding").filter(named -> !named.equalsIgnoreCase("identity"));
    if (coding.isPresent()) {
      throw new Problem(
          ErrorCode.UNSUPPORTED_MEDIA_TYPE,
          "The body is coded (Content-Encoding: %s). Send it as it is"
              .formatted(shortened(coding.get())));
    }
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
