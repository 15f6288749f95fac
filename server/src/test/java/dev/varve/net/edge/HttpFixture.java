package dev.varve.net.edge;

import dev.varve.kernel.Ids;
import dev.varve.kernel.Patience;
import dev.varve.net.http.Authentication;
import dev.varve.net.http.Routes;
import dev.varve.settings.SettingDefinition;
import dev.varve.settings.SettingRecords;
import dev.varve.settings.SettingsReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A server on a free port, and ways to talk to it.
public final class HttpFixture implements AutoCloseable {
  /// How long a stop would take that did not close what is idle.
  public static final int GRACE_SECONDS = 60;

  /// Small bounds, so that tests reach them.
  public static final HttpSettings SETTINGS =
      settings(
          "127.0.0.1",
          0,
          10_000,
          4_096,
          1_024,
          64,
          1_024,
          10_000,
          8_192,
          60,
          30,
          60,
          GRACE_SECONDS,
          "");

  /// A listener with these bounds, which one network may fill; all else has its default, and plain HTTP is for whoever can
  /// reach it.
  ///
  /// @param trustedProxies separated by spaces
  public static HttpSettings settings(
      String host,
      int port,
      int bodyBytesMax,
      int headerBytesMax,
      int targetBytesMax,
      int concurrentRequestsMax,
      int queuedRequestsMax,
      int queueTimeoutMillis,
      int connectionsMax,
      int idleTimeoutSeconds,
      int receiveTimeoutSeconds,
      int sendTimeoutSeconds,
      int shutdownGraceSeconds,
      String trustedProxies) {
    HttpSettings standard =
        new SettingsReader(SettingDefinition.allOf(HttpSettings.class), Set.of())
            .make(HttpSettings.class);
    return SettingRecords.changed(
        standard,
        Map.ofEntries(
            Map.entry("host", host),
            Map.entry("port", port),
            Map.entry("bodyBytesMax", bodyBytesMax),
            Map.entry("headerBytesMax", headerBytesMax),
            Map.entry("targetBytesMax", targetBytesMax),
            Map.entry("concurrentRequestsMax", concurrentRequestsMax),
            Map.entry("queuedRequestsMax", queuedRequestsMax),
            Map.entry("queueTimeoutMillis", queueTimeoutMillis),
            Map.entry("connectionsMax", connectionsMax),
            Map.entry("idleTimeoutSeconds", idleTimeoutSeconds),
            Map.entry("receiveTimeoutSeconds", receiveTimeoutSeconds),
            Map.entry("sendTimeoutSeconds", sendTimeoutSeconds),
            Map.entry("shutdownGraceSeconds", shutdownGraceSeconds),
            Map.entry("networkSharePercent", 100),
            Map.entry("insecure", true),
            Map.entry(
                "trustedProxies",
                trustedProxies.isBlank() ? List.of() : List.of(trustedProxies.split(" ", -1)))));
  }

  private final HttpClient client;
  private final HttpServer server;

  public HttpFixture(Routes.Builder routes) {
    this(SETTINGS, routes);
  }

  public HttpFixture(HttpSettings settings, Routes.Builder routes) {
    Clock clock = Clock.systemUTC();
    this.client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    this.server =
        HttpServer.start(
            settings,
            routes.build(),
            clock,
            new Ids(clock, new SecureRandom()),
            Authentication.NONE);
  }

  public HttpServer server() {
    return server;
  }

  public HttpClient client() {
    return client;
  }

  public HttpRequest.Builder to(String target) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + target));
  }

  public HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  public HttpResponse<String> get(String target) throws IOException, InterruptedException {
    return send(to(target));
  }

  /// Sends the bytes as they are and reads until the server closes the connection.
  public String raw(String request) throws IOException {
    try (Socket socket = socket()) {
      write(socket, request);
      return readAll(socket.getInputStream());
    }
  }

  public Socket socket() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(Patience.MILLIS);
    return socket;
  }

  public static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  public static String lines(String... lines) {
    return String.join("\r\n", lines) + "\r\n";
  }

  public static String readAll(InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  /// Reads up to and with the text.
  public static String readUntil(InputStream in, String end) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.indexOf(end) < 0) {
      int octet = in.read();
      if (octet < 0) {
        throw new IOException("Closed after: " + text);
      }
      text.append((char) octet);
    }
    return text.toString();
  }

  @Override
  public void close() {
    client.close();
    server.stop();
  }
}
