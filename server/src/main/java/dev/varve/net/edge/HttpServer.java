package dev.varve.net.edge;

import dev.varve.kernel.Allowance;
import dev.varve.net.admission.Deadlines;
import dev.varve.net.admission.NetworkShares;
import dev.varve.net.admission.RequestLimit;
import dev.varve.net.certificate.Certificates;
import dev.varve.net.certificate.TlsSettings;
import dev.varve.net.http.Authentication;
import dev.varve.net.http.Routes;
import dev.varve.net.limit.RateLimits;
import dev.varve.net.proxy.Peers;
import dev.varve.net.proxy.TrustedProxies;
import dev.varve.settings.WrongSetting;
import dev.varve.telemetry.Metrics;
import dev.varve.telemetry.Telemetry;
import io.helidon.webserver.WebServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// The listener: HTTP/1.1 and HTTP/2, over TLS or without, each request on its own virtual thread.
///
/// ```
/// HttpServer server = HttpServer.start(settings, routes, clock, ids, authentication);
/// server.routes(others);   // the schema has changed
/// server.stop();           // finishes what was accepted
/// ```
public final class HttpServer implements AutoCloseable {
  // a quarter of the heap is for what requests are made of, what they read, and answers that
  // clients
  // have not taken yet; the rest is for caches, and for what is not counted
  private static final int HEAP_PARTS_FOR_REQUESTS = 4;

  private final WebServer server;
  private final Optional<WebServer> redirecting;
  private final Optional<WebServer> asking;
  private final Dispatcher dispatcher;
  private final Deadlines deadlines;

  private HttpServer(
      WebServer server,
      Optional<WebServer> redirecting,
      Optional<WebServer> asking,
      Dispatcher dispatcher,
      Deadlines deadlines) {
    this.server = server;
    this.redirecting = redirecting;
    this.asking = asking;
    this.dispatcher = dispatcher;
    this.deadlines = deadlines;
  }

  /// Listens, and answers as soon as this returns.
  ///
  /// @param requestIds makes the ids of requests that come without one
  /// @param authentication tells who sends them
  /// @throws CannotListen when the address or the port is not to be had
  /// @throws WrongSetting when another port of the settings is not
  public static HttpServer start(
      HttpSettings settings,
      Routes routes,
      Clock clock,
      Supplier<String> requestIds,
      Authentication authentication) {
    return start(settings, routes, clock, requestIds, authentication, Optional.empty());
  }

  /// The same over TLS.
  ///
  /// @param certificates what the server shows; without any it speaks plain HTTP
  public static HttpServer start(
      HttpSettings settings,
      Routes routes,
      Clock clock,
      Supplier<String> requestIds,
      Authentication authentication,
      Optional<Certificates> certificates) {
    return start(
        settings,
        routes,
        clock,
        requestIds,
        authentication,
        certificates,
        RateLimits.NONE,
        Telemetry.NONE);
  }

  /// The same with limits on how often callers may ask, telling of what it does.
  ///
  /// @param certificates what the server shows; without any it speaks plain HTTP
  public static HttpServer start(
      HttpSettings settings,
      Routes routes,
      Clock clock,
      Supplier<String> requestIds,
      Authentication authentication,
      Optional<Certificates> certificates,
      RateLimits limits,
      Telemetry telemetry) {
    Allowance.Pool memory =
        new Allowance.Pool(Runtime.getRuntime().maxMemory() / HEAP_PARTS_FOR_REQUESTS);
    Deadlines deadlines =
        new Deadlines(
            Duration.ofSeconds(settings.receiveTimeoutSeconds()),
            Duration.ofSeconds(settings.sendTimeoutSeconds()),
            memory);
    OpenStreams streams = new OpenStreams();
    NetworkShares shares =
        new NetworkShares(
            settings.networkSharePercent(),
            settings.connectionsMax(),
            settings.concurrentRequestsMax(),
            settings.queuedRequestsMax(),
            memory);
    TrustedProxies proxies =
        TrustedProxies.of(
            settings.trustedProxies(), settings.proxyHeaders(), settings.proxyCertificates());
    RequestLimit requestLimit =
        new RequestLimit(
            settings.concurrentRequestsMax(),
            settings.queuedRequestsMax(),
            settings.queueTimeoutMillis());
    RequestObserver observer = new RequestObserver(telemetry, clock);
    CompletableFuture<Integer> httpsPort = new CompletableFuture<>();
    Dispatcher dispatcher =
        new Dispatcher(
            settings,
            clock,
            new RequestIds(requestIds),
            deadlines,
            authentication,
            streams,
            requestLimit,
            shares,
            proxies,
            limits,
            observer,
            PlainHttp.of(settings, proxies, certificates, httpsPort::join),
            routes);
    AtomicInteger connections = new AtomicInteger();
    measure(telemetry.metrics(), requestLimit, memory, streams, connections);
    Listening listening =
        new Listening(
            settings,
            requestIds,
            dispatcher,
            deadlines,
            streams,
            observer,
            connections,
            new Peers(proxies, settings.proxyProtocol()),
            shares);
    Optional<Encryption.Tls> tls =
        certificates.map(shown ->
            new Encryption.Tls(
                shown, deadlines, requestIds, Encryption.Tls.handshakes(telemetry.metrics())));
    try {
      WebServer server =
          listening.listen(
              settings.port(), tls.<Encryption>map(known -> known).orElse(new Encryption.None()));
      httpsPort.complete(server.port());
      Optional<WebServer> redirecting = redirecting(server, listening);
      Optional<WebServer> asking =
          tls.flatMap(known -> asking(server, redirecting, listening, known.thatAsks()));
      HttpServer started = new HttpServer(server, redirecting, asking, dispatcher, deadlines);
      certificates.ifPresent(Certificates::keepCurrent);
      return started;
    } catch (CannotListen | WrongSetting e) {
      deadlines.close();
      throw e;
    }
  }

