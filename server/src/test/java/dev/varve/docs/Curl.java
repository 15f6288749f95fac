package dev.varve.docs;

import io.helidon.http.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a `curl` command sends, read as curl reads it, and sent without it: the pages are tested on machines
/// that have no curl. Whatever is not known here is refused.
final class Curl {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final Pattern HOST = Pattern.compile("localhost:(80\\d\\d)(.*)", Pattern.DOTALL);

  private final List<String> data = new ArrayList<>();
  private final List<Map.Entry<String, String>> headers = new ArrayList<>();
  private String method = "";
  private String url = "";
  private boolean dataInUrl;
  private boolean bracketsAsTheyAre;
  private boolean showsHeaders;
  private int secondsMax;

  private Curl() {}

  /// What came back.
  record Reply(int status, Map<String, List<String>> headers, String body) {
    /// As `curl -i` shows it.
    String statusLine() {
      return "HTTP/1.1 %d %s".formatted(status, Status.create(status).reasonPhrase());
    }

    Optional<String> header(String name) {
      return headers.entrySet().stream()
          .filter(header -> header.getKey().equalsIgnoreCase(name))
          .map(header -> String.join(", ", header.getValue()))
          .findFirst();
    }
  }

  /// @param words of the command, without `curl`
  static Curl of(List<String> words) {
    Curl curl = new Curl();
    Iterator<String> rest = words.iterator();
    while (rest.hasNext()) {
      curl.read(rest.next(), rest);
    }
    return curl;
  }

  private void read(String word, Iterator<String> rest) {
    switch (word) {
      case "-i" -> showsHeaders = true;
      case "-I" -> {
        showsHeaders = true;
        method = "HEAD";
      }
      case "-s", "-N" -> {}
      case "--max-time" -> secondsMax = Integer.parseInt(rest.next());
      case "-g" -> bracketsAsTheyAre = true;
      case "-G" -> dataInUrl = true;
      case "-X" -> method = rest.next();
      case "-H" -> {
        String[] header = rest.next().split(": ", 2);
        headers.add(Map.entry(header[0], header[1]));
      }
      case "-d" -> data.add(rest.next());
      case "--data-urlencode" -> {
        String[] pair = rest.next().split("=", 2);
        data.add(pair[0] + "=" + URLEncoder.encode(pair[1], StandardCharsets.UTF_8));
      }
      default -> {
        if (word.startsWith("-") || !url.isEmpty()) {
          throw new AssertionError("This test does not know curl's '" + word + "'");
        }
        url = word;
      }
    }
  }

  boolean showsHeaders() {
    return showsHeaders;
  }

  /// Whether it shows what comes until its time is over: a stream has no end.
  boolean isTimed() {
    return secondsMax > 0;
  }

  /// What comes of a stream until the time is over.
  String listen(IntUnaryOperator ports) {
    ByteArrayOutputStream heard = new ByteArrayOutputStream();
    try (InputStream body = CLIENT.send(request(ports), BodyHandlers.ofInputStream()).body()) {
      Thread listener =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  body.transferTo(heard);
                } catch (IOException e) {
                  // the time is over
                }
              });
      listener.join(Duration.ofSeconds(secondsMax));
      return heard.toString(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError("The request was not answered", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /// @param ports where is what the page has at a port
  Reply send(IntUnaryOperator ports) {
    try {
      HttpResponse<String> response = CLIENT.send(request(ports), BodyHandlers.ofString());
      return new Reply(response.statusCode(), response.headers().map(), response.body());
    } catch (IOException e) {
      throw new AssertionError("The request was not answered", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private HttpRequest request(IntUnaryOperator ports) {
    boolean hasBody = !data.isEmpty() && !dataInUrl;
    String verb = !method.isEmpty() ? method : hasBody ? "POST" : "GET";
    HttpRequest.Builder request =
        HttpRequest.newBuilder(target(ports))
            .method(
                verb,
                hasBody
                    ? BodyPublishers.ofString(String.join("&", data))
                    : BodyPublishers.noBody());
    headers.forEach(header -> request.header(header.getKey(), header.getValue()));
    if (hasBody && headers.stream().noneMatch(header -> header.getKey().equals("Content-Type"))) {
      request.header("Content-Type", "application/x-www-form-urlencoded");
    }
    return request.build();
  }

  private URI target(IntUnaryOperator ports) {
    String plain = url.startsWith("http://") ? url.substring("http://".length()) : url;
    Matcher host = HOST.matcher(plain);
    if (!host.matches()) {
      throw new AssertionError("The pages ask localhost:8080, not " + url);
    }
    if (!bracketsAsTheyAre && plain.chars().anyMatch(c -> "[]{}".indexOf(c) >= 0)) {
      throw new AssertionError("curl takes brackets for a range without -g: " + url);
    }
    String query = dataInUrl ? (plain.contains("?") ? "&" : "?") + String.join("&", data) : "";
    int port = ports.applyAsInt(Integer.parseInt(host.group(1)));
    return URI.create("http://127.0.0.1:" + port + host.group(2) + query);
  }
}
