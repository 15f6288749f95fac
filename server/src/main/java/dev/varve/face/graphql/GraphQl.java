package dev.varve.face.graphql;

import dev.varve.face.graphql.document.GraphQlSettings;
import dev.varve.face.graphql.document.OperationLimits;
import dev.varve.face.graphql.document.RequestRefused;
import dev.varve.face.graphql.operation.GraphQlRequest;
import dev.varve.face.graphql.operation.Mutations;
import dev.varve.face.graphql.operation.Operations;
import dev.varve.face.graphql.operation.Queries;
import dev.varve.face.graphql.operation.Response;
import dev.varve.face.graphql.type.TypeSystem;
import dev.varve.face.rest.Rest;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Json;
import dev.varve.kernel.Lazy;
import dev.varve.kernel.Outage;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Access;
import dev.varve.lane.live.Streams;
import dev.varve.lane.query.Query;
import dev.varve.lane.write.Sequencer;
import dev.varve.net.http.Answer;
import dev.varve.net.http.ErrorAnswers;
import dev.varve.net.http.Handler;
import dev.varve.net.http.IdempotencyKey;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.schema.Schema;
import dev.varve.store.log.LogEpochs;
import graphql.language.OperationDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The GraphQL face: every model of a schema at `/graphql`, as the specification of GraphQL over HTTP has it
/// (https://graphql.github.io/graphql-over-http/draft/).
public final class GraphQl {
  public static final String PATH = "/graphql";
  public static final String TAG = "GraphQL";
  private static final Logger LOG = LoggerFactory.getLogger(GraphQl.class);
  private static final String ABOUT =
      """
      A query, or a mutation whose fields are one unit of work, or a subscription with `Accept: text/event-stream`.
      `query @asOf(at: "position:1") { ... }` reads the past. Subscriptions go over WebSockets too (graphql-transport-ws).
      Under `varve dev` a browser gets GraphiQL at [/graphql](/graphql), which knows all types.
      """;
  private static final String COST = "Varve-Cost";

  private final GraphQlSettings settings;
  private final Operations operations;
  private final Optional<GraphiQl> page;
  private final OperationStream listener;
  private final LogEpochs epochs;

  /// @param requireVersion whether a record is changed only by whoever names its version
  /// @param ids makes the ids of new records that come without one
  public GraphQl(
      Schema schema,
      GraphQlSettings settings,
      boolean requireVersion,
      Access access,
      Query query,
      Sequencer sequencer,
      Streams streams,
      Supplier<String> ids) {
    this.settings = settings;
    this.epochs = query.epochs();
    this.page = settings.graphiql() ? Optional.of(page(schema, access)) : Optional.empty();
    this.operations =
        new Operations(
            settings,
            new Lazy<>(() -> new TypeSystem(schema, access)),
            new Queries(schema, access, query),
            new Mutations(schema, access, query, sequencer, ids, requireVersion));
    this.listener = new OperationStream(schema, access, query, streams, operations);
  }

  /// Samples tell of the schema, so there are none where nobody may ask for it.
  private GraphiQl page(Schema schema, Access access) {
    return settings.introspection()
        ? new GraphiQl(Samples.models(schema), Samples.of(schema, access))
        : new GraphiQl(List.of(), List.of());
  }

