package dev.varve.face.graphql.operation;

import dev.varve.face.graphql.document.ArgumentProblem;
import dev.varve.face.graphql.type.InputTypes;
import dev.varve.kernel.Problem;
import dev.varve.lane.expression.Operator;
import dev.varve.lane.expression.Predicate;
import dev.varve.lane.expression.Predicates;
import dev.varve.schema.EnumType;
import dev.varve.schema.Field;
import dev.varve.schema.GraphQlNames;
import dev.varve.schema.Model;
import dev.varve.schema.RelationType;
import dev.varve.schema.ScalarType;
import dev.varve.schema.Schema;
import dev.varve.schema.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads a `where` into a condition.
final class WhereReader {
  // each is a condition in the statement
  private static final int TESTS_MAX = 50;
  private static final int DEPTH_MAX = 16;

  private final Schema schema;
  private final Model model;
  private int tests;

  private WhereReader(Schema schema, Model model) {
    this.schema = schema;
    this.model = model;
  }

  /// @param where as it was coerced to its type
  /// @throws Problem with INVALID_PARAMETER, naming the path of the test that cannot be done
  static Predicate read(Schema schema, Model model, Map<?, ?> where) {
    return new WhereReader(schema, model).conditions(model, where, List.of(), true, 1);
  }

  /// @param path from the records that are looked for to those of `owner`
  /// @param expected false within an odd number of `not`
  private Predicate conditions(
      Model owner, Map<?, ?> where, List<String> path, boolean expected, int depth) {
    if (depth > DEPTH_MAX) {
      throw refused(path, "goes deeper than %d levels".formatted(DEPTH_MAX));
    }
    List<Predicate> parts = new ArrayList<>();
    where.forEach((key, given) -> {
      String name = String.valueOf(key);
      Object value = present(given, path, name);
      parts.add(
          switch (name) {
            case GraphQlNames.AND -> all(owner, (List<?>) value, path, expected, depth);
            case GraphQlNames.OR -> any(owner, (List<?>) value, path, expected, depth);
            case GraphQlNames.NOT ->
                conditions(owner, (Map<?, ?>) value, path, !expected, depth + 1);
            default ->
                field(
                    owner.field(name).orElseThrow(),
                    (Map<?, ?>) value,
                    joined(path, name),
                    expected,
                    depth + 1);
          });
    });
    return both(parts, expected);
  }

  private static Object present(@Nullable Object given, List<String> path, String name) {
    if (given == null) {
      throw refused(joined(path, name), "is null: leave it out, or ask with isNull");
    }
    return given;
  }

  private Predicate all(
      Model owner, List<?> wheres, List<String> path, boolean expected, int depth) {
    return both(each(owner, wheres, path, expected, depth), expected);
  }

  private Predicate any(
      Model owner, List<?> wheres, List<String> path, boolean expected, int depth) {
    return both(each(owner, wheres, path, expected, depth), !expected);
  }

  private List<Predicate> each(
      Model owner, List<?> wheres, List<String> path, boolean expected, int depth) {
    List<Predicate> parts = new ArrayList<>();
    for (Object where : wheres) {
      parts.add(conditions(owner, (Map<?, ?>) where, path, expected, depth + 1));
    }
    return parts;
  }

  /// What has to hold when all parts have to; its negation holds when that of one part does.
  private static Predicate both(List<Predicate> parts, boolean expected) {
    return expected ? Predicates.and(parts) : Predicates.or(parts);
  }

  private Predicate field(
      Field field, Map<?, ?> given, List<String> path, boolean expected, int depth) {
    if (field.list()) {
      return tests(given, path, expected);
    }
    return switch (field.type()) {
      case ScalarType _, EnumType _ -> tests(given, path, expected);
      case RelationType relation ->
          conditions(schema.require(relation.target()), given, path, expected, depth);
      case ValueType type -> members(type, given, path, expected, depth);
    };
  }

  private Predicate members(
      ValueType type, Map<?, ?> given, List<String> path, boolean expected, int depth) {
    if (depth > DEPTH_MAX) {
      throw refused(path, "goes deeper than %d levels".formatted(DEPTH_MAX));
    }
    List<Predicate> parts = new ArrayList<>();
    given.forEach((key, test) -> {
      String name = String.valueOf(key);
      Object value = present(test, path, name);
      parts.add(
          type.field(name)
              .map(member ->
                  field(member, (Map<?, ?>) value, joined(path, name), expected, depth + 1))
              .orElseGet(() -> test(path, name, value, expected)));
    });
    return both(parts, expected);
  }

  private Predicate tests(Map<?, ?> given, List<String> path, boolean expected) {
    List<Predicate> parts = new ArrayList<>();
    given.forEach((key, test) -> {
      String name = String.valueOf(key);
      parts.add(test(path, name, present(test, path, name), expected));
    });
    return both(parts, expected);
  }

  private Predicate test(List<String> path, String word, Object value, boolean expected) {
    tests++;
    if (tests > TESTS_MAX) {
      throw refused(List.of(), "has more than %d tests".formatted(TESTS_MAX));
    }
    Operator operator = Operator.of(word).orElseThrow();
    return Predicates.test(schema, model, path, operator, value, expected);
  }

  private static List<String> joined(List<String> path, String name) {
    List<String> joined = new ArrayList<>(path);
    joined.add(name);
    return joined;
  }

  private static Problem refused(List<String> path, String message) {
    List<String> names = new ArrayList<>(List.of(InputTypes.WHERE));
    names.addAll(path);
    return ArgumentProblem.invalid(String.join(".", names), message);
  }
}
