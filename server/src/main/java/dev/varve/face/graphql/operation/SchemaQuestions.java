package dev.varve.face.graphql.operation;

import dev.varve.face.graphql.document.Documents;
import dev.varve.face.graphql.document.OperationLimits;
import dev.varve.face.graphql.document.RequestRefused;
import graphql.ExecutionInput;
import graphql.ExecutionResult;
import graphql.GraphQL;
import graphql.execution.ResultNodesInfo;
import graphql.execution.preparsed.PreparsedDocumentEntry;
import graphql.language.Document;
import graphql.language.OperationDefinition;
import graphql.language.Selection;
import graphql.language.SelectionSet;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLNamedType;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLSchemaElement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Answers what an operation asks about the schema itself (`__schema`, `__type`). graphql-java does; all that is kept
/// from it is the rest of the operation.
final class SchemaQuestions {
  // tools ask for all there is in one question, and for the types of each field several levels deep
  private static final int VALUES_PER_ELEMENT = 30;
  private static final int VALUES_AT_LEAST = 10_000;

  private final GraphQLSchema schema;

  SchemaQuestions(GraphQLSchema schema) {
    this.schema = schema;
  }

  /// The answers by the names of the fields in the answer.
  ///
  /// @throws RequestRefused when it is far more than the whole schema
  Map<String, @Nullable Object> answer(
      Documents.Checked document,
      OperationDefinition operation,
      Map<String, @Nullable Object> variables,
      List<CollectedField> fields) {
    Document asked = document(document, operation, fields);
    GraphQL engine =
        GraphQL.newGraphQL(schema)
            .preparsedDocumentProvider(
                (_, _) -> CompletableFuture.completedFuture(new PreparsedDocumentEntry(asked)))
            .build();
    ExecutionInput input =
        ExecutionInput.newExecutionInput()
            .query("{__typename}")
            .operationName(operation.getName())
            .variables(variables)
            .build();
    int valuesMax = VALUES_AT_LEAST + VALUES_PER_ELEMENT * elements();
    input.getGraphQLContext().put(ResultNodesInfo.MAX_RESULT_NODES, valuesMax);
    ExecutionResult result = engine.execute(input);
    ResultNodesInfo counted =
        Objects.requireNonNull(input.getGraphQLContext().get(ResultNodesInfo.RESULT_NODES_INFO));
    if (counted.isMaxResultNodesExceeded()) {
      throw OperationLimits.refused(
          "The answer about the schema would have more than %,d values: ask for less at a time"
              .formatted(valuesMax));
    }
    if (!result.getErrors().isEmpty()) {
      throw RequestRefused.invalid(result.getErrors().getFirst().getMessage());
    }
    Map<String, @Nullable Object> data = result.getData();
    return data == null ? Map.of() : data;
  }

  /// What there is to tell: types, their fields and values, and the arguments of the fields.
  private int elements() {
    int elements = 0;
    for (GraphQLNamedType type : schema.getAllTypesAsList()) {
      elements++;
      for (GraphQLSchemaElement child : type.getChildren()) {
        elements +=
            1 + (child instanceof GraphQLFieldDefinition field ? field.getArguments().size() : 0);
      }
    }
    return elements;
  }

  private static Document document(
      Documents.Checked document, OperationDefinition operation, List<CollectedField> fields) {
    List<Selection<?>> selections = new ArrayList<>();
    fields.forEach(field -> selections.addAll(field.nodes()));
    OperationDefinition narrowed =
        operation.transform(changed -> changed.selectionSet(new SelectionSet(selections)));
    Document.Builder asked = Document.newDocument().definition(narrowed);
    document.fragments().values().forEach(asked::definition);
    return asked.build();
  }
}