  /// Every route of the GraphQL face.
  public List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    routes.add(
        route(
            "GET",
            this::get,
            "queryGraphQl",
            "Read, in one URL",
            "A query whose document stands in the URL, and with `Accept: text/event-stream` a subscription; mutations are refused."));
    routes.add(route("POST", this::post, "graphQl", "Read, change or listen", ABOUT));
    routes.add(Route.unlisted(Route.WEB_SOCKET, PATH, this::webSocket));
    page.ifPresent(graphiql -> routes.addAll(graphiql.routes(PATH)));
    return routes;
  }

  private static Route route(
      String method, Handler handler, String operation, String summary, String text) {
    return new Route(
        method,
        PATH,
        handler,
        new Route.Operation(
            operation, TAG, summary, text, Route.Caller.ANYBODY_OR_KNOWN, new Route.Special()));
  }

  private Answer get(Request request) {
    AcceptHeader accepted = new AcceptHeader(request.header("Accept"));
    if (page.isPresent() && accepted.prefersPage() && request.query().value("query").isEmpty()) {
      return page.get().page();
    }
    return answer(
        request,
        accepted,
        () -> {
          GraphQlRequest asked = GraphQlRequest.of(request.query());
          return wantsEvents(accepted, asked)
              ? events(request, asked, terms(request, Optional.empty(), false))
              : answer(request, accepted, one(asked, terms(request, Optional.empty(), false)));
        });
  }

  private Answer post(Request request) {
    AcceptHeader accepted = new AcceptHeader(request.header("Accept"));
    return answer(request, accepted, () -> post(request, accepted));
  }

  private Answer post(Request request, AcceptHeader accepted) {
    byte[] bytes = request.body(AcceptHeader.JSON);
    Object body = Json.read(bytes);
    Optional<Mutations.KeyedRequest> key =
        IdempotencyKey.of(request)
            .map(given -> new Mutations.KeyedRequest(given, IdempotencyKey.digest(request, bytes)));
    if (body instanceof List<?> several) {
      if (accepted.mediaType().isEmpty()) {
        throw RequestRefused.malformed(
            "A stream of events answers one request: send those of the array one by one");
      }
      return answer(request, accepted, several(request, several, key.isPresent()));
    }
    GraphQlRequest asked = GraphQlRequest.of(body);
    return wantsEvents(accepted, asked)
        ? events(request, asked, terms(request, key, true))
        : answer(request, accepted, one(asked, terms(request, key, true)));
  }

  private boolean wantsEvents(AcceptHeader accepted, GraphQlRequest asked) {
    return accepted.takesEvents()
        && (accepted.prefersEvents()
            || operations.is(OperationDefinition.Operation.SUBSCRIPTION, asked));
  }

  /// Whoever may not ask at all is told by the status; all else is told by an event.
  private Answer events(Request request, GraphQlRequest asked, Operations.Terms terms) {
    if (!terms.changes() && operations.is(OperationDefinition.Operation.MUTATION, asked)) {
      throw Operations.notByGet();
    }
    OperationStarter one =
        (caller, _, results) -> listener.start(request, caller, asked, terms, results);
    return Answer.streaming(
            AcceptHeader.EVENTS, new GraphQlEventStream(one, request::callerNow, Map.of()))
        .with("Cache-Control", "no-store")
        .with("X-Accel-Buffering", "no")
        .with("Vary", "Accept");
  }

  private Answer webSocket(Request request) {
    return Answer.webSocket(
        GraphQlSocket.PROTOCOL,
        new GraphQlSocket(
            request, (caller, asked, results) -> listener.start(request, caller, asked, results)));
  }

  /// One answer, or as many as there were questions.
  private record Responses(List<Response> all, boolean array) {}

  private Responses one(GraphQlRequest asked, Operations.Terms terms) {
    return new Responses(List.of(operations.carryOut(asked, terms)), false);
  }

  private static Operations.Terms terms(
      Request request, Optional<Mutations.KeyedRequest> key, boolean changes) {
    return new Operations.Terms(
        request.caller(),
        request.id(),
        key,
        changes,
        request.header(COST).isPresent(),
        request::spend);
  }

  private Responses several(Request request, List<?> bodies, boolean keyed) {
    if (keyed) {
      throw RequestRefused.malformed(
          "%s goes with one request: send those of the array one by one"
              .formatted(IdempotencyKey.NAME));
    }
    if (bodies.isEmpty() || bodies.size() > settings.requestsMax()) {
      throw OperationLimits.refused(
          "The body is an array of %,d requests, and from 1 to %,d are taken. Send fewer at a time, or raise the setting graphql.requestsMax"
              .formatted(bodies.size(), settings.requestsMax()));
    }
    Operations.Terms terms = terms(request, Optional.empty(), true);
    List<Response> responses = new ArrayList<>(bodies.size());
    for (Object body : bodies) {
      responses.add(carryOut(body, terms));
    }
    return new Responses(responses, true);
  }

  private Response carryOut(@Nullable Object body, Operations.Terms terms) {
    try {
      return operations.carryOut(GraphQlRequest.of(body), terms);
    } catch (RequestRefused refusal) {
      return Response.refused(refusal, refusal.status());
    }
  }

  private Answer answer(Request request, AcceptHeader accepted, Supplier<Answer> answering) {
    try {
      if (accepted.mediaType().isEmpty() && !accepted.takesEvents()) {
        throw new Problem(
            ErrorCode.NOT_ACCEPTABLE,
            "The answer can be %s or %s, and the request accepts neither"
                .formatted(AcceptHeader.GRAPHQL, AcceptHeader.JSON));
      }
      return answering.get();
    } catch (RequestRefused refusal) {
      return refused(request, accepted, refusal);
    } catch (Problem problem) {
      return refused(request, accepted, RequestRefused.malformed(problem));
    } catch (Outage outage) {
      LOG.warn("A GraphQL operation could not be answered: {}", outage.getMessage());
      return refused(request, accepted, RequestRefused.malformed(outage.problem(false)));
    }
  }

  private Answer refused(Request request, AcceptHeader accepted, RequestRefused refusal) {
    int status = accepted.takesJsonAlone() ? refusal.statusInJson() : refusal.status();
    Response response = Response.refused(refusal, status);
    Answer answer = answer(request, accepted, new Responses(List.of(response), false));
    Answer complete =
        refusal
            .problem()
            .map(problem -> ErrorAnswers.withHeaders(answer, status, problem))
            .orElse(answer);
    return status == ErrorCode.METHOD_NOT_ALLOWED.status()
        ? complete.with("Allow", "POST")
        : complete;
  }

  private Answer answer(Request request, AcceptHeader accepted, Responses responses) {
    Response last = responses.all().getLast();
    byte[] body =
        Json.bytes(generator -> {
          if (!responses.array()) {
            last.write(generator, request.id());
            return;
          }
          generator.writeStartArray();
          responses.all().forEach(response -> response.write(generator, request.id()));
          generator.writeEndArray();
        });
    boolean legacy = accepted.mediaType().filter(AcceptHeader.JSON::equals).isPresent();
    Answer answer = answer(responses.array() ? 200 : last.status(), legacy, body);
    OptionalLong position = last.position();
    if (position.isPresent()) {
      answer = answer.with(Rest.POSITION, epochs.text(position.getAsLong()));
    }
    return last.replayed() ? answer.with(IdempotencyKey.REPLAYED, "true") : answer;
  }

  /// Only what succeeded is plain JSON: a refusal that is might come from anywhere on the way.
  private static Answer answer(int status, boolean legacy, byte[] body) {
    boolean succeeded = status < 300;
    String mediaType = legacy && succeeded ? AcceptHeader.JSON : AcceptHeader.GRAPHQL;
    // 294 is a status of the GraphQL media type alone
    int given = legacy && succeeded ? 200 : status;
    return Answer.bytes(given, mediaType + "; charset=utf-8", body).with("Vary", "Accept");
  }
}
