package dev.varve.face.graphql.operation;

import dev.varve.face.graphql.document.ArgumentProblem;
import dev.varve.face.graphql.document.RequestRefused;
import dev.varve.face.graphql.type.InputTypes;
import dev.varve.face.graphql.type.NodeId;
import dev.varve.face.graphql.type.RootField;
import dev.varve.face.graphql.type.TypeSystem;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Moment;
import dev.varve.lane.access.Read;
import dev.varve.lane.access.Selection;
import dev.varve.lane.expression.Predicate;
import dev.varve.lane.query.Cursor;
import dev.varve.lane.query.Page;
import dev.varve.schema.Field;
import dev.varve.schema.GraphQlNames;
import dev.varve.schema.HasMany;
import dev.varve.schema.Model;
import dev.varve.schema.RelationType;
import dev.varve.schema.Schema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Turns fields of an operation into reads: each field at the root is one, with all that lies below it.
public final class Planner {
  // each field makes the condition of the next page longer
  private static final int ORDER_FIELDS_MAX = 5;

  private final Schema schema;
  private final Moment moment;
  // how many records are asked for, by the sizes of pages
  private long cost;

  Planner(Schema schema, Moment moment) {
    this.schema = schema;
    this.moment = moment;
  }

  /// How many records what was planned asks for, at most.
  long cost() {
    return cost;
  }

  /// The read of a field at the root.
  ///
  /// @throws RequestRefused when an argument cannot be used
  Read read(RootField.Reading root, CollectedField field) {
    return switch (root) {
      case RootField.One(Model model) -> one(model, text(field, TypeSystem.ID), field);
      case RootField.Node _ -> {
        NodeId id = at(field, () -> NodeId.parse(schema, text(field, TypeSystem.ID)));
        yield one(id.model(), id.id(), field);
      }
      case RootField.Many(Model model) -> many(model, field);
      case RootField.Connection(Model model) -> connection(model, field);
      case RootField.History(Model model) -> history(model, field);
    };
  }

  private static String text(CollectedField field, String argument) {
    return String.valueOf(field.argument(argument));
  }

  private Read.One one(Model model, String id, CollectedField field) {
    return new Read.One(model, id, moment, selection(model, field.children(), 1));
  }

  private Read.Page many(Model model, CollectedField field) {
    int limit = at(field, () -> limit(field, InputTypes.LIMIT));
    return page(
        model, field, selection(model, field.children(), limit), limit, TypeSystem.CURSOR, false);
  }

  private Read.Page connection(Model model, CollectedField field) {
    int first = at(field, () -> limit(field, InputTypes.FIRST));
    List<CollectedField> records = Connections.records(field);
    boolean pageWanted = field.children().stream().anyMatch(child -> !Connections.isCount(child));
    boolean counted = field.children().stream().anyMatch(Connections::isCount);
    return page(
        model,
        field,
        selection(model, records, first),
        pageWanted ? first : 1,
        TypeSystem.AFTER,
        counted);
  }

  private Read.Page page(
      Model model,
      CollectedField field,
      Selection selection,
      int limit,
      String cursorName,
      boolean count) {
    List<Read.Sort> sort = at(field, () -> sort(model, field));
    Optional<Read.Key> after =
        field.argument(cursorName) instanceof String cursor
            ? Optional.of(at(field, () -> cursor(model, sort, cursorName, cursor)))
            : Optional.empty();
    return new Read.Page(model, moment, selection, filter(model, field), sort, limit, after, count);
  }

  private static Read.Key cursor(Model model, List<Read.Sort> sort, String name, String text) {
    try {
      return Cursor.key(model, sort, text);
    } catch (Problem problem) {
      throw new Problem(
          ErrorCode.INVALID_CURSOR,
          "Invalid argument",
          List.of(new FieldError(name, problem.text())));
    }
  }

  private Read.Versions history(Model model, CollectedField field) {
    if (!(moment instanceof Moment.Now)) {
      throw RequestRefused.at(
          ArgumentProblem.moment(
              ErrorCode.INVALID_PARAMETER,
              "does not go with %s, which gives every version: ask without it"
                  .formatted(field.name())),
          field.node().getSourceLocation(),
          List.of(field.key()));
    }
    int limit = at(field, () -> limit(field, InputTypes.LIMIT));
    cost += limit;
    for (CollectedField child : field.children()) {
      child.children().stream()
          .filter(below -> isRelation(model, below))
          .forEach(below -> {
            throw RequestRefused.at(
                ArgumentProblem.invalid(
                    below.key(),
                    "is a relation, which a version does not give: ask for the record with @asOf(at: \"position:...\")"),
                below.node().getSourceLocation(),
                List.of(field.key()));
          });
    }
    Optional<Long> before =
        field.argument(TypeSystem.BEFORE_VERSION) instanceof Integer version
            ? Optional.of((long) version)
            : Optional.empty();
    return new Read.Versions(model, text(field, TypeSystem.ID), limit, before);
  }

