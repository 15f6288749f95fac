package dev.varve.face.graphql.document;

import dev.varve.face.graphql.type.TypeSystem;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import dev.varve.schema.Model;
import graphql.execution.TypeFromAST;
import graphql.introspection.Introspection;
import graphql.language.Argument;
import graphql.language.Directive;
import graphql.language.DirectivesContainer;
import graphql.language.Document;
import graphql.language.Field;
import graphql.language.FragmentDefinition;
import graphql.language.InlineFragment;
import graphql.language.Node;
import graphql.language.OperationDefinition;
import graphql.language.Selection;
import graphql.language.SelectionSet;
import graphql.language.SourceLocation;
import graphql.language.TypeName;
import graphql.language.Value;
import graphql.language.VariableDefinition;
import graphql.schema.GraphQLArgument;
import graphql.schema.GraphQLCompositeType;
import graphql.schema.GraphQLDirective;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLFieldsContainer;
import graphql.schema.GraphQLNonNull;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLType;
import graphql.schema.GraphQLTypeUtil;
import graphql.validation.ValidationError;
import graphql.validation.ValidationErrorClassification;
import graphql.validation.ValidationErrorType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Says what is wrong with a document so that it can be mended: which field or argument is not known and which is near
/// to it, and every value that does not fit, by its path. graphql-java has found that something is wrong; what it says
/// is kept where there is nothing better to say.
final class DocumentMistakes {
  // enough to mend a document by
  private static final int MAX = 100;
  private static final String HISTORY = "History";
  private static final String RESTORE = "restore";
  private static final Comparator<@Nullable SourceLocation> DOCUMENT_ORDER =
      Comparator.nullsFirst(
          Comparator.comparingInt(SourceLocation::getLine)
              .thenComparingInt(SourceLocation::getColumn));
  private static final Set<ValidationErrorType> TOLD_HERE =
      Set.of(
          ValidationErrorType.FieldUndefined,
          ValidationErrorType.UnknownArgument,
          ValidationErrorType.MissingFieldArgument,
          ValidationErrorType.NullValueForNonNullArgument,
          ValidationErrorType.SubselectionRequired,
          ValidationErrorType.SubselectionNotAllowed);
  private static final Set<ValidationErrorClassification> TOLD_BY_PLACE =
      Set.of(ValidationErrorType.WrongType, ValidationErrorType.BadValueForDefaultArg);
  private static final Map<String, GraphQLFieldDefinition> META_FIELDS =
      Map.of(
          Introspection.SchemaMetaFieldDef.getName(), Introspection.SchemaMetaFieldDef,
          Introspection.TypeMetaFieldDef.getName(), Introspection.TypeMetaFieldDef);

  private final GraphQLSchema schema;
  private final Suggestions suggestions;
  private final List<GraphQlError> found = new ArrayList<>();

  private DocumentMistakes(GraphQLSchema schema, Suggestions suggestions) {
    this.schema = schema;
    this.suggestions = suggestions;
  }

  /// @param errors what graphql-java has found, at least one
  static List<GraphQlError> of(
      Document document,
      GraphQLSchema schema,
      List<ValidationError> errors,
      Suggestions suggestions) {
    DocumentMistakes mistakes = new DocumentMistakes(schema, suggestions);
    mistakes.look(document);
    RuleMistakes rules = new RuleMistakes(document, schema, suggestions);
    List<GraphQlError> others =
        errors.stream().filter(error -> !mistakes.tells(error)).map(rules::error).toList();
    return Stream.concat(mistakes.found.stream(), others.stream())
        .sorted(Comparator.comparing(error -> error.location().orElse(null), DOCUMENT_ORDER))
        .limit(MAX)
        .toList();
  }

  private boolean tells(ValidationError error) {
    ValidationErrorClassification kind = error.getValidationErrorType();
    if (kind instanceof ValidationErrorType type && TOLD_HERE.contains(type)) {
      return !found.isEmpty();
    }
    return TOLD_BY_PLACE.contains(kind)
        && found.stream().anyMatch(known -> known.location().equals(RuleMistakes.location(error)));
  }

