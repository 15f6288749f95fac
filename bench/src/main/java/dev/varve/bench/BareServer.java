package dev.varve.bench;

import io.helidon.common.socket.SocketOptions;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http1.Http1Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The limit for reads: a Helidon server that does nothing but send the same bytes with the same headers,
/// with what Helidon checks by itself switched off as Varve does it.
final class BareServer {
  private BareServer() {}

  /// @param arguments the path to answer, a file with a header on each line, a file with the body
  static void main(String[] arguments) throws IOException {
    byte[] body = Files.readAllBytes(Path.of(arguments[2]));
    Header[] headers = headers(Files.readAllLines(Path.of(arguments[1])));
    WebServer server =
        WebServer.builder()
            .host("127.0.0.1")
            .port(0)
            .featuresDiscoverServices(false)
            .connectionOptions(SocketOptions.builder().tcpNoDelay(true).build())
            .addProtocol(http1())
            .routing(routing ->
                routing.get(
                    arguments[0],
                    (_, response) -> {
                      for (Header header : headers) {
                        response.header(header);
                      }
                      response.send(body);
                    }))
            .build()
            .start();
    System.out.println("http://127.0.0.1:" + server.port());
  }

  private static Http1Config http1() {
    return Http1Config.builder()
        .sendKeepAliveHeader(false)
        .validatePath(false)
        .validatePrologue(false)
        .validateRequestHeaders(false)
        .validateResponseHeaders(false)
        .build();
  }

  private static Header[] headers(List<String> lines) {
    List<Header> headers = new ArrayList<>();
    for (String line : lines) {
      int colon = line.indexOf(':');
      headers.add(
          HeaderValues.createCached(
              HeaderNames.create(line.substring(0, colon)), line.substring(colon + 1).strip()));
    }
    return headers.toArray(Header[]::new);
  }
}
