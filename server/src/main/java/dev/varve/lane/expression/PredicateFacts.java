package dev.varve.lane.expression;

import dev.varve.schema.Field;
import dev.varve.schema.Model;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// What can be said about a predicate without testing it.
final class PredicateFacts {
  private PredicateFacts() {}

  static Set<FieldRead> reads(Predicate predicate) {
    Set<FieldRead> reads = new LinkedHashSet<>();
    operands(predicate).forEach(operand -> operand.addReads(reads));
    return reads;
  }

  static Set<Model> related(Predicate predicate) {
    Set<Model> related = new LinkedHashSet<>();
    operands(predicate)
        .forEach(operand -> operand.hops().forEach(hop -> related.add(hop.target())));
    return related;
  }

  static Set<Field> pinned(Predicate predicate) {
    Set<Field> pinned = new LinkedHashSet<>();
    switch (predicate) {
      case And and -> and.parts().forEach(part -> pinned.addAll(pinned(part)));
      case Comparison(Path path, Relational relational, Operand right) -> {
        boolean own = path.hops().isEmpty() && path.members().isEmpty() && !path.usesInput();
        boolean single =
            right instanceof Operand.Literal
                || right instanceof Operand.Parameter
                || right.ofAccount();
        if (own && single && relational == Relational.EQUAL) {
          pinned.add(path.field());
        }
      }
      case Constant _, Or _, Choice _, Leaf _ -> {}
    }
    return pinned;
  }

  static boolean usesNow(Predicate predicate) {
    return operands(predicate).anyMatch(Operand.Now.class::isInstance);
  }

  static boolean usesInput(Predicate predicate) {
    return operands(predicate).anyMatch(Operand::usesInput);
  }

  static boolean usesAccount(Predicate predicate) {
    return operands(predicate).anyMatch(Operand::ofAccount);
  }

  /// The predicate for a caller without an account, of whom no test that speaks of one holds.
  static Predicate withoutAccount(Predicate predicate) {
    return switch (predicate) {
      case Constant constant -> constant;
      case And and ->
          Predicates.and(and.parts().stream().map(PredicateFacts::withoutAccount).toList());
      case Or or -> Predicates.or(or.parts().stream().map(PredicateFacts::withoutAccount).toList());
      case Choice choice -> withoutAccount(choice);
      case Leaf leaf -> AccountTests.isOne(leaf) ? Predicates.never() : leaf;
    };
  }

  private static Predicate withoutAccount(Choice choice) {
    Predicate when = withoutAccount(choice.when());
    Predicate whenNot = withoutAccount(choice.whenNot());
    Predicate then = withoutAccount(choice.then());
    Predicate otherwise = withoutAccount(choice.otherwise());
    if (when.equals(Predicates.never())) {
      return Predicates.and(List.of(whenNot, otherwise));
    }
    return whenNot.equals(Predicates.never())
        ? Predicates.and(List.of(when, then))
        : new Choice(when, whenNot, then, otherwise);
  }

  private static Stream<Operand> operands(Predicate predicate) {
    return switch (predicate) {
      case Constant _ -> Stream.empty();
      case And and -> and.parts().stream().flatMap(PredicateFacts::operands);
      case Or or -> or.parts().stream().flatMap(PredicateFacts::operands);
      case Choice choice ->
          Stream.of(choice.when(), choice.whenNot(), choice.then(), choice.otherwise())
              .flatMap(PredicateFacts::operands);
      case Leaf leaf -> leaf.operands().stream();
    };
  }
}