  private void look(Document document) {
    document.getDefinitionsOfType(OperationDefinition.class).forEach(this::look);
    document
        .getDefinitionsOfType(FragmentDefinition.class)
        .forEach(fragment -> look(fragment.getSelectionSet(), type(fragment.getTypeCondition())));
  }

  private void look(OperationDefinition operation) {
    lookAtDirectives(operation);
    for (VariableDefinition variable : operation.getVariableDefinitions()) {
      GraphQLType type = TypeFromAST.getTypeFromAST(schema, variable.getType());
      if (type != null && variable.getDefaultValue() != null) {
        lookAtValue(type, variable.getDefaultValue(), "$" + variable.getName(), variable);
      }
    }
    look(operation.getSelectionSet(), TypeSystem.root(schema, operation));
  }

  private void lookAtDirectives(DirectivesContainer<?> node) {
    for (Directive directive : node.getDirectives()) {
      GraphQLDirective definition = schema.getDirective(directive.getName());
      for (Argument argument : directive.getArguments()) {
        GraphQLArgument known =
            definition == null ? null : definition.getArgument(argument.getName());
        if (known != null) {
          lookAtValue(known.getType(), argument.getValue(), argument.getName(), argument);
        }
      }
    }
  }

  private void lookAtValue(GraphQLType type, Value<?> value, String path, Node<?> at) {
    List<FieldError> errors = ValueCheck.literal(type, value, path, suggestions);
    if (!errors.isEmpty()) {
      add(at, Problem.invalid(errors));
    }
  }

  private @Nullable GraphQLType type(TypeName name) {
    return schema.getType(name.getName());
  }

  /// @param type of the object around the fields; null when it is not known, which is another mistake
  private void look(SelectionSet selections, @Nullable GraphQLType type) {
    if (!(type instanceof GraphQLCompositeType parent)) {
      return;
    }
    for (Selection<?> selection : selections.getSelections()) {
      if (selection instanceof DirectivesContainer<?> node) {
        lookAtDirectives(node);
      }
      switch (selection) {
        case Field field -> look(field, parent);
        case InlineFragment fragment when fragment.getTypeCondition() != null ->
            look(fragment.getSelectionSet(), type(fragment.getTypeCondition()));
        case InlineFragment fragment -> look(fragment.getSelectionSet(), parent);
        default -> {}
      }
    }
  }

  private void look(Field field, GraphQLCompositeType parent) {
    GraphQLFieldDefinition definition = definition(field, parent);
    if (definition == null) {
      wrong(field, unknownField(field, parent));
      return;
    }
    lookAtArguments(field, definition);
    GraphQLType below = GraphQLTypeUtil.unwrapAll(definition.getType());
    SelectionSet selections = field.getSelectionSet();
    if (below instanceof GraphQLFieldsContainer fields && selections == null) {
      wrong(
          field,
          "%s gives %s: say which of its fields you want, as in %s { %s }"
              .formatted(
                  of(parent, field), typeName(definition), field.getName(), anyField(fields)));
    } else if (below instanceof GraphQLCompositeType && selections != null) {
      look(selections, below);
    } else if (selections != null) {
      wrong(
          field,
          "%s is %s, which has no fields: leave out the braces behind it"
              .formatted(of(parent, field), typeName(definition)));
    }
  }

  private @Nullable GraphQLFieldDefinition definition(Field field, GraphQLCompositeType parent) {
    String name = field.getName();
    if (name.equals(Introspection.TypeNameMetaFieldDef.getName())) {
      return Introspection.TypeNameMetaFieldDef;
    }
    GraphQLFieldDefinition ofSchema =
        parent.equals(schema.getQueryType()) ? META_FIELDS.get(name) : null;
    return ofSchema == null && parent instanceof GraphQLFieldsContainer fields
        ? fields.getFieldDefinition(name)
        : ofSchema;
  }

  private static String anyField(GraphQLFieldsContainer type) {
    return type.getFieldDefinition(Model.ID) == null
        ? type.getFieldDefinitions().getFirst().getName()
        : Model.ID;
  }

  private static String of(GraphQLCompositeType parent, Field field) {
    return parent.getName() + "." + field.getName();
  }

