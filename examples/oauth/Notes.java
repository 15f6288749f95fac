import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;

/**
 * The other application: a page at an address of its own. It keeps no accounts and no notes. Run it with
 *
 * <pre>java examples/oauth/Notes.java 5500</pre>
 */
public final class Notes {
  private final Path page;

  private Notes(Path page) {
    this.page = page;
  }

  public static void main(String[] arguments) throws IOException {
    int port = arguments.length == 0 ? 5500 : Integer.parseInt(arguments[0]);
    Notes notes = new Notes(Path.of(arguments.length > 1 ? arguments[1] : "examples/oauth/page"));
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext("/", notes::answer);
    server.setExecutor(Executors.newCachedThreadPool());
    server.start();
    System.out.println("Notes listens on http://localhost:" + server.getAddress().getPort());
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      switch (exchange.getRequestURI().getPath()) {
        case "/" -> send(exchange, "text/html; charset=utf-8", "index.html");
        case "/notes.js" -> send(exchange, "text/javascript; charset=utf-8", "notes.js");
        default -> exchange.sendResponseHeaders(404, -1);
      }
    }
  }

  private void send(HttpExchange exchange, String type, String file) throws IOException {
    byte[] body = Files.readAllBytes(page.resolve(file));
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
  }
}
