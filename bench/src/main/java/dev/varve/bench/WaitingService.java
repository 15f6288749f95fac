package dev.varve.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/// A service that answers `/wait/10` after 10 ms, with a parcel.
final class WaitingService {
  private static final byte[] PARCEL =
      """
      {"items":[{"number":"P-0000001","state":"SENT","carrier":"By bicycle","weight":1200}]}\
      """
          .getBytes(StandardCharsets.UTF_8);

  private WaitingService() {}

  static void main() throws IOException {
    // without it the JDK's server holds an answer back until its headers are acknowledged
    System.setProperty("sun.net.httpserver.nodelay", "true");
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_024);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/wait/", WaitingService::answer);
    server.start();
    System.out.println("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private static void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    long millis = Long.parseLong(path.substring(path.lastIndexOf('/') + 1));
    long end = System.nanoTime() + Duration.ofMillis(millis).toNanos();
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
    try (exchange) {
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, PARCEL.length);
      exchange.getResponseBody().write(PARCEL);
    }
  }
}