  private static String typeName(GraphQLFieldDefinition definition) {
    return GraphQLTypeUtil.simplePrint(definition.getType());
  }

  private String unknownField(Field field, GraphQLCompositeType parent) {
    String name = field.getName();
    List<String> known =
        parent instanceof GraphQLFieldsContainer fields
            ? fields.getFieldDefinitions().stream().map(GraphQLFieldDefinition::getName).toList()
            : List.of();
    return "%s has no field '%s'.%s"
        .formatted(
            parent.getName(),
            name,
            withoutHistory(name, parent)
                .or(() -> otherRoot(name, parent))
                .orElseGet(() -> suggestions.nearOrAll(name, known, "It has")));
  }

  /// A model that keeps no history has neither versions nor a way back to them: `userHistory`, `restoreUser`.
  private Optional<String> withoutHistory(String name, GraphQLCompositeType parent) {
    Optional<String> model = Optional.empty();
    if (parent.equals(schema.getQueryType()) && name.endsWith(HISTORY)) {
      String one = name.substring(0, name.length() - HISTORY.length());
      model =
          Optional.ofNullable(schema.getQueryType().getFieldDefinition(one))
              .flatMap(field -> record(GraphQLTypeUtil.unwrapNonNull(field.getType())));
    } else if (parent.equals(schema.getMutationType()) && name.startsWith(RESTORE)) {
      model = record(schema.getType(name.substring(RESTORE.length())));
    }
    return model.flatMap(suggestions::withoutHistory);
  }

  private static Optional<String> record(@Nullable GraphQLType type) {
    return type instanceof GraphQLObjectType object && object.getFieldDefinition(Model.ID) != null
        ? Optional.of(object.getName())
        : Optional.empty();
  }

  /// Whoever forgets the word `mutation` asks the query for it.
  private Optional<String> otherRoot(String name, GraphQLCompositeType parent) {
    List<GraphQLObjectType> roots =
        Stream.of(schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType())
            .filter(Objects::nonNull)
            .toList();
    if (!roots.contains(parent)) {
      return Optional.empty();
    }
    return roots.stream()
        .filter(root -> root.getFieldDefinition(name) != null)
        .findFirst()
        .flatMap(root -> suggestions.otherKind(root.getName()));
  }

  private void lookAtArguments(Field field, GraphQLFieldDefinition definition) {
    for (Argument argument : field.getArguments()) {
      GraphQLArgument known = definition.getArgument(argument.getName());
      if (known == null) {
        wrong(argument, unknownArgument(argument, definition));
      } else {
        lookAtValue(known.getType(), argument.getValue(), argument.getName(), argument);
      }
    }
    for (GraphQLArgument argument : definition.getArguments()) {
      boolean needed =
          argument.getType() instanceof GraphQLNonNull && !argument.hasSetDefaultValue();
      if (needed && field.getArguments().stream().noneMatch(given -> isFor(argument, given))) {
        wrong(
            field,
            "%s needs the argument '%s', of type %s"
                .formatted(
                    field.getName(),
                    argument.getName(),
                    GraphQLTypeUtil.simplePrint(argument.getType())));
      }
    }
  }

  private static boolean isFor(GraphQLArgument argument, Argument given) {
    return given.getName().equals(argument.getName());
  }

  private String unknownArgument(Argument argument, GraphQLFieldDefinition definition) {
    if (argument.getName().equals(TypeSystem.AS_OF)) {
      return "%s has no argument 'asOf': write %s"
          .formatted(definition.getName(), TypeSystem.AS_OF_EXAMPLE);
    }
    List<String> known = definition.getArguments().stream().map(GraphQLArgument::getName).toList();
    return "%s has no argument '%s'.%s"
        .formatted(
            definition.getName(),
            argument.getName(),
            suggestions.nearOrAll(argument.getName(), known, "It takes"));
  }

  private void wrong(Node<?> at, String message) {
    add(at, new Problem(ErrorCode.VALIDATION_ERROR, message));
  }

  private void add(Node<?> at, Problem problem) {
    if (found.size() < MAX) {
      found.add(GraphQlError.of(problem, Optional.ofNullable(at.getSourceLocation()), List.of()));
    }
  }
}
