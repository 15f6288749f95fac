package dev.varve.face.graphql.type;

import graphql.schema.GraphQLInputType;
import graphql.schema.GraphQLNamedInputType;
import graphql.schema.GraphQLNamedOutputType;
import graphql.schema.GraphQLNamedType;
import graphql.schema.GraphQLOutputType;
import graphql.schema.GraphQLTypeReference;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/// Types by name, each made when it is first asked for: they refer to each other in circles.
final class TypeRegistry {
  private final Set<String> begun = new HashSet<>();
  private final Map<String, GraphQLNamedType> made = new LinkedHashMap<>();

  GraphQLOutputType output(String name, Supplier<? extends GraphQLNamedOutputType> type) {
    return reference(name, type);
  }

  GraphQLInputType input(String name, Supplier<? extends GraphQLNamedInputType> type) {
    return reference(name, type);
  }

  private GraphQLTypeReference reference(String name, Supplier<? extends GraphQLNamedType> type) {
    if (begun.add(name)) {
      made.put(name, type.get());
    }
    return GraphQLTypeReference.typeRef(name);
  }

  Set<GraphQLNamedType> all() {
    return Set.copyOf(made.values());
  }
}
