import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/**
 * The other service: it knows where parcels are, and nothing of accounts. Run it with
 *
 * <pre>java examples/gateway/Shipping.java 8090</pre>
 *
 * It answers <code>GET /parcels?order=ID</code> and <code>POST /parcels?order=ID</code>, and listens on this machine alone: whoever
 * wants a parcel comes through the gateway.
 */
public final class Shipping {
  private final Map<String, List<String>> parcelsByOrder = new ConcurrentHashMap<>();

  public static void main(String[] arguments) throws IOException {
    int port = arguments.length == 0 ? 8090 : Integer.parseInt(arguments[0]);
    Shipping shipping = new Shipping();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext("/parcels", shipping::parcels);
    server.createContext("/health", exchange -> answer(exchange, 200, "{\"status\": \"UP\"}"));
    server.setExecutor(Executors.newCachedThreadPool());
    server.start();
    System.out.println("Shipping listens on http://localhost:" + server.getAddress().getPort());
  }

  private void parcels(HttpExchange exchange) throws IOException {
    String query = exchange.getRequestURI().getQuery();
    if (query == null || !query.startsWith("order=") || query.contains("&")) {
      answer(exchange, 400, "{\"message\": \"Name the order: /parcels?order=ID\"}");
      return;
    }
    String order = query.substring("order=".length());
    switch (exchange.getRequestMethod()) {
      case "GET" -> answer(exchange, 200, list(parcelsByOrder.getOrDefault(order, List.of())));
      case "POST" -> {
        List<String> parcels =
            parcelsByOrder.computeIfAbsent(order, key -> new CopyOnWriteArrayList<>());
        String parcel =
            "{\"id\": \"%s-%d\", \"carrier\": \"Swift\", \"state\": \"PACKED\"}"
                .formatted(order.replaceAll("[^0-9A-Za-z-]", ""), parcels.size() + 1);
        parcels.add(parcel);
        answer(exchange, 201, parcel);
      }
      default -> answer(exchange, 405, "{\"message\": \"Parcels take GET and POST\"}");
    }
  }

  private static String list(List<String> parcels) {
    return "{\"items\": [" + String.join(", ", parcels) + "]}";
  }

  private static void answer(HttpExchange exchange, int status, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }
}
