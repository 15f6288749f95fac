package dev.varve.lane.expression;

import dev.varve.lane.expression.ApplicationField.Asking;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
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

  static boolean usesApplication(Predicate predicate) {
    return operands(predicate).anyMatch(Operand::ofApplication);
  }

  /// The predicate for a caller without an account, of whom no test that speaks of one holds.
  static Predicate withoutAccount(Predicate predicate) {
    return decided(predicate, leaf -> AccountTests.isOne(leaf) ? Predicates.never() : leaf);
  }

  /// The predicate for an account that asks through an application, or through none.
  static Predicate through(Predicate predicate, Optional<Asking> application) {
    return usesApplication(predicate)
        ? decided(
            predicate,
            leaf -> ApplicationTests.isOne(leaf) ? ApplicationTests.bound(leaf, application) : leaf)
        : predicate;
  }

  /// The predicate with some of its tests replaced.
  private static Predicate decided(Predicate predicate, Function<Leaf, Predicate> decision) {
    return switch (predicate) {
      case Constant constant -> constant;
      case And and ->
          Predicates.and(and.parts().stream().map(part -> decided(part, decision)).toList());
      case Or or ->
          Predicates.or(or.parts().stream().map(part -> decided(part, decision)).toList());
      case Choice choice -> decided(choice, decision);
      case Leaf leaf -> decision.apply(leaf);
    };
  }

  private static Predicate decided(Choice choice, Function<Leaf, Predicate> decision) {
    Predicate when = decided(choice.when(), decision);
    Predicate whenNot = decided(choice.whenNot(), decision);
    Predicate then = decided(choice.then(), decision);
    Predicate otherwise = decided(choice.otherwise(), decision);
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
