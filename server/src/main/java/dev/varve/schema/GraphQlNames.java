package dev.varve.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The names that the GraphQL face makes of those in the schema file. They are made here so that a file in which
/// two of them would meet is refused when it is read.
public final class GraphQlNames {
  /// What is Varve's own beside the types of the file and those made of them.
  public static final List<String> OWN_TYPES =
      List.of(
          "Query",
          "Mutation",
          "Subscription",
          "Node",
          "PageInfo",
          "ChangeKind",
          "ChangeOperation",
          "SortDirection");

  /// The global id of a record.
  public static final String NODE_ID = "nodeId";

  public static final String NODE = "node";
  public static final String AND = "and";
  public static final String OR = "or";
  public static final String NOT = "not";

  private GraphQlNames() {}

  /// `user(id:)`.
  public static String one(Model model) {
    return ModelNames.camelCase(model.name());
  }

  /// `users(limit:)`.
  public static String many(Model model) {
    return model.plural();
  }

  /// `usersConnection(first:)`.
  public static String connectionField(Model model) {
    return model.plural() + "Connection";
  }

  /// `userHistory(id:)`.
  public static String historyField(Model model) {
    return one(model) + "History";
  }

  public static String create(Model model) {
    return "create" + model.name();
  }

  public static String update(Model model) {
    return "update" + model.name();
  }

  public static String delete(Model model) {
    return "delete" + model.name();
  }

  public static String restore(Model model) {
    return "restore" + model.name();
  }

  /// `userChanged(id:)`.
  public static String changed(Model model) {
    return one(model) + "Changed";
  }

  /// The type of what a subscription tells.
  public static String change(Model model) {
    return model.name() + "Change";
  }

  /// The type of a page with its places.
  public static String connection(Model model) {
    return model.name() + "Connection";
  }

  public static String edge(Model model) {
    return model.name() + "Edge";
  }

  /// The type of an entry of the history.
  public static String version(Model model) {
    return model.name() + "Version";
  }

  public static String createInput(Model model) {
    return "Create" + model.name() + "Input";
  }

  public static String updateInput(Model model) {
    return "Update" + model.name() + "Input";
  }

  public static String orderBy(Model model) {
    return model.name() + "OrderBy";
  }

  /// The type of a condition on a model or a value type.
  public static String where(String type) {
    return type + "Where";
  }

  /// The type of a condition on a scalar or an enum.
  public static String filter(String type) {
    return type + "Filter";
  }

  /// The type of a condition on a list of scalars or enums.
  public static String listFilter(String type) {
    return type + "ListFilter";
  }

  public static String input(ValueType type) {
    return type.schemaName() + "Input";
  }

  /// The type of a change to a value: what is not given stays.
  public static String patch(ValueType type) {
    return type.schemaName() + "Patch";
  }

  public static List<String> types(Model model) {
    return List.of(
        where(model.name()),
        orderBy(model),
        connection(model),
        edge(model),
        version(model),
        change(model),
        createInput(model),
        updateInput(model));
  }

  public static List<String> types(ValueType type) {
    return List.of(input(type), patch(type), where(type.schemaName()));
  }

  public static List<String> types(EnumType type) {
    return List.of(filter(type.schemaName()), listFilter(type.schemaName()));
  }

  public static List<String> queries(Model model) {
    return List.of(one(model), many(model), connectionField(model), historyField(model));
  }

  /// The types that there are whatever the file says.
  public static List<String> ownTypes() {
    List<String> names = new ArrayList<>(OWN_TYPES);
    Stream.of(ScalarType.values())
        .map(ScalarType::schemaName)
        .forEach(name -> names.addAll(List.of(name, filter(name), listFilter(name))));
    return names;
  }
}
