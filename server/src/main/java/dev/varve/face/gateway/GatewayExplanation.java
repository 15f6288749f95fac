package dev.varve.face.gateway;

import dev.varve.face.gateway.aggregate.AggregateSettings;
import dev.varve.face.gateway.aggregate.PartSettings;
import dev.varve.face.gateway.cache.AnswerCacheSettings;
import dev.varve.face.gateway.discovery.DiscoveryFailure;
import dev.varve.face.gateway.discovery.HostSource;
import dev.varve.face.gateway.upstream.ServiceSettings;
import dev.varve.kernel.DurationText;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.net.http.HeaderLine;
import dev.varve.net.http.OwnPaths;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// What a request would meet, in words. Nothing is sent, and nothing counted.
public final class GatewayExplanation {
  private final GatewaySettings settings;
  private final ImaginedRequest request;
  private final Set<String> own;
  private final List<Line> lines = new ArrayList<>();

  /// One thing that it meets.
  ///
  /// @param about a word for it
  /// @param key of the setting that says so, such as `gateway.routes[2]`; empty for none
  public record Line(String about, String says, String key) {}

  private GatewayExplanation(GatewaySettings settings, ImaginedRequest request, Set<String> own) {
    this.settings = settings;
    this.request = request;
    this.own = own;
  }

  /// @param url with its scheme and host, or the path alone
  /// @param files first segments of the paths at which files are served
  /// @throws IllegalArgumentException when the URL is none, with what is wrong to follow it
  public static List<Line> of(
      GatewaySettings settings,
      Set<String> files,
      String method,
      String url,
      List<HeaderLine> headers,
      Caller caller,
      Instant now) {
    Set<String> own = new HashSet<>(OwnPaths.KEPT_FREE);
    own.addAll(files);
    ImaginedRequest request = ImaginedRequest.of(method, url, headers, caller, now);
    GatewayExplanation explanation = new GatewayExplanation(settings, request, own);
    explanation.explain();
    return explanation.lines;
  }

  private void say(String about, String says) {
    say(about, says, "");
  }

  private void say(String about, String says, String key) {
    lines.add(new Line(about, says, key));
  }

  private void explain() {
    if (own.contains(OwnPaths.firstSegment(request.path()).toLowerCase(Locale.ROOT))) {
      say("route", "none of the gateway: Varve answers itself what begins so");
      return;
    }
    GatewayTable table = Gateway.imagined(settings);
    Optional<Integer> aggregate = table.aggregateAt(request.segments());
    if (aggregate.isPresent()) {
      explainAggregate(aggregate.get());
      return;
    }
    if (GatewayTable.NEVER.contains(request.method())) {
      say(
          "route",
          "none: nobody may %s here, which is answered with 405".formatted(request.method()));
      return;
    }
    switch (table.table().find(request)) {
      case RouteTable.Found(GatewayRoute route) -> explain(route);
      case RouteTable.OtherMethod(String allow) ->
          say("route", "none with this method: 405, and the answer names %s".formatted(allow));
      case RouteTable.Nowhere() -> say("route", "none: 404, unless Varve has something there");
    }
  }

