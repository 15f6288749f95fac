package dev.varve.net.edge;

import dev.varve.telemetry.Counter;
import dev.varve.telemetry.Counters;
import dev.varve.telemetry.Histogram;
import dev.varve.telemetry.Histograms;
import dev.varve.telemetry.Metrics;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Counts and times requests by the pattern of their route, never by their path: there are as many series as there are
/// routes, whatever is asked for. What is counted is found without looking labels up.
final class RequestMeasures {
  /// Stands for the route of a request that leads nowhere.
  static final String NO_ROUTE = "none";

  // any other word may be sent as a method, and is one label
  private static final String OTHER = "other";
  private static final String[] METHODS = {
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", OTHER
  };

  private final Counters requests;
  private final Histograms durations;
  private final Map<String, RouteMeasures> routes = new ConcurrentHashMap<>();

  RequestMeasures(Metrics metrics) {
    this.requests =
        metrics.counters(
            "varve_http_requests",
            "Requests answered, by the pattern of their route; 499 where the client went first.",
            "route",
            "method",
            "status");
    this.durations =
        metrics.durations(
            "varve_http_request_duration_seconds",
            "From the headers of a request to the end of its answer, without streams.",
            "route",
            "method");
  }

  void answered(String route, String method, int status, long nanos) {
    MethodMeasures measures = of(route, method);
    measures.observe(nanos);
    measures.count(status);
  }

  /// One whose answer goes on without an end.
  void opened(String route, String method, int status) {
    of(route, method).count(status);
  }

  private MethodMeasures of(String route, String method) {
    RouteMeasures known = routes.get(route);
    if (known == null) {
      known = routes.computeIfAbsent(route, RouteMeasures::new);
    }
    return known.of(index(method));
  }

  private static int index(String method) {
    for (int i = 0; i < METHODS.length - 1; i++) {
      if (METHODS[i].equals(method)) {
        return i;
      }
    }
    return METHODS.length - 1;
  }

  private final class RouteMeasures {
    private final String route;
    private final MethodMeasures[] methods = new MethodMeasures[METHODS.length];

    RouteMeasures(String route) {
      this.route = route;
    }

    /// Two threads may make it at once: both count into the same series.
    MethodMeasures of(int method) {
      MethodMeasures known = methods[method];
      if (known == null) {
        known = new MethodMeasures(route, METHODS[method]);
        methods[method] = known;
      }
      return known;
    }
  }

  private final class MethodMeasures {
    private final String route;
    private final String method;
    // of streams there is none
    private @Nullable Histogram duration;
    // a few: looked through from the front, grown by copying
    private volatile StatusCounter[] statuses = {};

    MethodMeasures(String route, String method) {
      this.route = route;
      this.method = method;
    }

    void observe(long nanos) {
      Histogram known = duration;
      if (known == null) {
        known = durations.of(route, method);
        duration = known;
      }
      known.observeNanos(nanos);
    }

    void count(int status) {
      for (StatusCounter counted : statuses) {
        if (counted.status() == status) {
          counted.counter().add();
          return;
        }
      }
      add(status).add();
    }

    private synchronized Counter add(int status) {
      Counter counter = requests.of(route, method, Integer.toString(status));
      StatusCounter[] more = Arrays.copyOf(statuses, statuses.length + 1);
      more[statuses.length] = new StatusCounter(status, counter);
      statuses = more;
      return counter;
    }
  }

  private record StatusCounter(int status, Counter counter) {}
}