  private static boolean isRelation(Model model, CollectedField field) {
    Field stored = model.fieldOrNull(field.name());
    return stored == null ? model.hasMany(field.name()).isPresent() : stored.relation().isPresent();
  }

  /// What is wanted of the records of a model.
  ///
  /// @param records how many of them there may be, all parents together
  Selection selection(Model model, List<CollectedField> children, long records) {
    cost = Math.min(cost + records, Integer.MAX_VALUE);
    Set<Field> fields = new HashSet<>();
    List<Selection.Expansion> expansions = new ArrayList<>();
    for (CollectedField child : children) {
      Field field = model.fieldOrNull(child.name());
      if (field != null && field.type() instanceof RelationType relation) {
        Model target = schema.require(relation.target());
        expansions.add(
            new Selection.ToOne(
                child.slot(), field, target, selection(target, child.children(), records)));
      } else if (field != null) {
        fields.add(field);
      } else {
        model.hasMany(child.name()).ifPresent(many -> expansions.add(toMany(many, child, records)));
      }
    }
    return new Selection(Optional.of(fields), expansions);
  }

  private Selection.ToMany toMany(HasMany many, CollectedField field, long parents) {
    Model target = schema.require(many.target());
    int limit = at(field, () -> limit(field, InputTypes.LIMIT));
    long records = Math.min(parents * limit, Integer.MAX_VALUE);
    return new Selection.ToMany(
        field.slot(),
        many,
        target,
        target.field(many.by()).orElseThrow(),
        selection(target, field.children(), records),
        new Selection.Portion(filter(target, field), at(field, () -> sort(target, field)), limit));
  }

  private Optional<Predicate> filter(Model model, CollectedField field) {
    return where(schema, model, field);
  }

  /// The condition in `where`, if there is one.
  public static Optional<Predicate> where(Schema schema, Model model, CollectedField field) {
    return field.argument(InputTypes.WHERE) instanceof Map<?, ?> where
        ? Optional.of(at(field, () -> WhereReader.read(schema, model, where)))
        : Optional.empty();
  }

  private static List<Read.Sort> sort(Model model, CollectedField field) {
    if (!(field.argument(InputTypes.ORDER_BY) instanceof List<?> orders)) {
      return List.of();
    }
    if (orders.size() > ORDER_FIELDS_MAX) {
      throw ArgumentProblem.invalid(
          InputTypes.ORDER_BY, "sorts by more than %d fields".formatted(ORDER_FIELDS_MAX));
    }
    List<Read.Sort> sorts = new ArrayList<>();
    for (Object order : orders) {
      Map.Entry<?, ?> only = ((Map<?, ?>) order).entrySet().iterator().next();
      Field by = model.field(String.valueOf(only.getKey())).orElseThrow();
      if (sorts.stream().anyMatch(sort -> sort.field().equals(by))) {
        throw ArgumentProblem.invalid(InputTypes.ORDER_BY, "names '%s' twice".formatted(by.name()));
      }
      sorts.add(new Read.Sort(by, "DESC".equals(only.getValue())));
    }
    return sorts;
  }

  private static int limit(CollectedField field, String name) {
    @Nullable Object given = field.argument(name);
    if (given == null) {
      return Page.LIMIT_STANDARD;
    }
    int limit = (Integer) given;
    if (limit < 1 || limit > Page.LIMIT_MAX) {
      throw ArgumentProblem.invalid(name, "must be a whole number from 1 to " + Page.LIMIT_MAX);
    }
    return limit;
  }

  /// Names the field of the document that a problem is about.
  public static <T> T at(CollectedField field, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (Problem problem) {
      throw RequestRefused.at(
          new Problem(problem.code(), "Invalid argument of " + field.name(), problem.details()),
          field.node().getSourceLocation(),
          List.of());
    }
  }

  /// The global id, which every record has.
  static boolean isNodeId(CollectedField field) {
    return field.name().equals(GraphQlNames.NODE_ID);
  }
}
