package dev.varve.lane.expression;

import dev.varve.store.sql.BoundValues;
import dev.varve.store.sql.SqlValues;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Makes of what a predicate asks the values of one request.
record Binding(Bindings bindings, BoundValues parameters) {
  Predicate of(Predicate predicate) {
    return switch (predicate) {
      case Constant constant -> constant;
      case And(List<Predicate> parts) -> new And(parts.stream().map(this::of).toList());
      case Or(List<Predicate> parts) -> new Or(parts.stream().map(this::of).toList());
      case Choice(Predicate when, Predicate whenNot, Predicate then, Predicate otherwise) ->
          new Choice(of(when), of(whenNot), of(then), of(otherwise));
      case Leaf leaf when AccountTests.isOne(leaf) ->
          switch (AccountTests.bound(leaf, bindings)) {
            case Leaf bound -> leaf(bound);
            case Predicate decided -> decided;
          };
      case Leaf leaf -> leaf(leaf);
    };
  }

  private Leaf leaf(Leaf leaf) {
    return switch (leaf) {
      case Comparison(Operand left, Relational relational, Operand right) ->
          new Comparison(operand(left), relational, operand(right));
      case TextMatch match ->
          new TextMatch(
              operand(match.text()),
              match.function(),
              operand(match.part()),
              match.expected(),
              match.end().map(this::operand));
      case ValueAmong(Operand element, Operand list, boolean expected) ->
          new ValueAmong(operand(element), list, expected);
      case Membership(Operand of, Set<Object> values, boolean expected) -> {
        Set<Object> bound = new LinkedHashSet<>();
        values.forEach(value -> bound.add(parameters.add(value)));
        yield new Membership(operand(of), bound, expected);
      }
      // they speak of no value
      case DecidedComparison _, InputPresence _, Presence _ -> leaf;
    };
  }

  private Operand operand(Operand operand) {
    return switch (operand) {
      case Operand.Literal(Object value) -> parameter(value);
      case Operand.Now(long offsetMicros) ->
          parameter(SqlValues.micros(bindings.now()) + offsetMicros);
      case Operand.Parameter _,
          Operand.Size _,
          Operand.Folded _,
          AccountField _,
          ApplicationField _,
          Path _ ->
          operand;
    };
  }

  private Operand.Parameter parameter(Object value) {
    return new Operand.Parameter(parameters.add(value));
  }
}
