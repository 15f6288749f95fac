package dev.varve.net.edge;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Network;
import dev.varve.kernel.Outage;
import dev.varve.kernel.Problem;
import dev.varve.net.admission.Deadlines;
import dev.varve.net.admission.InputBudget;
import dev.varve.net.admission.NetworkShares;
import dev.varve.net.admission.RequestLimit;
import dev.varve.net.compression.Compression;
import dev.varve.net.cors.Cors;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Authentication;
import dev.varve.net.http.ClientGone;
import dev.varve.net.http.ErrorAnswers;
import dev.varve.net.http.Handler;
import dev.varve.net.http.Routes;
import dev.varve.net.http.Streaming;
import dev.varve.net.limit.Quotas;
import dev.varve.net.limit.RateLimits;
import dev.varve.net.proxy.Sender;
import dev.varve.net.proxy.TrustedProxies;
import dev.varve.net.tls.StrictTransport;
import dev.varve.telemetry.CurrentRequest;
import dev.varve.telemetry.Span;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.HttpSecurity;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where every request comes in; the order of its methods is the order of its stages. It stands in the place of Helidon's
/// own routing, because routes follow the schema, which may change while the server runs.
///
/// ```
/// exchange (deadline, request id) -> preflight -> admission -> plain HTTP -> route -> rate limits -> handler -> compression
///     -> AnswerSender
/// ```
final class Dispatcher implements HttpRouting {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
  // a request that outlives the end is nobody's
  private static final Authentication STOPPED =
      _ -> {
        throw new Problem(ErrorCode.OVERLOADED, "The server has stopped");
      };

  private final HttpSecurity security = HttpSecurity.create();
  private final HttpSettings settings;
  private final Clock clock;
  private final Duration idle;
  private final RequestIds requestIds;
  private final RequestLimit requestLimit;
  private final Deadlines deadlines;
  private final OpenStreams streams;
  private final Compression compression;
  private final AnswerSender sender;
  private final Cors cors;
  private final NetworkShares shares;
  private final TrustedProxies proxies;
  private final RequestObserver observer;
  private final RateLimits limits;
  private final PlainHttp plainHttp;
  private volatile Authentication authentication;
  private volatile Routes routes;

  Dispatcher(
      HttpSettings settings,
      Clock clock,
      RequestIds requestIds,
      Deadlines deadlines,
      Authentication authentication,
      OpenStreams streams,
      RequestLimit requestLimit,
      NetworkShares shares,
      TrustedProxies proxies,
      RateLimits limits,
      RequestObserver observer,
      PlainHttp plainHttp,
      Routes routes) {
    this.settings = settings;
    this.clock = clock;
    this.idle = Duration.ofSeconds(settings.idleTimeoutSeconds());
    this.requestIds = requestIds;
    this.deadlines = deadlines;
    this.authentication = authentication;
    this.streams = streams;
    this.compression = new Compression(settings.compression());
    this.cors = new Cors(settings.cors());
    this.sender =
        new AnswerSender(
            streams,
            settings.bodyBytesMax(),
            cors,
            new StrictTransport(settings.tls().hstsSeconds()));
    this.plainHttp = plainHttp;
    this.shares = shares;
    this.proxies = proxies;
    this.limits = limits;
    this.observer = observer;
    this.requestLimit = requestLimit;
    this.routes = routes;
  }

  void routes(Routes next) {
    routesBesideStreams(next);
    streams.stopThoseOpen();
  }

  /// The same, and streams go on.
  void routesBesideStreams(Routes next) {
    routes = next;
  }

  /// From now on every answer asks its client to come back on a new connection, and streams end.
  void stopping() {
    streams.stop();
  }

  /// Nobody asks any more. Helidon 4.5.0 never ends its timer of idle connections, which holds the listener and so this (its issue
  /// 11939, mended in 27): it is not to hold all that has served.
  void stopped() {
    routes = Routes.of(List.of());
    authentication = STOPPED;
  }

  @Override
  public HttpSecurity security() {
    return security;
  }

