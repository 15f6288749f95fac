package dev.varve.face.graphql.type;

import static graphql.schema.GraphQLFieldDefinition.newFieldDefinition;
import static graphql.schema.GraphQLList.list;
import static graphql.schema.GraphQLNonNull.nonNull;

import dev.varve.lane.access.Access;
import dev.varve.schema.GraphQlNames;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import graphql.Scalars;
import graphql.introspection.Introspection.DirectiveLocation;
import graphql.language.OperationDefinition;
import graphql.schema.GraphQLArgument;
import graphql.schema.GraphQLCodeRegistry;
import graphql.schema.GraphQLDirective;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLInputType;
import graphql.schema.GraphQLInterfaceType;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLOutputType;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLTypeReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The GraphQL schema of a schema file, and what each field at its root means.
public final class TypeSystem {
  public static final String ID = "id";
  public static final String INPUT = "input";
  public static final String CURSOR = "cursor";
  public static final String AFTER = "after";
  public static final String VERSION = "version";
  public static final String EXPECTED_VERSION = "expectedVersion";
  public static final String BEFORE_VERSION = "beforeVersion";
  public static final String AS_OF = "asOf";
  public static final String AT = "at";
  public static final String AS_OF_EXAMPLE =
      "query @asOf(at: \"...\") { ... }, which moves all of it";

  private static final GraphQLInputType REQUIRED_ID = nonNull(Scalars.GraphQLID);

  private final Map<String, RootField> roots = new HashMap<>();
  private final GraphQLObjectType.Builder queries =
      GraphQLObjectType.newObject().name("Query").description("What can be read.");
  private final GraphQLObjectType.Builder mutations =
      GraphQLObjectType.newObject()
          .name("Mutation")
          .description(
              "What can be changed. All fields of one operation are carried out in order, all or none.");
  private final GraphQLObjectType.Builder subscriptions =
      GraphQLObjectType.newObject()
          .name("Subscription")
          .description("What can be listened to: every change that you may know of, in order.");
  private final InputTypes inputs;
  private final OutputTypes outputs;
  private final ChangeTypes changes;
  private final GraphQLSchema schema;

  public TypeSystem(Schema schema, Access access) {
    TypeRegistry registry = new TypeRegistry();
    this.inputs = new InputTypes(schema, access, registry);
    this.outputs = new OutputTypes(schema, registry, inputs);
    this.changes = new ChangeTypes(registry, outputs);
    GraphQLInterfaceType node = outputs.node();
    schema.models().forEach(this::addQueries);
    schema.models().forEach(this::addMutations);
    schema.models().forEach(this::addSubscription);
    query(
        GraphQlNames.NODE,
        new RootField.Node(),
        GraphQLTypeReference.typeRef(node.getName()),
        "A record of any model by its `nodeId`.",
        List.of(InputTypes.argument(ID, REQUIRED_ID, "Its `nodeId`.")));
    this.schema =
        GraphQLSchema.newSchema()
            .query(queries.build())
            .mutation(mutations.build())
            .subscription(subscriptions.build())
            .additionalTypes(registry.all())
            .additionalType(node)
            .additionalDirective(asOf())
            .codeRegistry(
                GraphQLCodeRegistry.newCodeRegistry()
                    // the type is known before anything is read, and nobody asks this way
                    .typeResolver(node, _ -> null)
                    .build())
            .build();
  }

  private static GraphQLDirective asOf() {
    return GraphQLDirective.newDirective()
        .name(AS_OF)
        .description("Reads the whole query as of a moment.")
        .argument(
            InputTypes.argument(
                AT,
                nonNull(Scalars.GraphQLString),
                "An instant such as 2026-03-01T00:00:00Z, or position:1234 for a log position."))
        .validLocation(DirectiveLocation.QUERY)
        .build();
  }

  public GraphQLSchema schema() {
    return schema;
  }

  /// What a field of Query, Mutation or Subscription asks for.
  public RootField root(String name) {
    return Objects.requireNonNull(roots.get(name), name);
  }

  private void query(
      String name,
      RootField field,
      GraphQLOutputType type,
      String description,
      List<GraphQLArgument> arguments) {
    roots.put(name, field);
    queries.field(definition(name, type, description, arguments));
  }

  private void mutation(
      String name,
      RootField field,
      Model model,
      String description,
      List<GraphQLArgument> arguments) {
    roots.put(name, field);
    mutations.field(definition(name, nonNull(outputs.record(model)), description, arguments));
  }

