package dev.varve.face.oauth;

import dev.varve.face.graphql.SocketClient;
import dev.varve.net.certificate.TestAuthority;
import dev.varve.node.TestServer.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Somebody who speaks TLS with a server on this machine, and shows a certificate or none.
final class SecureClient implements Visitor.Server {
  private static final Map<String, String> FORM =
      Map.of("Content-Type", "application/x-www-form-urlencoded");

  private final HttpClient client;
  private final int port;

  /// @param authority that vouches for the server
  /// @param own that it shows; null for none
  SecureClient(
      TestAuthority authority,
      TestAuthority.@Nullable Issued own,
      int port,
      HttpClient.Version version) {
    this.client =
        HttpClient.newBuilder().version(version).sslContext(authority.client(own)).build();
    this.port = port;
  }

  @Override
  public Reply send(String method, String path, Map<String, String> headers, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:%d%s".formatted(port, path)))
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (!body.isEmpty() && !headers.containsKey("Content-Type")) {
      request.header("Content-Type", "application/json");
    }
    headers.forEach(request::header);
    try {
      HttpResponse<byte[]> answer = client.send(request.build(), BodyHandlers.ofByteArray());
      return new Reply(answer.statusCode(), answer.headers().map(), answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  Reply post(String path, Map<String, String> form) {
    return send("POST", path, FORM, Visitor.form(form));
  }

  /// The status of an answer that does not end.
  int statusOfStream(String path, Map<String, String> headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:%d%s".formatted(port, path)));
    headers.forEach(request::header);
    try {
      HttpResponse<InputStream> answer = client.send(request.build(), BodyHandlers.ofInputStream());
      answer.body().close();
      return answer.statusCode();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  SocketClient socket(Map<String, String> headers) {
    return SocketClient.open(client, "wss://127.0.0.1:" + port, headers, true);
  }
}