  @Override
  public void route(
      ConnectionContext connection, RoutingRequest request, RoutingResponse response) {
    MeteredConnection metered = (MeteredConnection) connection;
    metered.budget().earn(InputBudget.REQUEST_PIECES);
    boolean ownsConnection = Exchange.ownsConnection(request);
    if (ownsConnection) {
      // the next request may be there already
      metered.budget().turn();
    }
    Deadlines.Deadline deadline =
        ownsConnection ? deadlines.ofConnection(connection) : deadlines.ofStream(connection);
    Sender direct = direct(metered, request);
    Sender client = proxies.client(direct, request.headers());
    boolean proxied = !client.address().equals(direct.address());
    NetworkShares.Share share =
        proxied ? shares.open(Network.of(client.address())) : metered.share();
    String requestId = requestIds.of(request.headers());
    ClientWatch watch = new ClientWatch(metered);
    try (Observation observation = observer.begin(metered, request, requestId, client)) {
      RequestBody body = new RequestBody(request, deadline, settings.bodyBytesMax(), metered);
      Exchange exchange =
          new Exchange(
              metered,
              request,
              response,
              requestId,
              deadline,
              body,
              watch,
              observation,
              client,
              share,
              proxies);
      CurrentRequest.run(requestId, () -> answerAndSend(exchange));
    } finally {
      deadline.done();
      if (proxied) {
        share.close();
      }
    }
    watch.end(streams::areStopping, idle);
  }

  private static Sender direct(MeteredConnection connection, RoutingRequest request) {
    ServerRequestHeaders headers = request.headers();
    return new Sender(
        connection.peer(),
        connection.isSecure() ? Sender.HTTPS : Sender.HTTP,
        headers.contains(HeaderNames.HOST) ? headers.get(HeaderNames.HOST).get() : "");
  }

  private void answerAndSend(Exchange exchange) {
    Answer answer =
        cors.preflight(exchange.request().prologue().method(), exchange.request().headers())
            .orElseGet(() -> traced(exchange));
    boolean last = exchange.ownsConnection() && isLast(exchange);
    if (!exchange.ownsConnection()) {
      // the end of an answer ends its stream; what the client still sent then would reset it
      // before it is read
      discardBody(exchange, answer);
    }
    sender.send(exchange, answer, last);
    if (exchange.ownsConnection()) {
      exchange.body().discard();
    }
    if (last) {
      throw new CloseConnectionException("the last answer on this connection");
    }
  }

  private boolean isLast(Exchange exchange) {
    return streams.areStopping() || exchange.body().spoilsConnection() || exchange.clientCloses();
  }

  /// A client that goes meanwhile leaves no stream open that nobody will ever read.
  private static void discardBody(Exchange exchange, Answer answer) {
    try {
      exchange.body().discard();
    } catch (CloseConnectionException gone) {
      Streaming streaming = answer.streaming();
      if (streaming != null) {
        streaming.close();
      }
      throw gone;
    }
  }

  private Answer traced(Exchange exchange) {
    Span span = exchange.observation().span();
    return span == null ? answer(exchange) : span.within(() -> answer(exchange));
  }

  private Answer answer(Exchange exchange) {
    try {
      Answer answer =
          requestLimit.admit(exchange.share(), () -> compressed(exchange, handle(exchange)));
      return answer.isLater() ? guarded(exchange, now(exchange, answer)) : answer;
    } catch (Problem problem) {
      return compressed(exchange, refusal(exchange, problem));
    } catch (Outage outage) {
      return compressed(exchange, refusal(exchange, told(exchange, outage)));
    } catch (CloseConnectionException gone) {
      throw gone;
    } catch (ClientGone gone) {
      throw new CloseConnectionException("the client went before it was answered", gone);
    } catch (Exception | StackOverflowError bug) {
      LOG.error(
          "{} {} failed",
          exchange.method(),
          exchange.request().prologue().uriPath().rawPath(),
          bug);
      return exchange.internalError();
    }
  }

  /// Every request meets it, so that the log has a line of each and no more.
  private static Problem told(Exchange exchange, Outage outage) {
    String method = exchange.method();
    LOG.warn(
        "{} {} could not be answered: {}",
        method,
        exchange.request().prologue().uriPath().rawPath(),
        outage.getMessage());
    return outage.problem(method.equals("GET") || method.equals("HEAD"));
  }

  /// What was refused before it was known who would have answered.
  private Answer refusal(Exchange exchange, Problem problem) {
    return handler(exchange)
        .map(handler -> refusal(exchange, handler, problem))
        .orElseGet(() -> exchange.refusal(problem));
  }

