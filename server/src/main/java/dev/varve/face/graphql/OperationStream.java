package dev.varve.face.graphql;

import dev.varve.face.graphql.document.ArgumentProblem;
import dev.varve.face.graphql.document.RequestRefused;
import dev.varve.face.graphql.document.SubscriptionRoot;
import dev.varve.face.graphql.operation.ChangeView;
import dev.varve.face.graphql.operation.CollectedField;
import dev.varve.face.graphql.operation.GraphQlRequest;
import dev.varve.face.graphql.operation.Operations;
import dev.varve.face.graphql.operation.Planner;
import dev.varve.face.graphql.operation.Response;
import dev.varve.face.graphql.type.InputTypes;
import dev.varve.face.graphql.type.RootField;
import dev.varve.face.graphql.type.TypeSystem;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Access;
import dev.varve.lane.access.Caller;
import dev.varve.lane.expression.Operator;
import dev.varve.lane.expression.Predicate;
import dev.varve.lane.expression.Predicates;
import dev.varve.lane.live.FeedPosition;
import dev.varve.lane.live.Interest;
import dev.varve.lane.live.Streams;
import dev.varve.lane.live.Subscription;
import dev.varve.lane.query.Query;
import dev.varve.net.http.Request;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Carries out operations over connections that take one result after the other: a subscription gives one for each
/// change, a query or a mutation its only one.
final class OperationStream {
  private final Schema schema;
  private final Access access;
  private final Query query;
  private final Streams streams;
  private final Operations operations;

  OperationStream(
      Schema schema, Access access, Query query, Streams streams, Operations operations) {
    this.schema = schema;
    this.access = access;
    this.query = query;
    this.streams = streams;
    this.operations = operations;
  }

  /// An operation that came over a WebSocket.
  OperationStarter.Running start(
      Request request,
      Supplier<Caller> callerNow,
      Map<String, @Nullable Object> payload,
      OperationStarter.Results results) {
    return begin(
        request,
        results,
        () -> {
          GraphQlRequest asked = GraphQlRequest.of(payload);
          Operations.Terms terms =
              new Operations.Terms(
                  callerNow.get(), request.id(), Optional.empty(), true, false, request::spend);
          return carryOut(request, callerNow, asked, terms, results);
        });
  }

  /// An operation that is answered with events.
  OperationStarter.Running start(
      Request request,
      Supplier<Caller> callerNow,
      GraphQlRequest asked,
      Operations.Terms terms,
      OperationStarter.Results results) {
    return begin(request, results, () -> carryOut(request, callerNow, asked, terms, results));
  }

  /// What is refused is told over the connection too.
  private static OperationStarter.Running begin(
      Request request,
      OperationStarter.Results results,
      Supplier<OperationStarter.Running> beginning) {
    try {
      return beginning.get();
    } catch (RequestRefused refusal) {
      return new Done(() -> results.errors(refusal.json(request.id())));
    } catch (Problem problem) {
      return new Done(() -> results.errors(RequestRefused.of(problem).json(request.id())));
    }
  }

  private OperationStarter.Running carryOut(
      Request request,
      Supplier<Caller> callerNow,
      GraphQlRequest asked,
      Operations.Terms terms,
      OperationStarter.Results results) {
    Operations.Prepared prepared = operations.prepare(asked);
    if (prepared.isSubscription()) {
      return listen(request, callerNow, prepared, terms.caller(), results);
    }
    Response response = operations.carryOut(prepared, terms);
    // made here, where it counts towards what a request may hold
    byte[] result = Json.bytes(json -> response.write(json, request.id()));
    return new Done(() -> results.next(result));
  }

  /// An operation of which nothing is left but to tell how it ended.
  private record Done(Runnable telling) implements OperationStarter.Running {
    @Override
    public void run() {
      telling.run();
    }

    @Override
    public void stop() {
      // it has come to its end already
    }

    @Override
    public void close() {
      // it holds nothing
    }
  }

  private OperationStarter.Running listen(
      Request request,
      Supplier<Caller> callerNow,
      Operations.Prepared prepared,
      Caller caller,
      OperationStarter.Results results) {
    CollectedField field = onlyField(prepared.fields());
    Model model = ((RootField.Changed) prepared.system().root(field.name())).model();
    ChangeView view = new ChangeView(schema, access, query, model, field);
    operations.requireFew(view.cost());
    view.require(caller);
    request.spend(1);
    Subscription subscription =
        streams.open(request.network(), caller, interest(model, field), after(field));
    return new SubscriptionStream(
        subscription, view, caller, callerNow, results, request, streams.settings());
  }

  private static CollectedField onlyField(List<CollectedField> fields) {
    if (fields.size() != 1
        || fields.getFirst().isTypename()
        || fields.getFirst().isIntrospection()) {
      throw RequestRefused.invalid(SubscriptionRoot.ONE_FIELD);
    }
    return fields.getFirst();
  }

  private Interest interest(Model model, CollectedField field) {
    Map<String, Object> wanted = new LinkedHashMap<>();
    List<Predicate> parts = new ArrayList<>();
    if (field.argument(TypeSystem.ID) instanceof String id) {
      wanted.put(TypeSystem.ID, id);
      parts.add(Predicates.test(schema, model, List.of(Model.ID), Operator.EQ, id, true));
    }
    Planner.where(schema, model, field)
        .ifPresent(where -> {
          wanted.put(InputTypes.WHERE, field.argument(InputTypes.WHERE));
          parts.add(where);
        });
    return new Interest(
        List.of(model),
        true,
        parts.isEmpty()
            ? Optional.empty()
            : Optional.of(new Interest.Filter(text(wanted), Predicates.and(parts))));
  }

  /// The same for all that want the same, and nothing that a filter of the feed could be.
  private static String text(Map<String, Object> wanted) {
    byte[] utf8 = Json.bytes(json -> Json.write(json, wanted));
    return "graphql " + new String(utf8, StandardCharsets.UTF_8);
  }

  private FeedPosition after(CollectedField field) {
    long head = streams.head();
    return field.argument(TypeSystem.AFTER) instanceof String given
        ? Planner.at(field, () -> place(given, head))
        : FeedPosition.behind(head);
  }

  private FeedPosition known(FeedPosition place) {
    try {
      return streams.known(place);
    } catch (Problem lost) {
      throw lost.told(lost.text(), List.of(new FieldError(TypeSystem.AFTER, lost.text())));
    }
  }

  private FeedPosition place(String given, long head) {
    FeedPosition place =
        FeedPosition.of(given.strip())
            .map(this::known)
            .orElseThrow(() ->
                ArgumentProblem.invalid(
                    TypeSystem.AFTER,
                    "must be the cursor of a change, such as 4711.2, or a log position"));
    if (place.position() > head) {
      throw ArgumentProblem.invalid(
          TypeSystem.AFTER, "is beyond the end of the log, which is at position " + head);
    }
    return place;
  }
}