  /// @param server stopped when the other port is not to be had
  private static Optional<WebServer> redirecting(WebServer server, Listening listening) {
    HttpSettings settings = listening.settings();
    if (!settings.redirects()) {
      return Optional.empty();
    }
    return Optional.of(
        beside(
            List.of(server),
            "http.redirectPort",
            settings.redirectPort(),
            port -> listening.listen(port, new Encryption.None())));
  }

  /// @param server stopped when the port on which clients are asked for certificates is not to be had, as is the other
  private static Optional<WebServer> asking(
      WebServer server, Optional<WebServer> other, Listening listening, Encryption encryption) {
    TlsSettings settings = listening.settings().tls();
    if (!settings.asksElsewhere()) {
      return Optional.empty();
    }
    List<WebServer> others = Stream.concat(Stream.of(server), other.stream()).toList();
    return Optional.of(
        beside(
            others,
            "http.tls.clientCertificatePort",
            settings.clientCertificatePort(),
            port -> listening.listen(port, encryption)));
  }

  private static WebServer beside(
      List<WebServer> others, String setting, int port, IntFunction<WebServer> listen) {
    try {
      return listen.apply(port);
    } catch (CannotListen e) {
      others.forEach(WebServer::stop);
      throw new WrongSetting(
          setting,
          "is %d, and nobody can listen there: %s. Choose another".formatted(port, e.reason()));
    }
  }

  private static void measure(
      Metrics metrics,
      RequestLimit requests,
      Allowance.Pool memory,
      OpenStreams streams,
      AtomicInteger connections) {
    metrics.gauge("varve_http_requests_in_progress", "Requests being handled.", requests::underWay);
    metrics.gauge(
        "varve_http_requests_waiting", "Requests that wait for their turn.", requests::waiting);
    metrics.gauge("varve_http_connections", "Open connections.", connections::get);
    metrics.gauge("varve_http_streams", "Open event streams and WebSockets.", streams::count);
    metrics.gauge("varve_request_memory_bytes", "Memory that requests have taken.", memory::taken);
    metrics.gauge("varve_request_memory_max_bytes", "Memory that they may take.", memory::bytesMax);
  }

  /// The address or the port is not to be had.
  public static final class CannotListen extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String reason;

    CannotListen(String host, int port) {
      this(host, port, reason(host, port));
    }

    private CannotListen(String host, int port, String reason) {
      super(
          "Cannot listen on %s:%d: %s. Choose another with --host and --port, or with the settings http.host and http.port"
              .formatted(host, port, reason));
      this.reason = reason;
    }

    /// Such as `Address already in use`.
    public String reason() {
      return reason;
    }

    // Helidon keeps the reason to itself; trying once more tells it
    private static String reason(String host, int port) {
      try (ServerSocket socket = new ServerSocket()) {
        socket.bind(new InetSocketAddress(host, port));
        return "it was taken a moment ago";
      } catch (IOException e) {
        return String.valueOf(e.getMessage());
      }
    }
  }

  /// Requests that come from now on are answered by these routes; those under way keep theirs, but
  /// streams and WebSockets end, so that their clients come back to these.
  public void routes(Routes routes) {
    dispatcher.routes(routes);
  }

  /// The same, where what streams and WebSockets were opened with serves on: they stay open.
  public void routesBesideStreams(Routes routes) {
    dispatcher.routesBesideStreams(routes);
  }

  /// The port that is listened on.
  public int port() {
    return server.port();
  }

  /// The port that sends plain HTTP to HTTPS, where there is one.
  public OptionalInt redirectPort() {
    return redirecting.map(other -> OptionalInt.of(other.port())).orElse(OptionalInt.empty());
  }

  /// The port on which clients are asked for certificates, where that is one of its own.
  public OptionalInt clientCertificatePort() {
    return asking.map(other -> OptionalInt.of(other.port())).orElse(OptionalInt.empty());
  }

  /// Accepts no more connections, finishes the requests that were accepted, for as long as
  /// `http.shutdownGraceSeconds` says, and closes.
  public void stop() {
    dispatcher.stopping();
    redirecting.ifPresent(WebServer::stop);
    asking.ifPresent(WebServer::stop);
    server.stop();
    deadlines.close();
    dispatcher.stopped();
  }

  @Override
  public void close() {
    stop();
  }
}
