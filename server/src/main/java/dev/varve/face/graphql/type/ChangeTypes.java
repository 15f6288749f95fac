package dev.varve.face.graphql.type;

import static dev.varve.face.graphql.type.OutputTypes.given;
import static graphql.schema.GraphQLList.list;
import static graphql.schema.GraphQLNonNull.nonNull;

import dev.varve.schema.GraphQlNames;
import dev.varve.schema.Model;
import dev.varve.schema.ScalarType;
import graphql.Scalars;
import graphql.schema.GraphQLEnumType;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLOutputType;
import java.util.List;

/// The types of what has happened to a record, and of what happens to it.
final class ChangeTypes {
  private final TypeRegistry registry;
  private final OutputTypes outputs;

  ChangeTypes(TypeRegistry registry, OutputTypes outputs) {
    this.registry = registry;
    this.outputs = outputs;
  }

  /// An entry of the history of a record.
  GraphQLOutputType version(Model model) {
    GraphQLOutputType text = nonNull(Scalars.GraphQLString);
    return registry.output(
        GraphQlNames.version(model),
        () ->
            GraphQLObjectType.newObject()
                .name(GraphQlNames.version(model))
                .description("One version of a record: what it was, and what made it so.")
                .field(
                    given(
                        "version",
                        nonNull(Scalars.GraphQLInt),
                        "Its number; a deletion has one too."))
                .field(given("operation", nonNull(changeKind()), "What happened."))
                .field(
                    given(
                        "position",
                        nonNull(ScalarTypes.of(ScalarType.LONG)),
                        "Where in the log it was written."))
                .field(given("at", nonNull(ScalarTypes.of(ScalarType.DATE_TIME)), "When."))
                .field(given("actor", text, "By whom."))
                .field(given("requestId", text, "In answer to which request."))
                .field(
                    given(
                        "changed",
                        nonNull(list(text)),
                        "The fields that differ from the version before."))
                .field(
                    given(
                        "record",
                        nonNull(outputs.record(model)),
                        "The record after the change, with its own fields; for a deletion as it was before."))
                .build());
  }

  /// What a subscription tells.
  GraphQLOutputType change(Model model) {
    GraphQLOutputType text = nonNull(Scalars.GraphQLString);
    return registry.output(
        GraphQlNames.change(model),
        () ->
            GraphQLObjectType.newObject()
                .name(GraphQlNames.change(model))
                .description("A change of one record.")
                .field(
                    given(
                        "position",
                        nonNull(ScalarTypes.of(ScalarType.LONG)),
                        "Where in the log it was written."))
                .field(
                    given(
                        "index",
                        nonNull(Scalars.GraphQLInt),
                        "Which change it is of those written there together, from 0."))
                .field(given("cursor", text, "Its place, for `after`."))
                .field(given("operation", nonNull(changeOperation()), "What happened."))
                .field(given("id", nonNull(Scalars.GraphQLID), "Of the record."))
                .field(
                    given(
                        "at",
                        ScalarTypes.of(ScalarType.DATE_TIME),
                        "When; null for a record that is gone."))
                .field(
                    given(
                        "actor", Scalars.GraphQLString, "By whom; null for a record that is gone."))
                .field(
                    given(
                        "changed",
                        nonNull(list(text)),
                        "The fields that differ from what you saw before."))
                .field(
                    given(
                        "record",
                        outputs.record(model),
                        "The record after the change; null when it was deleted or is gone."))
                .build());
  }

  private GraphQLOutputType changeOperation() {
    return registry.output(
        "ChangeOperation",
        () -> {
          GraphQLEnumType.Builder made =
              GraphQLEnumType.newEnum()
                  .name("ChangeOperation")
                  .description(
                      "What happened to a record; GONE when it is out of your sight, or not what you asked for any longer.");
          List.of("CREATE", "UPDATE", "DELETE", "UNDELETE", "GONE")
              .forEach(operation -> made.value(operation, operation));
          return made.build();
        });
  }

  private GraphQLOutputType changeKind() {
    return registry.output(
        "ChangeKind",
        () -> {
          GraphQLEnumType.Builder made =
              GraphQLEnumType.newEnum()
                  .name("ChangeKind")
                  .description("What happened to a record.");
          List.of("CREATE", "UPDATE", "DELETE", "UNDELETE").forEach(kind -> made.value(kind, kind));
          return made.build();
        });
  }
}
