package dev.varve.face.events;

import dev.varve.kernel.Nearest;
import dev.varve.kernel.Problem;
import dev.varve.lane.expression.ExpressionException;
import dev.varve.lane.expression.Expressions;
import dev.varve.lane.expression.Vocabulary;
import dev.varve.lane.live.FeedPosition;
import dev.varve.lane.live.Interest;
import dev.varve.lane.live.Streams;
import dev.varve.lane.live.Subscription;
import dev.varve.net.http.Answer;
import dev.varve.net.http.QueryString;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The feed over HTTP: `GET /api/events` as server-sent events.
public final class Events {
  public static final String PATH = "/api/events";
  public static final String TAG = "Events";
  private static final String ABOUT =
      """
      Server-sent events: `start` with the position it starts at, `change` for each committed change to a record that
      the caller may read before or after it, `gone` for a record that leaves its sight, and `end` with the reason
      when the server ends the stream. The `id` of an event is where to resume, by `Last-Event-ID` or `after`.

      The stream goes on, so it is nothing to try out on a page: `curl -N 'ORIGIN/api/events?after=0'`
      """;
  private static final String MODEL = "model";
  private static final String FILTER = "filter";
  private static final String AFTER = "after";
  private static final String LAST_EVENT_ID = "Last-Event-ID";

  private final Schema schema;
  private final Streams streams;

  public Events(Schema schema, Streams streams) {
    this.schema = schema;
    this.streams = streams;
  }

  public List<Route> routes() {
    return List.of(
        new Route(
            "GET",
            PATH,
            this::answer,
            new Route.Operation(
                "events",
                TAG,
                "Hear of every change",
                ABOUT,
                Route.Caller.ANYBODY_OR_KNOWN,
                new Route.Special())));
  }

  private Answer answer(Request request) {
    Interest interest = interest(request.query());
    Subscription subscription =
        streams.open(request.network(), request.caller(), interest, after(request));
    return Answer.streaming(
            "text/event-stream", new EventStream(request, subscription, streams.settings()))
        .with("Cache-Control", "no-store")
        .with("X-Accel-Buffering", "no");
  }

  private Interest interest(QueryString query) {
    for (QueryString.Parameter parameter : query.all()) {
      List<String> known = List.of(MODEL, FILTER, AFTER);
      if (!known.contains(parameter.name())) {
        throw Problem.parameter(
            parameter.name(), "is not a parameter here; there are " + String.join(", ", known));
      }
    }
    List<Model> models = models(query.values(MODEL));
    return new Interest(
        models.isEmpty() ? schema.models() : models,
        !models.isEmpty(),
        query.value(FILTER).map(text -> filter(models, text)));
  }

  private List<Model> models(List<String> values) {
    List<Model> models = new ArrayList<>();
    for (String value : values) {
      for (String name : value.split(",", -1)) {
        Model model = model(name.strip());
        if (!models.contains(model)) {
          models.add(model);
        }
      }
    }
    return models;
  }

  private Model model(String name) {
    List<String> names = schema.models().stream().map(Model::name).toList();
    int index = names.indexOf(name);
    if (index < 0) {
      throw Problem.parameter(
          MODEL, "'%s' is not a model.%s".formatted(name, Nearest.hint(name, names)));
    }
    return schema.models().get(index);
  }

  private Interest.Filter filter(List<Model> models, String text) {
    if (models.size() != 1) {
      throw Problem.parameter(FILTER, "needs exactly one model, whose fields it speaks of");
    }
    try {
      return new Interest.Filter(
          text, Expressions.compile(schema, models.getFirst(), text, Vocabulary.FILTER));
    } catch (ExpressionException e) {
      throw Problem.parameter(
          FILTER, "at line %d, column %d: %s".formatted(e.line(), e.column(), e.text()));
    }
  }

  /// A client that comes back by itself sends the header, and the address it was given first.
  private FeedPosition after(Request request) {
    Optional<String> header = request.header(LAST_EVENT_ID).filter(text -> !text.isBlank());
    Optional<String> parameter = request.query().value(AFTER);
    long head = streams.head();
    if (header.isPresent()) {
      return place(LAST_EVENT_ID, header.get(), head);
    }
    return parameter
        .map(text -> place(AFTER, text, head))
        .orElseGet(() -> FeedPosition.behind(head));
  }

  private FeedPosition place(String name, String text, long head) {
    FeedPosition place =
        FeedPosition.of(text.strip())
            .map(streams::known)
            .orElseThrow(() ->
                Problem.parameter(
                    name, "must be the id of an event, such as 4711 or 4711.2, or a log position"));
    if (place.position() > head) {
      throw Problem.parameter(name, "is beyond the end of the log, which is at position " + head);
    }
    return place;
  }
}
