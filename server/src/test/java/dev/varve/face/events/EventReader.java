package dev.varve.face.events;

import dev.varve.kernel.Json;
import dev.varve.kernel.Patience;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Reads a stream of events on a thread of its own, as the HTML standard says.
///
/// ```
/// try (EventReader reader = EventReader.open(port, "/api/events?model=Order")) {
///   Event start = reader.next();
/// ```
public final class EventReader implements AutoCloseable {
  private static final HttpClient HTTP1 =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final HttpResponse<InputStream> response;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile String lastId = "";

  /// @param name of the event; `CLOSED` for the end of the stream
  public record Event(String name, String id, Map<String, Object> data) {
    public static final Event CLOSED = new Event("CLOSED", "", Map.of());

    /// `12.0 CREATE Note n1`.
    public String line() {
      Object what = name.equals("change") ? data.get("operation") : name;
      return "%s %s %s %s".formatted(id, what, data.get("model"), data.get("id"));
    }
  }

  private EventReader(HttpResponse<InputStream> response) {
    this.response = response;
    this.thread = Thread.ofVirtual().start(this::read);
  }

  public static EventReader open(int port, String target, String... headers) {
    return open(HTTP1, port, target, headers);
  }

  public static EventReader open(HttpClient client, int port, String target, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + target));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return new EventReader(
          client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  public HttpResponse<InputStream> response() {
    return response;
  }

  /// The id that a client would come back with.
  String lastId() {
    return lastId;
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      String id = "";
      String name = "message";
      StringBuilder data = new StringBuilder();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.isEmpty()) {
          lastId = id;
          if (!data.isEmpty()) {
            events.add(new Event(name, id, object(data.toString())));
          }
          name = "message";
          data.setLength(0);
        } else if (line.startsWith("id: ")) {
          id = line.substring(4);
        } else if (line.startsWith("event: ")) {
          name = line.substring(7);
        } else if (line.startsWith("data: ")) {
          data.append(line.substring(6));
        }
      }
    } catch (IOException e) {
      // closed by one of both ends
    } finally {
      events.add(Event.CLOSED);
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(String json) {
    return (Map<String, Object>)
        Objects.requireNonNull(Json.read(json.getBytes(StandardCharsets.UTF_8)));
  }

  /// The next event, if one comes within the time.
  public Optional<Event> poll(long millis) throws InterruptedException {
    return Optional.ofNullable(events.poll(millis, TimeUnit.MILLISECONDS));
  }

  /// The next event.
  public Event next() {
    try {
      Event event = events.poll(Patience.SECONDS, TimeUnit.SECONDS);
      if (event == null) {
        throw new AssertionError("No event came within %d s".formatted(Patience.SECONDS));
      }
      return event;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// The next events as lines, such as `12.0 CREATE Note n1`.
  public List<String> lines(int count) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      lines.add(next().line());
    }
    return lines;
  }

  @Override
  public void close() {
    try {
      response.body().close();
      thread.join(5_000);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
