package dev.varve.schema.sdl;

import dev.varve.schema.EnumType;
import dev.varve.schema.Field;
import dev.varve.schema.GraphQlNames;
import dev.varve.schema.Model;
import dev.varve.schema.ValueType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Finds types and fields whose names meet those that the GraphQL face makes.
final class GraphQlNameCheck {
  private static final Set<String> FIELDS_RESERVED =
      Set.of(GraphQlNames.AND, GraphQlNames.OR, GraphQlNames.NOT, GraphQlNames.NODE_ID);

  private final Declarations declarations;
  private final Mistakes mistakes;
  private final Map<String, String> typeOwners = new HashMap<>();
  private final Map<String, Model> queryOwners = new HashMap<>();

  GraphQlNameCheck(Declarations declarations, Mistakes mistakes) {
    this.declarations = declarations;
    this.mistakes = mistakes;
  }

  void check(List<Model> models, List<EnumType> enums, List<ValueType> valueTypes) {
    GraphQlNames.ownTypes().forEach(name -> typeOwners.put(name, "Varve"));
    models.forEach(model -> addTypes(model.name(), GraphQlNames.types(model)));
    enums.forEach(type -> addTypes(type.schemaName(), GraphQlNames.types(type)));
    valueTypes.forEach(type -> addTypes(type.schemaName(), GraphQlNames.types(type)));
    models.forEach(model -> checkType(model.name()));
    enums.forEach(type -> checkType(type.schemaName()));
    valueTypes.forEach(type -> checkType(type.schemaName()));
    models.forEach(this::checkQueries);
    models.forEach(model -> model.fields().forEach(field -> checkField(model, field)));
  }

  private void addTypes(String owner, List<String> names) {
    for (String name : names) {
      String other = typeOwners.putIfAbsent(name, owner);
      if (other != null && !other.equals(owner)) {
        mistakes.add(
            declarations.place(owner),
            "GraphQL has a type '%s' for both %s and %s: rename one of them."
                .formatted(name, other, owner));
      }
    }
  }

  private void checkType(String name) {
    String owner = typeOwners.get(name);
    if (owner != null) {
      mistakes.add(
          declarations.place(name),
          "'%s' is the name of a GraphQL type that is made for %s: choose another name."
              .formatted(name, owner));
    }
  }

  private void checkQueries(Model model) {
    for (String name : GraphQlNames.queries(model)) {
      Model other = queryOwners.putIfAbsent(name, model);
      boolean taken = other != null && !other.equals(model);
      if (taken || name.equals(GraphQlNames.NODE)) {
        mistakes.add(
            model.location(),
            "'%s' would be a GraphQL query of both %s and %s: rename one, or give it another @model(plural:)."
                .formatted(name, taken ? other.name() : "Varve", model.name()));
      }
    }
  }

  private void checkField(Model model, Field field) {
    if (FIELDS_RESERVED.contains(field.name())) {
      mistakes.add(
          field.location(),
          "'%s' has a meaning of its own in GraphQL: give this field of %s another name."
              .formatted(field.name(), model.name()));
    }
  }
}
