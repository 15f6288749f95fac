package dev.varve.face.graphql.operation;

import dev.varve.face.graphql.document.AllowList;
import dev.varve.face.graphql.document.ArgumentProblem;
import dev.varve.face.graphql.document.Documents;
import dev.varve.face.graphql.document.GraphQlSettings;
import dev.varve.face.graphql.document.OperationLimits;
import dev.varve.face.graphql.document.PersistedQueries;
import dev.varve.face.graphql.document.RequestRefused;
import dev.varve.face.graphql.document.Suggestions;
import dev.varve.face.graphql.document.ValueCheck;
import dev.varve.face.graphql.type.TypeSystem;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Moment;
import graphql.GraphQLContext;
import graphql.GraphQLException;
import graphql.execution.CoercedVariables;
import graphql.execution.RawVariables;
import graphql.execution.ValuesResolver;
import graphql.language.Directive;
import graphql.language.OperationDefinition;
import graphql.schema.GraphQLDirective;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLSchema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Carries out one operation, from its document to its response.
public final class Operations {
  private static final GraphQLContext NO_CONTEXT = GraphQLContext.getDefault();

  private static final long RECORDS_PER_REQUEST = 100;

  private final GraphQlSettings settings;
  private final Supplier<TypeSystem> types;
  private final Documents documents;
  private final PersistedQueries persisted;
  private final Queries queries;
  private final Mutations mutations;

  /// What a request may do by the way it came in.
  ///
  /// @param key by which a request that comes again is known
  /// @param changes whether it may change anything
  /// @param costs whether it wants to know what it costs
  /// @param spending takes what it weighs from the limits on requests
  public record Terms(
      Caller caller,
      String requestId,
      Optional<Mutations.KeyedRequest> key,
      boolean changes,
      boolean costs,
      LongConsumer spending) {}

  public Operations(
      GraphQlSettings settings, Supplier<TypeSystem> types, Queries queries, Mutations mutations) {
    this.settings = settings;
    this.types = types;
    this.documents = new Documents(settings, AllowList.of(settings.allowList()));
    this.persisted = new PersistedQueries(settings.cachedCharactersMax());
    this.queries = queries;
    this.mutations = mutations;
  }

  /// An operation that has passed all checks that need no data.
  ///
  /// @param fields at its root, with all below them
  /// @param asked what the request gave
  public record Prepared(
      TypeSystem system,
      Documents.Checked document,
      OperationDefinition operation,
      CoercedVariables variables,
      GraphQLObjectType root,
      List<CollectedField> fields,
      GraphQlRequest asked) {
    private boolean changes() {
      return operation.getOperation() == OperationDefinition.Operation.MUTATION;
    }

    public boolean isSubscription() {
      return operation.getOperation() == OperationDefinition.Operation.SUBSCRIPTION;
    }
  }

  /// @throws RequestRefused when it cannot be carried out, whoever asks
  public Prepared prepare(GraphQlRequest asked) {
    TypeSystem system = types.get();
    String text = persisted.document(asked.query(), asked.extensions());
    Documents.Checked document = documents.checked(text, system.schema());
    OperationDefinition operation = document.operation(asked.operationName());
    CoercedVariables variables = variables(system.schema(), operation, asked.variables());
    GraphQLObjectType root = TypeSystem.root(system.schema(), operation);
    List<CollectedField> fields =
        new FieldCollector(system.schema(), document.fragments(), variables)
            .collect(root, operation.getSelectionSet());
    return new Prepared(system, document, operation, variables, root, fields, asked);
  }

  /// Whether a request asks for an operation of a kind, as far as it can be told.
  public boolean is(OperationDefinition.Operation kind, GraphQlRequest asked) {
    try {
      return prepare(asked).operation().getOperation() == kind;
    } catch (RequestRefused refused) {
      // it is results out as any other, and so it is told why
      return false;
    }
  }

  /// @throws RequestRefused when it is not carried out
  public Response carryOut(GraphQlRequest asked, Terms terms) {
    Prepared prepared = prepare(asked);
    if (prepared.isSubscription()) {
      throw RequestRefused.of(
          new Problem(
              ErrorCode.NOT_ACCEPTABLE,
              "A subscription has many results: send it alone with Accept: text/event-stream, or over a WebSocket"));
    }
    return carryOut(prepared, terms);
  }

  /// @param prepared a query or a mutation
  /// @throws RequestRefused when it is not carried out
  public Response carryOut(Prepared prepared, Terms terms) {
    if (prepared.changes() && !terms.changes()) {
      throw notByGet();
    }
    List<CollectedField> fields = prepared.fields();
    List<CollectedField> questions =
        fields.stream().filter(CollectedField::isIntrospection).toList();
    if (!questions.isEmpty()) {
      requireIntrospection();
    }
    List<CollectedField> others =
        fields.stream().filter(field -> !field.isIntrospection()).toList();
    Queries.RootResults results = carry(prepared, terms, others);
    if (!questions.isEmpty()) {
      answer(questions, prepared, results);
    }
    boolean costs = terms.costs() || Boolean.TRUE.equals(prepared.asked().extensions().get("cost"));
    return response(results, fields, prepared.root().getName(), prepared.changes(), costs);
  }

