package dev.varve.graphql;

import graphql.ExecutionInput;
import graphql.ExecutionResult;
import graphql.GraphQL;
import graphql.execution.preparsed.PreparsedDocumentEntry;
import graphql.language.Document;
import graphql.language.OperationDefinition;
import graphql.language.Selection;
import graphql.language.SelectionSet;
import graphql.schema.GraphQLSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Answers what an operation asks about the schema itself (`__schema`, `__type`). graphql-java does; all that is kept
/// from it is the rest of the operation.
final class SchemaQuestions {
  private final GraphQLSchema schema;

  SchemaQuestions(GraphQLSchema schema) {
    this.schema = schema;
  }

  /// The answers by the names of the fields in the answer.
  Map<String, @Nullable Object> answer(
      Documents.Checked document,
      OperationDefinition operation,
      Map<String, @Nullable Object> variables,
      List<Selected> fields) {
    Document asked = document(document, operation, fields);
    GraphQL engine =
        GraphQL.newGraphQL(schema)
            .preparsedDocumentProvider(
                (_, _) -> CompletableFuture.completedFuture(new PreparsedDocumentEntry(asked)))
            .build();
    ExecutionResult result =
        engine.execute(
            ExecutionInput.newExecutionInput()
                .query("{__typename}")
                .operationName(operation.getName())
                .variables(variables)
                .build());
    if (!result.getErrors().isEmpty()) {
      throw RequestRefused.invalid(result.getErrors().getFirst().getMessage());
    }
    Map<String, @Nullable Object> data = result.getData();
    return data == null ? Map.of() : data;
  }

  private static Document document(
      Documents.Checked document, OperationDefinition operation, List<Selected> fields) {
    List<Selection<?>> selections = new ArrayList<>();
    fields.forEach(field -> selections.addAll(field.nodes()));
    OperationDefinition narrowed =
        operation.transform(changed -> changed.selectionSet(new SelectionSet(selections)));
    Document.Builder asked = Document.newDocument().definition(narrowed);
    document.fragments().values().forEach(asked::definition);
    return asked.build();
  }
}
