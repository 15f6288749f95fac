package dev.varve.face.rest;

import static dev.varve.face.rest.RestWords.said;

import dev.varve.kernel.Nearest;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Access;
import dev.varve.lane.query.Query;
import dev.varve.lane.write.Sequencer;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.schema.Model;
import dev.varve.schema.ScalarType;
import dev.varve.schema.Schema;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// The REST face: every model of a schema as resources, and batches.
public final class Rest {
  /// Names, on every answer about records, the log position that it shows.
  public static final String POSITION = "Varve-Position";

  public static final String ROOT = "/api/";
  public static final String BATCH = "/api/batch";
  public static final String BATCH_TAG = "Batch";
  static final String ID = "id";

  private final Schema schema;
  private final RecordReads reads;
  private final HistoryReads history;
  private final RecordWrites writes;
  private final BatchEndpoint batch;

  /// @param schemaVersion changes whenever the schema does
  /// @param ids makes the ids of new records that come without one
  public Rest(
      Schema schema,
      int schemaVersion,
      RestSettings settings,
      Access access,
      Query query,
      Sequencer sequencer,
      Supplier<String> ids) {
    CommandReader commands = new CommandReader(access, query, ids, settings);
    Submission submission = new Submission(sequencer);
    this.schema = schema;
    this.reads = new RecordReads(schema, schemaVersion, access, query);
    this.history = new HistoryReads(schema, access, query);
    this.writes = new RecordWrites(access, commands, submission);
    this.batch = new BatchEndpoint(schema, settings, access, commands, submission);
  }

  /// Every route of the REST face.
  public List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    schema.models().forEach(model -> routes.addAll(routes(model)));
    routes.add(
        new Route(
            "POST",
            BATCH,
            batch::answer,
            new Route.Operation(
                "batch",
                BATCH_TAG,
                "Carry out many operations, all or nothing",
                "Operations see the effects of those before them. When one is refused nothing is written, and the error names it: `operations[2].body.email`.",
                Route.Caller.ANYBODY_OR_KNOWN,
                new Route.Special())));
    for (String method : List.of("GET", "POST", "PUT", "PATCH", "DELETE")) {
      for (String path : List.of("{models}", "{models}/{id}", "{models}/{id}/{action}")) {
        routes.add(Route.unlisted(method, ROOT + path, this::unknownModel));
      }
    }
    return routes;
  }

  /// Of these, the reads of records that take `asOf`.
  public List<Route> reads() {
    return schema.models().stream().flatMap(model -> reads(model).stream()).toList();
  }

  /// The places of those that a schema would have, with nobody who answers.
  public static List<Route> readsOf(Schema schema) {
    return schema.models().stream()
        .map(RecordRoutes::new)
        .flatMap(of -> Stream.of(of.list(Rest::nobody), of.read(Rest::nobody)))
        .toList();
  }

  private static Answer nobody(Request request) {
    throw new IllegalStateException("The schema is not served");
  }

  private List<Route> reads(Model model) {
    RecordRoutes of = new RecordRoutes(model);
    return List.of(
        of.list(said(request -> reads.list(model, request))),
        of.read(said(request -> reads.one(model, request))));
  }

  private List<Route> routes(Model model) {
    RecordRoutes of = new RecordRoutes(model);
    Route onHistory = of.history(said(request -> history.answer(model, request)));
    Route onRestore = of.restore(said(request -> writes.restore(model, request)));
    List<Route> reads = reads(model);
    return List.of(
        reads.getFirst(),
        of.create(said(request -> writes.create(model, request))),
        reads.getLast(),
        of.replace(said(request -> writes.replace(model, request))),
        of.merge(said(request -> writes.merge(model, request))),
        of.delete(said(request -> writes.delete(model, request))),
        model.history() ? onHistory : refusing(onHistory),
        model.history() ? onRestore : refusing(onRestore));
  }

  /// A model without history has these routes too, to say that it has none.
  private static Route refusing(Route route) {
    return Route.unlisted(route.method(), route.pattern(), route.handler());
  }

  private Answer unknownModel(Request request) {
    String name = request.variable("models");
    List<String> paths = schema.models().stream().map(Model::path).toList();
    if (paths.contains(name)) {
      throw Problem.notFound(
          "There is nothing at %s. A record has %s%s/ID/history and %s%s/ID/restore"
              .formatted(request.path(), ROOT, name, ROOT, name));
    }
    String hint =
        Nearest.to(name, paths)
            .map(near -> "Did you mean " + ROOT + near + "?")
            .orElse("/openapi.json lists what there is");
    throw Problem.notFound("There is nothing at %s. %s".formatted(request.path(), hint));
  }

  /// The id in the path. UUIDs are the same in upper case.
  static String id(Model model, Request request) {
    String id = request.variable(ID);
    return model.id().type() == ScalarType.UUID ? id.toLowerCase(Locale.ROOT) : id;
  }

  /// Text as one segment of a path.
  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
