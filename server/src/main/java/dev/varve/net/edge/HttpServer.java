package dev.varve.net.edge;

import dev.varve.kernel.Allowance;
import dev.varve.net.http.Authentication;
import dev.varve.net.http.Routes;
import dev.varve.net.limit.RateLimits;
import io.helidon.common.concurrency.limits.FixedLimit;
import io.helidon.common.socket.SocketOptions;
import io.helidon.http.HttpLogConfig;
import io.helidon.http.HttpPrologue;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ErrorHandling;
import io.helidon.webserver.ProtocolConfigs;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionListener;
import io.helidon.webserver.http1.Http1ConnectionSelectorConfig;
import io.helidon.webserver.http2.Http2Config;
import io.helidon.webserver.http2.Http2ConnectionProvider;
import io.helidon.webserver.http2.Http2Upgrader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/// The listener: HTTP/1.1 and, without TLS, HTTP/2 (h2c), each request on its own virtual thread.
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
  private final Dispatcher dispatcher;
  private final Deadlines deadlines;

  private HttpServer(WebServer server, Dispatcher dispatcher, Deadlines deadlines) {
    this.server = server;
    this.dispatcher = dispatcher;
    this.deadlines = deadlines;
  }

  /// Listens, and answers as soon as this returns.
  ///
  /// @param requestIds makes the ids of requests that come without one
  /// @param authentication tells who sends them
  /// @throws CannotListen when the address or the port is not to be had
  public static HttpServer start(
      HttpSettings settings,
      Routes routes,
      Clock clock,
      Supplier<String> requestIds,
      Authentication authentication) {
    return start(settings, routes, clock, requestIds, authentication, RateLimits.NONE);
  }

  /// The same with limits on how often callers ask.
  public static HttpServer start(
      HttpSettings settings,
      Routes routes,
      Clock clock,
      Supplier<String> requestIds,
      Authentication authentication,
      RateLimits limits) {
    Allowance.Pool memory =
        new Allowance.Pool(Runtime.getRuntime().maxMemory() / HEAP_PARTS_FOR_REQUESTS);
    Deadlines deadlines =
        new Deadlines(
            Duration.ofSeconds(settings.receiveTimeoutSeconds()),
            Duration.ofSeconds(settings.sendTimeoutSeconds()),
            memory);
    OpenStreams streams = new OpenStreams();
    NetworkShares shares = new NetworkShares(settings, memory);
    TrustedProxies proxies =
        TrustedProxies.of(settings.trustedProxies(), settings.proxyHeaders());
    Dispatcher dispatcher =
        new Dispatcher(
            settings,
            clock,
            new RequestIds(requestIds),
            deadlines,
            authentication,
            streams,
            shares,
            proxies,
            limits,
            routes);
    WebServer server = webServer(
            settings,
            requestIds,
            dispatcher,
            deadlines,
            protocols(settings, deadlines, streams, proxies, shares));
    server.start();
    if (!server.isRunning()) {
      deadlines.close();
      throw new CannotListen(settings);
    }
    return new HttpServer(server, dispatcher, deadlines);
  }

  /// The address or the port is not to be had.
  public static final class CannotListen extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private CannotListen(HttpSettings settings) {
      super(
          "Cannot listen on %s:%d: %s. Choose another with --host and --port, or with the settings http.host and http.port"
              .formatted(settings.host(), settings.port(), reason(settings)));
    }

    // Helidon keeps the reason to itself; trying once more tells it
    private static String reason(HttpSettings settings) {
      try (ServerSocket socket = new ServerSocket()) {
        socket.bind(new InetSocketAddress(settings.host(), settings.port()));
        return "it was taken a moment ago";
      } catch (IOException e) {
        return String.valueOf(e.getMessage());
      }
    }
  }

  private static WebServer webServer(
      HttpSettings settings,
      Supplier<String> requestIds,
      Dispatcher dispatcher,
      Deadlines deadlines,
      ProtocolChoice protocols) {
    return WebServer.builder()
        .host(settings.host())
        .port(settings.port())
        .routing(new DispatcherBuilder(dispatcher))
        // none is used, and those found on the class path would want to add to the routing
        .featuresDiscoverServices(false)
        // with Nagle's algorithm an answer on HTTP/2 waits 40 ms for the client's acknowledgement
        .connectionOptions(SocketOptions.builder().tcpNoDelay(true).build())
        .maxTcpConnections(settings.connectionsMax())
        // the bound that callers meet is in RequestBody; this one keeps a single chunk from filling
        // the memory
        .maxPayloadSize((long) settings.bodyBytesMax() + RequestBody.LINGER_BYTES_MAX)
        // see RequestLimit
        .concurrencyLimit(FixedLimit.create())
        .idleConnectionTimeout(Duration.ofSeconds(settings.idleTimeoutSeconds()))
        .idleConnectionPeriod(Duration.ofSeconds(1))
        .shutdownGracePeriod(Duration.ofSeconds(settings.shutdownGraceSeconds()))
        .shutdownHook(false)
        .directHandlers(ProtocolRefusals.handlers(settings, requestIds))
        .errorHandling(ErrorHandling.builder().includeEntity(true).build())
        .protocolsDiscoverServices(false)
        .enableProxyProtocol(settings.proxyProtocol())
        .addConnectionSelector(protocols)
        .build();
  }

  private static ProtocolChoice protocols(
      HttpSettings settings,
      Deadlines deadlines,
      OpenStreams streams,
      TrustedProxies proxies,
      NetworkShares shares) {
    Http1Config http1 = http1(settings, deadlines);
    Http2Config http2 = http2(settings);
    return new ProtocolChoice(
        Http1ConnectionSelectorConfig.builder()
            .config(http1)
            .addUpgrader(new UpgradeToHttp2(Http2Upgrader.create(http2)))
            .build(),
        new Http2ConnectionProvider()
            .create(WebServer.DEFAULT_SOCKET_NAME, http2, ProtocolConfigs.create(List.of(http2))),
        streams,
        new Peers(proxies, settings.proxyProtocol()),
        shares);
  }

  private static Http1Config http1(HttpSettings settings, Deadlines deadlines) {
    return Http1Config.builder()
        .maxPrologueLength(settings.targetBytesMax())
        .maxHeadersSize(settings.headerBytesMax())
        .addReceiveListener(new StartOfRequest(deadlines))
        .log(HttpLogConfig.builder().sendLog(false).receiveLog(false).build())
        .sendKeepAliveHeader(false)
        // paths and queries are read, and refused, by Dispatcher and QueryString; answers are
        // checked by
        // Answer
        .validatePath(false)
        .validatePrologue(false)
        .validateResponseHeaders(false)
        .build();
  }

  private static Http2Config http2(HttpSettings settings) {
    return Http2Config.builder()
        .maxHeaderListSize(settings.headerBytesMax())
        .maxConcurrentStreams(Math.min(settings.concurrentRequestsMax(), StreamThreads.STREAMS_MAX))
        .log(HttpLogConfig.builder().sendLog(false).receiveLog(false).build())
        .validatePath(false)
        .validateResponseHeaders(false)
        .build();
  }

  /// Requests that come from now on are answered by these routes; those under way keep theirs, but
  /// streams and WebSockets end, so that their clients come back to these.
  public void routes(Routes routes) {
    dispatcher.routes(routes);
  }

  /// The port that is listened on.
  public int port() {
    return server.port();
  }

  /// Accepts no more connections, finishes the requests that were accepted, for as long as
  /// `http.shutdownGraceSeconds` says, and closes.
  public void stop() {
    dispatcher.stopping();
    server.stop();
    deadlines.close();
  }

  @Override
  public void close() {
    stop();
  }

  private record StartOfRequest(Deadlines deadlines) implements Http1ConnectionListener {
    @Override
    public void prologue(ConnectionContext connection, HttpPrologue prologue) {
      deadlines.started(connection);
    }
  }
}
