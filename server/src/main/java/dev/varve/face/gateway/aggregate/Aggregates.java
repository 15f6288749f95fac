package dev.varve.face.gateway.aggregate;

import dev.varve.lane.access.Caller;
import dev.varve.net.http.QueryString;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.net.http.Routes;
import dev.varve.net.limit.RateLimits;
import dev.varve.schema.RestNames;
import dev.varve.settings.WrongSetting;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/// Makes the routes of aggregates over the reads of one schema.
public final class Aggregates {
  public static final String TAG = "Aggregates";

  // no route and no parameter has a control character
  private static final String HOLE = "\u0001";
  private static final String SETTING = "gateway.aggregates[%d].parts[%s].%s";

  private final Own own;
  private final Routes reads;
  private final Services services;

  /// What Varve answers itself.
  ///
  /// @param reads the routes that read records and take `asOf`
  /// @param limits on requests to them
  /// @param position the end of the log, as callers name it
  public record Own(List<Route> reads, RateLimits limits, Supplier<String> position) {
    public Own {
      reads = List.copyOf(reads);
    }
  }

  public Aggregates(Own own, Services services) {
    this.own = own;
    this.reads = Routes.of(own.reads());
    this.services = services;
  }

  /// @param admissions for each of them, who sends a request, once it is known that they may
  /// @throws WrongSetting when a part reads what is not to be read here
  public List<Route> routes(
      List<AggregateSettings> aggregates, List<Function<Request, Caller>> admissions) {
    List<Route> routes = new ArrayList<>();
    Set<String> operations = new HashSet<>();
    for (int i = 0; i < aggregates.size(); i++) {
      AggregateSettings settings = aggregates.get(i);
      List<Part> parts = parts(settings, i);
      Aggregate aggregate =
          new Aggregate(
              parts, settings.timeout(), settings.bytesMax(), admissions.get(i), own.position());
      String operation = operation(settings.path());
      while (!operations.add(operation)) {
        operation += "Again";
      }
      routes.add(
          new Route("GET", settings.path(), aggregate::answer, told(settings, operation, parts)));
    }
    return routes;
  }

  private List<Part> parts(AggregateSettings settings, int index) {
    List<Part> parts = new ArrayList<>();
    for (PartSettings part : settings.parts().values()) {
      Template template = settings.template(part);
      Source source =
          part.isOwn()
              ? ownRead(part, template, index)
              : new ServiceRead(part.service(), services, part.bytesMax());
      parts.add(
          new Part(part.name(), template, source, Shape.of(part), part.required(), part.timeout()));
    }
    return parts;
  }

  private OwnRead ownRead(PartSettings part, Template template, int index) {
    String[] target = template.filled(_ -> Template.encoded(HOLE)).split("\\?", 2);
    Optional<Routes.Place> place = reads.find(Template.segments(target[0]));
    if (place.isEmpty()) {
      throw new WrongSetting(
          SETTING.formatted(index, part.name(), "varve"),
          "is '%s', where no records are read. Write /api/MODELS or /api/MODELS/{id}"
              .formatted(part.varve()));
    }
    if (target.length == 2) {
      requireSimple(part, target[1], index);
    }
    return new OwnRead(place.get(), own.limits(), part.bytesMax());
  }

  /// A value is compared with a field, and is nothing that would be read as more than a value.
  private static void requireSimple(PartSettings part, String query, int index) {
    for (QueryString.Parameter parameter : QueryString.parse(query).all()) {
      String name = parameter.name();
      boolean comparison =
          !name.contains(HOLE)
              && !name.endsWith("[in]")
              && !RestNames.LIST_PARAMETERS.contains(name);
      boolean simple = comparison || !(name + parameter.value()).contains(HOLE);
      if (!simple || name.equals(RestNames.AS_OF)) {
        throw new WrongSetting(
            SETTING.formatted(index, part.name(), "varve"),
            name.equals(RestNames.AS_OF)
                ? "has asOf. Whoever asks for the aggregate says asOf, for all parts at once"
                : "puts a value into '%s'. Compare a field with it, such as order={id}"
                    .formatted(name));
      }
    }
  }

  private static Route.Operation told(
      AggregateSettings settings, String operation, List<Part> parts) {
    List<Route.Composed.Part> told =
        parts.stream()
            .map(part ->
                new Route.Composed.Part(
                    part.name(),
                    part.required(),
                    part.shape().flatten(),
                    part.source() instanceof OwnRead,
                    part.source() instanceof OwnRead read && part.shape().isWhole()
                        ? Optional.of(read.pattern())
                        : Optional.empty()))
            .toList();
    return new Route.Operation(
        operation,
        TAG,
        "Get %s at once".formatted(String.join(", ", settings.parts().keySet())),
        "One answer made of others. A part that failed and may do so is not there; `errors` says why.",
        settings.allow().equals("public") ? Route.Caller.ANYBODY_OR_KNOWN : Route.Caller.KNOWN,
        new Route.Composed(List.copyOf(settings.variables()), told));
  }

  /// A name in the words of the path: `getPagesOrderById`.
  private static String operation(String path) {
    StringBuilder name = new StringBuilder("get");
    for (String segment : path.substring(1).split("/", -1)) {
      name.append(segment.startsWith("{") ? "By" : "");
      for (String word : segment.split("[^A-Za-z0-9]+", -1)) {
        name.append(
            word.isEmpty()
                ? ""
                : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
      }
    }
    return name.toString();
  }
}