  private Queries.RootResults carry(Prepared prepared, Terms terms, List<CollectedField> fields) {
    Queries.Roots roots = field -> prepared.system().root(field.name());
    return prepared.changes()
        ? mutations.carry(
            terms.caller(),
            terms.requestId(),
            terms.key(),
            roots,
            fields,
            records -> spend(terms, records, fields.size()))
        : queries.carry(
            terms.caller(), moment(prepared), roots, fields, records -> spend(terms, records, 1));
  }

  /// An operation weighs as many requests as it takes the place of: writes, or lists of a common length.
  private void spend(Terms terms, long records, long writes) {
    requireFew(records);
    try {
      terms.spending().accept(Math.max(writes, Math.ceilDiv(records, RECORDS_PER_REQUEST)));
    } catch (Problem tooMany) {
      throw RequestRefused.of(tooMany);
    }
  }

  private static void answer(
      List<CollectedField> questions, Prepared prepared, Queries.RootResults results) {
    Map<String, @Nullable Object> answers =
        new SchemaQuestions(prepared.system().schema())
            .answer(
                prepared.document(), prepared.operation(), prepared.asked().variables(), questions);
    questions.forEach(field -> results.give(field, (_, _) -> answers.get(field.key())));
  }

  public static RequestRefused notByGet() {
    return RequestRefused.of(
        new Problem(
            ErrorCode.METHOD_NOT_ALLOWED, "A mutation changes something: send it with POST"));
  }

  private Response response(
      Queries.RootResults results,
      List<CollectedField> fields,
      String type,
      boolean changes,
      boolean costs) {
    if (changes && results.isRefused()) {
      return Response.executed(null, results.refusals(), results.position(), Map.of(), false);
    }
    String hidden = changes ? ": ask for id alone. What the operation changed has been kept" : "";
    Object data = results.data(fields, type, hidden);
    Map<String, Object> extensions = new LinkedHashMap<>();
    if (!results.cursors().isEmpty()) {
      extensions.put("cursors", results.cursors());
    }
    if (costs) {
      Map<String, Object> cost = new LinkedHashMap<>();
      cost.put("records", results.cost());
      cost.put("recordsMax", (long) settings.costMax());
      cost.put("statements", results.statements());
      extensions.put("cost", cost);
    }
    return Response.executed(
        data, results.errors(), results.position(), extensions, results.isReplayed());
  }

  private void requireIntrospection() {
    if (!settings.introspection()) {
      throw RequestRefused.of(
          new Problem(
              ErrorCode.FORBIDDEN,
              "This server does not tell its schema: whoever runs it can allow it with the setting graphql.introspection"));
    }
  }

  /// @throws RequestRefused when so many records are too many
  public void requireFew(long cost) {
    if (cost > settings.costMax()) {
      throw OperationLimits.refused(
          "The operation asks for up to %,d records, and at most %,d are given. Ask for fewer with limit and first, or raise the setting graphql.costMax"
              .formatted(cost, settings.costMax()));
    }
  }

  private Suggestions suggestions() {
    return new Suggestions(settings.introspection());
  }

  private CoercedVariables variables(
      GraphQLSchema schema, OperationDefinition operation, Map<String, @Nullable Object> given) {
    if (operation.getVariableDefinitions().isEmpty()) {
      return CoercedVariables.emptyVariables();
    }
    ValueCheck.variables(schema, operation.getVariableDefinitions(), given, suggestions());
    try {
      return ValuesResolver.coerceVariableValues(
          schema,
          operation.getVariableDefinitions(),
          RawVariables.of(given),
          NO_CONTEXT,
          Locale.ENGLISH);
    } catch (GraphQLException e) {
      throw RequestRefused.invalid(String.valueOf(e.getMessage()));
    }
  }

  private static Moment moment(Prepared prepared) {
    List<Directive> given = prepared.operation().getDirectives(TypeSystem.AS_OF);
    if (given.isEmpty()) {
      return Moment.NOW;
    }
    GraphQLDirective definition =
        Objects.requireNonNull(prepared.system().schema().getDirective(TypeSystem.AS_OF));
    Object at =
        ValuesResolver.getArgumentValues(
                definition.getArguments(),
                given.getFirst().getArguments(),
                prepared.variables(),
                NO_CONTEXT,
                Locale.ENGLISH)
            .get(TypeSystem.AT);
    return Moment.of(String.valueOf(at))
        .orElseThrow(() ->
            RequestRefused.at(
                ArgumentProblem.moment(ErrorCode.INVALID_INSTANT, Moment.WANTED),
                given.getFirst().getSourceLocation(),
                List.of()));
  }
}
