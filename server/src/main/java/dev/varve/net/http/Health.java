package dev.varve.net.http;

import dev.varve.kernel.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells an operator's machinery whether the process lives and whether it can serve.
public final class Health {
  private static final Logger LOG = LoggerFactory.getLogger(Health.class);

  /// The group of operations that are about the server itself.
  public static final String TAG = "Server";

  public static final String LIVE_PATH = "/health/live";
  public static final String READY_PATH = "/health/ready";
  private static final Answer LIVE =
      Answer.json(200, Json.bytes(json -> Json.write(json, Map.of("status", "UP"))));

  private final List<Check> checks;

  /// Something that ought to be well.
  ///
  /// @param vital whether requests can be served only while it is
  /// @param failure what is wrong, in words that may be shown to anybody; nothing while all is well
  public record Check(String name, boolean vital, Supplier<Optional<String>> failure) {
    /// Something that must be well before requests can be served.
    public static Check vital(String name, Supplier<Optional<String>> failure) {
      return new Check(name, true, failure);
    }

    /// Something that somebody has to look after, while requests are served as before.
    public static Check warning(String name, Supplier<Optional<String>> failure) {
      return new Check(name, false, failure);
    }

    private String status(boolean well) {
      if (well) {
        return "UP";
      }
      return vital ? "DOWN" : "WARNING";
    }
  }

  public Health(List<Check> checks) {
    this.checks = List.copyOf(checks);
  }

  /// `/health/live` and `/health/ready`.
  public List<Route> routes() {
    return List.of(
        new Route(
            "GET",
            LIVE_PATH,
            _ -> LIVE,
            new Route.Operation(
                "live",
                TAG,
                "Whether the process lives",
                "Answers as long as requests are taken at all: whoever supervises the process starts it anew when it does not.",
                Route.Caller.ANYBODY,
                new Route.Special())),
        new Route(
            "GET",
            READY_PATH,
            _ -> ready(),
            new Route.Operation(
                "ready",
                TAG,
                "Whether it can serve",
                "Tells for each thing that is needed whether it is well; 503 when one is DOWN, so that requests are sent elsewhere.",
                Route.Caller.ANYBODY,
                new Route.Special())));
  }

  private Answer ready() {
    boolean up = true;
    Map<String, Object> results = new LinkedHashMap<>();
    for (Check check : checks) {
      Optional<String> failure = failure(check);
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("status", check.status(failure.isEmpty()));
      failure.ifPresent(message -> result.put("message", message));
      results.put(check.name(), result);
      up &= failure.isEmpty() || !check.vital();
    }
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("status", up ? "UP" : "DOWN");
    body.put("checks", results);
    return Answer.json(up ? 200 : 503, Json.bytes(json -> Json.write(json, body)));
  }

  private static Optional<String> failure(Check check) {
    try {
      return check.failure().get();
    } catch (RuntimeException e) {
      LOG.error("The health check {} failed", check.name(), e);
      return Optional.of("The check itself failed");
    }
  }
}