  private Optional<Handler> handler(Exchange exchange) {
    try {
      return routes
          .find(RequestTarget.of(exchange.request()).segments())
          .map(place -> place.handler(exchange.method()));
    } catch (Problem nowhere) {
      return Optional.empty();
    }
  }

  private Answer compressed(Exchange exchange, Answer answer) {
    return compression.of(exchange.request().headers(), answer);
  }

  /// The connection is in use meanwhile, however long nothing goes over it.
  private Answer now(Exchange exchange, Answer later) {
    Runnable underWay = () -> {};
    streams.add(exchange.connection(), underWay);
    try {
      Answer answer = later.now();
      return answer.isRelayed() ? answer : compressed(exchange, answer);
    } finally {
      streams.remove(exchange.connection(), underWay);
    }
  }

  private Answer handle(Exchange exchange) {
    RequestTarget target = RequestTarget.of(exchange.request());
    if (!exchange.connection().isSecure()) {
      Optional<Answer> instead = plainHttp.instead(exchange, target);
      if (instead.isPresent()) {
        return instead.get();
      }
    }
    return handle(exchange, target);
  }

  private Answer handle(Exchange exchange, RequestTarget target) {
    Optional<Routes.Place> place = routes.find(target.segments());
    if (place.isEmpty()) {
      throw target.notFound();
    }
    exchange.observation().routed(place.get().pattern());
    Handler webSocket = place.get().webSocket();
    if (webSocket != null && WebSocketHandshake.isWanted(exchange.request())) {
      cors.requireAllowed(exchange.request().headers(), exchange.sender());
      return WebSocketHandshake.refusal(exchange)
          .orElseGet(() -> limited(exchange, target, place.get(), webSocket));
    }
    Handler handler = place.get().handler(exchange.method());
    return handler == null
        ? otherMethod(exchange, target, place.get())
        : guarded(exchange, limited(exchange, target, place.get(), handler));
  }

  /// What a handler answers to a caller that has not asked too often, with what is left of its limits.
  private Answer limited(
      Exchange exchange, RequestTarget target, Routes.Place place, Handler handler) {
    Quotas quotas = limits.quotas(exchange.method(), place.pattern());
    ReceivedRequest received =
        new ReceivedRequest(
            exchange, clock.instant(), target, place, authentication, requestLimit, quotas);
    try {
      quotas.enter(received);
      return quotas.told(located(received, handler.handle(received)));
    } catch (Problem problem) {
      return quotas.told(located(received, refusal(exchange, handler, problem)));
    } catch (Outage outage) {
      return quotas.told(refusal(exchange, handler, told(exchange, outage)));
    }
  }

  private static Answer refusal(Exchange exchange, Handler handler, Problem problem) {
    return handler.refusal(problem, exchange).orElseGet(() -> exchange.refusal(problem));
  }

  /// A refusal for want of credentials, with where to find out how to get some. What a service behind the gateway says stays as it is.
  private Answer located(ReceivedRequest received, Answer answer) {
    boolean refused = answer.status() == 401 || answer.status() == 403;
    return refused && !answer.isLater() && !answer.isRelayed()
        ? authentication
            .metadata(received)
            .map(metadata -> ErrorAnswers.locating(answer, metadata))
            .orElse(answer)
        : answer;
  }

  /// A stream takes room as long as its reader likes: a page that may not read it must not hold one open.
  private Answer guarded(Exchange exchange, Answer answer) {
    Streaming streaming = answer.streaming();
    if (streaming == null) {
      return answer;
    }
    try {
      cors.requireAllowed(exchange.request().headers(), exchange.sender());
      return answer;
    } catch (Problem forbidden) {
      streaming.close();
      throw forbidden;
    }
  }

  private static Answer otherMethod(Exchange exchange, RequestTarget target, Routes.Place place) {
    String allow = place.allow();
    if (exchange.method().equals("OPTIONS")) {
      return Answer.noContent().with("Allow", allow);
    }
    if (place.hasTail()) {
      // that the rest of the path leads anywhere is for the handler of another method to say
      throw target.notFound();
    }
    Problem problem =
        new Problem(ErrorCode.METHOD_NOT_ALLOWED, "%s takes %s".formatted(place.pattern(), allow));
    return exchange.refusal(problem).with("Allow", allow);
  }
}
