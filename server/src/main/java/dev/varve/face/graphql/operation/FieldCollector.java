package dev.varve.face.graphql.operation;

import dev.varve.face.graphql.type.NodeId;
import dev.varve.face.graphql.type.TypeSystem;
import dev.varve.schema.GraphQlNames;
import graphql.GraphQLContext;
import graphql.execution.CoercedVariables;
import graphql.execution.ValuesResolver;
import graphql.execution.conditional.ConditionalNodes;
import graphql.introspection.Introspection;
import graphql.language.Field;
import graphql.language.FragmentDefinition;
import graphql.language.FragmentSpread;
import graphql.language.InlineFragment;
import graphql.language.Selection;
import graphql.language.SelectionSet;
import graphql.language.TypeName;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLNonNull;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLType;
import graphql.schema.GraphQLTypeUtil;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Collects the fields of an operation (GraphQL specification, section 6.3.2): fragments are resolved, what is
/// skipped is left out, fields of one name in the answer are made one. The type of every object is known before
/// anything is read.
final class FieldCollector {
  private static final GraphQLContext NO_CONTEXT = GraphQLContext.getDefault();
  private static final ConditionalNodes CONDITIONS = new ConditionalNodes();

  private final GraphQLSchema schema;
  private final Map<String, FragmentDefinition> fragments;
  private final CoercedVariables variables;
  private int slots;

  FieldCollector(
      GraphQLSchema schema, Map<String, FragmentDefinition> fragments, CoercedVariables variables) {
    this.schema = schema;
    this.fragments = fragments;
    this.variables = variables;
  }

  /// The fields of the root, and all below them.
  List<CollectedField> collect(GraphQLObjectType root, SelectionSet selections) {
    return collect(root, List.of(selections));
  }

  private List<CollectedField> collect(GraphQLObjectType type, List<SelectionSet> selections) {
    Map<String, List<Field>> byKey = new LinkedHashMap<>();
    Set<String> visited = new HashSet<>();
    for (SelectionSet set : selections) {
      group(type, set, byKey, visited);
    }
    List<CollectedField> collected = new ArrayList<>(byKey.size());
    byKey.values().forEach(nodes -> collected.add(selected(type, nodes)));
    return collected;
  }

  private void group(
      GraphQLObjectType type,
      SelectionSet selections,
      Map<String, List<Field>> byKey,
      Set<String> visited) {
    for (Selection<?> selection : selections.getSelections()) {
      switch (selection) {
        case Field field -> {
          if (isIncluded(field)) {
            byKey.computeIfAbsent(field.getResultKey(), _ -> new ArrayList<>(1)).add(field);
          }
        }
        case InlineFragment fragment -> {
          if (isIncluded(fragment) && applies(fragment.getTypeCondition(), type)) {
            group(type, fragment.getSelectionSet(), byKey, visited);
          }
        }
        case FragmentSpread spread -> {
          FragmentDefinition fragment = fragments.get(spread.getName());
          if (fragment != null
              && isIncluded(spread)
              && visited.add(spread.getName())
              && applies(fragment.getTypeCondition(), type)) {
            group(type, fragment.getSelectionSet(), byKey, visited);
          }
        }
        default -> throw new IllegalStateException("Unknown selection " + selection.getClass());
      }
    }
  }

  private boolean isIncluded(graphql.language.DirectivesContainer<?> node) {
    return node.getDirectives().isEmpty()
        || CONDITIONS.shouldInclude(node, variables.toMap(), schema, NO_CONTEXT);
  }

  private static boolean applies(@Nullable TypeName condition, GraphQLObjectType type) {
    return condition == null
        || condition.getName().equals(type.getName())
        || type.getInterfaces().stream()
            .anyMatch(implemented -> implemented.getName().equals(condition.getName()));
  }

  private CollectedField selected(GraphQLObjectType type, List<Field> nodes) {
    Field node = nodes.getFirst();
    GraphQLFieldDefinition definition = type.getFieldDefinition(node.getName());
    String slot = Integer.toString(slots++);
    if (definition == null) {
      // __typename, or a question about the schema: a type that is not there is null
      GraphQLType told = Introspection.getFieldDefinition(schema, type, node.getName()).getType();
      return new CollectedField(
          slot, type.getName(), nodes, told instanceof GraphQLNonNull, Map.of());
    }
    CollectedField selected =
        new CollectedField(
            slot,
            type.getName(),
            nodes,
            definition.getType() instanceof GraphQLNonNull,
            arguments(definition, node));
    objectType(definition, selected)
        .ifPresent(below -> selected.children(collect(below, selectionSets(nodes))));
    return selected;
  }

  private Map<String, Object> arguments(GraphQLFieldDefinition definition, Field node) {
    return definition.getArguments().isEmpty()
        ? Map.of()
        : ValuesResolver.getArgumentValues(
            schema.getCodeRegistry(),
            definition.getArguments(),
            node.getArguments(),
            variables,
            NO_CONTEXT,
            Locale.ENGLISH);
  }

  private Optional<GraphQLObjectType> objectType(
      GraphQLFieldDefinition definition, CollectedField selected) {
    GraphQLType below = GraphQLTypeUtil.unwrapAll(definition.getType());
    if (below instanceof GraphQLObjectType object) {
      return Optional.of(object);
    }
    return selected.name().equals(GraphQlNames.NODE)
            && selected.argument(TypeSystem.ID) instanceof String id
        ? Optional.ofNullable(schema.getObjectType(NodeId.model(id)))
        : Optional.empty();
  }

  private static List<SelectionSet> selectionSets(List<Field> nodes) {
    List<SelectionSet> sets = new ArrayList<>(nodes.size());
    for (Field node : nodes) {
      if (node.getSelectionSet() != null) {
        sets.add(node.getSelectionSet());
      }
    }
    return sets;
  }
}