  private static GraphQLFieldDefinition definition(
      String name, GraphQLOutputType type, String description, List<GraphQLArgument> arguments) {
    return newFieldDefinition()
        .name(name)
        .type(type)
        .description(description)
        .arguments(arguments)
        .build();
  }

  private void addQueries(Model model) {
    String name = model.name();
    GraphQLArgument id = InputTypes.argument(ID, REQUIRED_ID, "");
    GraphQLOutputType record = outputs.record(model);
    query(
        GraphQlNames.one(model),
        new RootField.One(model),
        record,
        "One %s; null when there is none, or none that you may see.".formatted(name),
        List.of(id));
    query(
        GraphQlNames.many(model),
        new RootField.Many(model),
        nonNull(list(nonNull(record))),
        "A list of %s. Where it goes on is in `extensions.cursors`.".formatted(name),
        with(inputs.portion(model), text(CURSOR, "Where the page starts: a cursor of this list.")));
    query(
        GraphQlNames.connectionField(model),
        new RootField.Connection(model),
        nonNull(outputs.connection(model)),
        "A list of %s, with the place of each.".formatted(name),
        with(inputs.page(model), text(AFTER, "Where the page starts: a cursor of this list.")));
    if (model.history()) {
      query(
          GraphQlNames.historyField(model),
          new RootField.History(model),
          list(nonNull(changes.version(model))),
          "The versions of one %s, newest first; null when there is none that you may see."
              .formatted(name),
          List.of(
              id,
              inputs.portion(model).getFirst(),
              number(BEFORE_VERSION, "Only versions older than this one.")));
    }
  }

  private static List<GraphQLArgument> with(List<GraphQLArgument> some, GraphQLArgument one) {
    List<GraphQLArgument> all = new ArrayList<>(some);
    all.add(1, one);
    return all;
  }

  private static GraphQLArgument text(String name, String description) {
    return InputTypes.argument(name, Scalars.GraphQLString, description);
  }

  private static GraphQLArgument number(String name, String description) {
    return InputTypes.argument(name, Scalars.GraphQLInt, description);
  }

  private void addMutations(Model model) {
    GraphQLArgument id = InputTypes.argument(ID, REQUIRED_ID, "");
    GraphQLArgument expected =
        number(EXPECTED_VERSION, "Refuses the change when the record has another version by now.");
    mutation(
        GraphQlNames.create(model),
        new RootField.Create(model),
        model,
        "Makes a record.",
        List.of(InputTypes.argument(INPUT, nonNull(inputs.create(model)), "")));
    if (!InputTypes.changeable(model).isEmpty()) {
      mutation(
          GraphQlNames.update(model),
          new RootField.Update(model),
          model,
          "Changes a record.",
          List.of(id, InputTypes.argument(INPUT, nonNull(inputs.update(model)), ""), expected));
    }
    mutation(
        GraphQlNames.delete(model),
        new RootField.Delete(model),
        model,
        "Removes a record, and gives it as it was.",
        List.of(id, expected));
    if (model.history()) {
      mutation(
          GraphQlNames.restore(model),
          new RootField.Restore(model),
          model,
          "Writes an older version back as a new change; brings a removed record back.",
          List.of(
              id,
              InputTypes.argument(VERSION, Scalars.GraphQLInt, "The one to write back."),
              text(AS_OF, "In place of version: the moment to go back to, as @asOf takes it."),
              expected));
    }
  }

  private void addSubscription(Model model) {
    String name = GraphQlNames.changed(model);
    roots.put(name, new RootField.Changed(model));
    subscriptions.field(
        definition(
            name,
            nonNull(changes.change(model)),
            "Every change of a %s that you see before or after it.".formatted(model.name()),
            List.of(
                InputTypes.argument(ID, Scalars.GraphQLID, "Only of this one."),
                InputTypes.argument(InputTypes.WHERE, inputs.where(model), "Only of such records."),
                text(
                    AFTER,
                    "Starts behind this place: the cursor of a change, or a log position. Without it only what is yet to come is told."))));
  }

  /// The type whose fields an operation begins with.
  public static GraphQLObjectType root(GraphQLSchema schema, OperationDefinition operation) {
    return Objects.requireNonNull(
        switch (operation.getOperation()) {
          case QUERY -> schema.getQueryType();
          case MUTATION -> schema.getMutationType();
          case SUBSCRIPTION -> schema.getSubscriptionType();
        });
  }
}
