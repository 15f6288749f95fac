package dev.varve.net.edge;

import dev.varve.net.admission.Deadlines;
import dev.varve.net.admission.NetworkShares;
import dev.varve.net.admission.StreamThreads;
import dev.varve.net.proxy.Peers;
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
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/// How Helidon is set up to listen: with bounds on all that a client may send, and everything to one dispatcher.
///
/// @param connections counts those that are open
record Listening(
    HttpSettings settings,
    Supplier<String> requestIds,
    Dispatcher dispatcher,
    Deadlines deadlines,
    OpenStreams streams,
    RequestObserver observer,
    AtomicInteger connections,
    Peers peers,
    NetworkShares shares) {
  /// Listens on a port.
  ///
  /// @throws HttpServer.CannotListen when it, or the address, is not to be had
  WebServer listen(int port, Encryption encryption) {
    if (new InetSocketAddress(settings.host(), port).isUnresolved()) {
      throw new HttpServer.CannotListen(settings.host(), port);
    }
    WebServer server = webServer(port, encryption);
    server.start();
    if (!server.isRunning()) {
      throw new HttpServer.CannotListen(settings.host(), port);
    }
    return server;
  }

  private WebServer webServer(int port, Encryption encryption) {
    return WebServer.builder()
        .host(settings.host())
        .port(port)
        .routing(new DispatcherBuilder(dispatcher))
        // none is used, and those found on the class path would want to add to the routing
        .featuresDiscoverServices(false)
        // with Nagle's algorithm an answer on HTTP/2 waits 40 ms for the client's acknowledgement
        .connectionOptions(SocketOptions.builder().tcpNoDelay(true).build())
        .useNio(false)
        .maxTcpConnections(settings.connectionsMax())
        // the bounds that callers meet are in RequestBody: a body that is passed on has another one
        .maxPayloadSize(-1)
        .contentEncoding(UncodedBodies.context())
        // see RequestLimit
        .concurrencyLimit(FixedLimit.create())
        .idleConnectionTimeout(Duration.ofSeconds(settings.idleTimeoutSeconds()))
        .idleConnectionPeriod(Duration.ofSeconds(secondsBetweenIdleLooks()))
        .shutdownGracePeriod(Duration.ofSeconds(settings.shutdownGraceSeconds()))
        .shutdownHook(false)
        .directHandlers(ProtocolRefusals.handlers(settings, requestIds, observer))
        .errorHandling(ErrorHandling.builder().includeEntity(true).build())
        .protocolsDiscoverServices(false)
        .addConnectionSelector(protocols(encryption))
        .build();
  }

  /// A connection may idle for a tenth longer than it should, or for a second.
  private long secondsBetweenIdleLooks() {
    return Math.max(1, settings.idleTimeoutSeconds() / 10);
  }

  private ProtocolChoice protocols(Encryption encryption) {
    Http2Config http2 = http2();
    return new ProtocolChoice(
        Http1ConnectionSelectorConfig.builder()
            .config(http1())
            .addUpgrader(new UpgradeToHttp2(Http2Upgrader.create(http2)))
            .build(),
        new Http2ConnectionProvider()
            .create(WebServer.DEFAULT_SOCKET_NAME, http2, ProtocolConfigs.create(List.of(http2))),
        streams,
        encryption,
        connections,
        peers,
        shares);
  }

  private Http1Config http1() {
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

  private Http2Config http2() {
    return Http2Config.builder()
        .maxHeaderListSize(settings.headerBytesMax())
        .maxConcurrentStreams(Math.min(settings.concurrentRequestsMax(), StreamThreads.STREAMS_MAX))
        .log(HttpLogConfig.builder().sendLog(false).receiveLog(false).build())
        .validatePath(false)
        .validateResponseHeaders(false)
        .build();
  }

  private record StartOfRequest(Deadlines deadlines) implements Http1ConnectionListener {
    @Override
    public void prologue(ConnectionContext connection, HttpPrologue prologue) {
      deadlines.started(connection);
    }
  }
}
