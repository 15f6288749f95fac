package dev.varve.lane.expression;

import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.ValueType;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.Input;
import dev.varve.store.sql.SqlFunctions;
import dev.varve.store.sql.SqlValues;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The way from a record to a value: over relations, to a field, into the members of its value.
///
/// @param hops the relations, in order; empty for a field of the record itself
/// @param model the model that `field` belongs to
/// @param members within the value of `field`, from the outside in
record Path(
    Root root, List<RelationStep> hops, Model model, Field field, List<Field> members, String text)
    implements Operand {
  // each relation is a look-up in memory and a nested select in SQL
  private static final int HOPS_MAX = 4;

  /// What a path begins at.
  enum Origin {
    RECORD,
    INPUT,
    ACCOUNT
  }

  /// Where a path begins.
  ///
  /// @param text what stands before the first field, with the point: `record.`
  record Root(Model model, Origin origin, String text) {
    boolean input() {
      return origin == Origin.INPUT;
    }

    Path field(Field field) {
      return new Path(this, List.of(), model, field, List.of(), text + field.name());
    }
  }

  Path {
    hops = List.copyOf(hops);
    members = List.copyOf(members);
  }

  // the parts tell no more, and take long to look through
  @Override
  public int hashCode() {
    return 31 * root.model().name().hashCode() + text.hashCode();
  }

  /// The field whose value the path ends at.
  Field last() {
    return members.isEmpty() ? field : members.getLast();
  }

  @Override
  public Optional<Path> path() {
    return Optional.of(this);
  }

  boolean endsAtRelation() {
    return members.isEmpty() && field.relation().isPresent();
  }

  /// The path into the value that this one ends at.
  Path member(Field member) {
    List<Field> longer = new ArrayList<>(members);
    longer.add(member);
    return new Path(root, hops, model, field, longer, text + "." + member.name());
  }

  /// The path to a field of the record that this one refers to.
  Path over(Model target, Field next) throws ExpressionMismatch {
    if (hops.size() == HOPS_MAX) {
      throw new ExpressionMismatch(
          "%s goes over more than %d relations".formatted(text + "." + next.name(), HOPS_MAX));
    }
    List<RelationStep> longer = new ArrayList<>(hops);
    longer.add(new RelationStep(model, field, target));
    return new Path(root, longer, target, next, List.of(), text + "." + next.name());
  }

  /// The same, without the last relation when only the id of the record it refers to is asked for.
  Path reduced() {
    if (hops.isEmpty() || !field.equals(model.id())) {
      return this;
    }
    RelationStep hop = hops.getLast();
    return new Path(
        root, hops.subList(0, hops.size() - 1), hop.owner(), hop.relation(), List.of(), text);
  }

  @Override
  public @Nullable Object value(Entity record, Bindings bindings) {
    if (root.input() && bindings.input().isEmpty()) {
      return new Unreachable();
    }
    Field first = hops.isEmpty() ? field : hops.getFirst().relation();
    Object value = root.input() ? bindings.input().orElseThrow().value(first) : record.value(first);
    for (int i = 0; i < hops.size(); i++) {
      Optional<Entity> related =
          value == null
              ? Optional.empty()
              : bindings.related().find(hops.get(i).target(), (String) value);
      if (related.isEmpty()) {
        return new Unreachable();
      }
      value = related.get().value(i + 1 < hops.size() ? hops.get(i + 1).relation() : field);
    }
    for (Field member : members) {
      value = value == null ? null : member(value, member);
    }
    return value == null ? null : columnForm(value);
  }

  private static @Nullable Object member(Object value, Field member) {
    Map<?, ?> values = value instanceof Input.Patch patch ? patch.members() : (Map<?, ?>) value;
    return values.get(member.name());
  }

  /// A single value as a column would hold it; others as they are.
  static Object columnForm(Object value) {
    return switch (value) {
      case BigDecimal decimal -> decimal.unscaledValue().longValueExact();
      case Instant instant -> SqlValues.micros(instant);
      case LocalDate date -> date.toString();
      case Double number -> number + 0.0; // makes -0.0 equal 0.0
      default -> value;
    };
  }

  @Override
  public org.jooq.Field<Object> column(SemiJoins joins, Bindings bindings) {
    return SemiJoins.untyped(
        members.isEmpty() ? joins.column(this) : SqlFunctions.member(joins.column(this), members));
  }

  /// The list that the path ends at, as JSON text.
  org.jooq.Field<String> listColumn(SemiJoins joins) {
    return SqlFunctions.json(joins.column(this), members);
  }

  @Override
  public Optional<Kind> kind() {
    return Kind.of(last());
  }

  @Override
  public void addReads(Set<FieldRead> reads) {
    hops.stream()
        .skip(root.input() ? 1 : 0)
        .forEach(hop -> reads.add(new FieldRead(hop.owner(), hop.relation())));
    if (!root.input() || !hops.isEmpty()) {
      reads.add(new FieldRead(model, field));
    }
  }

  @Override
  public boolean usesInput() {
    return root.input();
  }

  /// The members of the value that the path ends at, if it is one.
  Optional<ValueType> valueType() {
    return last().type() instanceof ValueType type && !last().list()
        ? Optional.of(type)
        : Optional.empty();
  }
}