  private void explainAggregate(int index) {
    String key = "gateway.aggregates[%d]".formatted(index);
    AggregateSettings aggregate = settings.aggregates().get(index);
    say("aggregate", aggregate.path(), key);
    if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
      say("method", "no: an aggregate is read with GET, and anything else is 405");
      return;
    }
    if (!isPlain() || !admits(aggregate.allow(), aggregate.when(), key)) {
      return;
    }
    for (PartSettings part : aggregate.parts().values()) {
      say(
          "part",
          "%s: %s%s"
              .formatted(
                  part.name(),
                  part.service().isEmpty()
                      ? "Varve's own GET " + part.varve()
                      : "GET %s of the service %s".formatted(part.path(), part.service()),
                  part.required() ? "" : ", which may fail"),
          "%s.parts[%s]".formatted(key, part.name()));
    }
    say(
        "deadline",
        "%s for all of it, and %,d bytes"
            .formatted(DurationText.of(aggregate.timeout()), aggregate.bytesMax()));
  }

  private void explain(GatewayRoute route) {
    String key = "gateway.routes[%d]".formatted(route.index());
    RouteSettings of = route.settings();
    say("route", matched(of), key);
    if (!isPlain() || !admits(of.allow(), of.when(), key)) {
      return;
    }
    say("limit", limit(of.limit()), of.limit().isSet() ? key + ".limit.requests" : "");
    if (of.cache().isSet()) {
      say(
          "cache",
          cached(of.cache()),
          key + (of.cache().ttl().isZero() ? ".cache.enabled" : ".cache.ttl"));
    }
    // as they are: those of the table are without files
    ServiceSettings service = Objects.requireNonNull(settings.services().get(of.to()));
    say("service", chosen(service), "gateway.services[%s]".formatted(service.name()));
    String breaker = breaker(service);
    if (!breaker.isEmpty()) {
      say("breaker", breaker, "gateway.services[%s]".formatted(service.name()));
    }
    explainTarget(route);
    say("identity", identity(of, service));
  }

  private static String cached(AnswerCacheSettings cache) {
    String otherwise =
        cache.ttl().isZero() ? "not at all" : "for %s".formatted(DurationText.of(cache.ttl()));
    return "what is kept may do; an answer to GET is kept as the service says, and %s where it says nothing"
        .formatted(otherwise);
  }

  private void explainTarget(GatewayRoute route) {
    try {
      say("target", "%s %s".formatted(request.method(), route.target().of(request)));
    } catch (Problem problem) {
      say("target", "none: %d, %s".formatted(problem.code().status(), problem.text()));
    }
  }

  private static String matched(RouteSettings route) {
    StringBuilder matched = new StringBuilder(route.path());
    if (!route.host().isEmpty()) {
      matched.append(", host ").append(route.host());
    }
    if (!route.methods().isEmpty()) {
      matched.append(", methods ").append(String.join(", ", route.methods()));
    }
    route
        .headers()
        .forEach((name, value) -> matched.append(", header %s: %s".formatted(name, value)));
    return matched.toString();
  }

  private boolean isPlain() {
    try {
      Target.requirePlain(request);
      return true;
    } catch (Problem problem) {
      refuse("path", "no", problem);
      return false;
    }
  }

  private boolean admits(String allow, String when, String key) {
    try {
      Admission.of(allow, "").admit(request);
      say("rule", allow + ": yes", key + ".allow");
    } catch (Problem problem) {
      refuse("rule", allow + ": no", key + ".allow", problem);
      return false;
    }
    if (when.isBlank()) {
      return true;
    }
    try {
      Admission.of(allow, when).admit(request);
      say("when", when + ": holds", key + ".when");
      return true;
    } catch (Problem problem) {
      refuse("when", when + ": does not hold, or cannot be decided", key + ".when", problem);
      return false;
    }
  }

  private void refuse(String about, String says, Problem problem) {
    refuse(about, says, "", problem);
  }

  private void refuse(String about, String says, String key, Problem problem) {
    say(about, "%s: %d, %s".formatted(says, problem.code().status(), problem.text()), key);
    say("service", "hears nothing of it");
  }

  private static String limit(RouteLimit limit) {
    if (!limit.isSet()) {
      return "none";
    }
    String who =
        switch (limit.by()) {
          case ADDRESS -> "for each network";
          case ACCOUNT -> "for each account or key, and for each network without one";
          case KEY -> "for each API key, and none without one";
          case ROUTE -> "for all callers together";
        };
    return "%,d requests in %s %s".formatted(limit.requests(), DurationText.of(limit.per()), who);
  }

  private static String chosen(ServiceSettings service) {
    if (service.discovery().isSet()) {
      return found(service);
    }
    if (service.urls().size() == 1) {
      return "%s, at %s".formatted(service.name(), service.urls().getFirst());
    }
    return "%s, at one of %d hosts: %s"
        .formatted(service.name(), service.urls().size(), how(service));
  }

  /// Whoever knows the hosts is asked, which is no request to them.
  private static String found(ServiceSettings service) {
    HostSource source = HostSource.of(service.discovery());
    try {
      List<String> urls = source.ask().urls();
      if (urls.size() == 1) {
        return "%s, at %s, the only one of %s now"
            .formatted(service.name(), urls.getFirst(), source.shown());
      }
      return "%s, at one of %d hosts of %s now (%s): %s"
          .formatted(
              service.name(), urls.size(), source.shown(), String.join(", ", urls), how(service));
    } catch (DiscoveryFailure failure) {
      return "%s, at no host that is known now. %s".formatted(service.name(), failure.text());
    }
  }

  private static String how(ServiceSettings service) {
    return switch (service.balance()) {
      case LEAST_REQUESTS -> "the one with the fewest requests under way";
      case ROUND_ROBIN -> "one after the other";
      case HASH -> "always the same for the same " + service.hash();
    };
  }

  private static String breaker(ServiceSettings service) {
    if (service.breaker().failures() > 0) {
      return "%d failures in a row open it for %s"
          .formatted(service.breaker().failures(), DurationText.of(service.breaker().recovery()));
    }
    return service.breaker().rate() > 0
        ? "%d %% failures of %d open it for %s"
            .formatted(
                service.breaker().rate(),
                service.breaker().calls(),
                DurationText.of(service.breaker().recovery()))
        : "";
  }

  private static String identity(RouteSettings route, ServiceSettings service) {
    String told =
        switch (service.identity()) {
          case NONE -> "the service is not told who asks";
          case HEADERS -> "the service is told who asks in signed headers";
          case JWT -> "the service is told who asks by a token of its own";
        };
    return route.forwardToken()
        ? told + ", and gets Authorization, Cookie and DPoP as they came"
        : told;
  }
}
