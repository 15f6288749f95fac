package dev.varve.expression;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;

/// What can be said about a predicate without testing it.
final class Facts {
  private Facts() {}

  static Set<FieldRead> reads(Predicate predicate) {
    Set<FieldRead> reads = new LinkedHashSet<>();
    operands(predicate).forEach(operand -> operand.addReads(reads));
    return reads;
  }

  static boolean usesNow(Predicate predicate) {
    return operands(predicate).anyMatch(Operand.Now.class::isInstance);
  }

  static boolean usesInput(Predicate predicate) {
    return operands(predicate).anyMatch(Operand::usesInput);
  }

  private static Stream<Operand> operands(Predicate predicate) {
    return switch (predicate) {
      case Constant _ -> Stream.empty();
      case And and -> and.parts().stream().flatMap(Facts::operands);
      case Or or -> or.parts().stream().flatMap(Facts::operands);
      case Choice choice ->
          Stream.of(choice.when(), choice.whenNot(), choice.then(), choice.otherwise())
              .flatMap(Facts::operands);
      case Leaf leaf -> leaf.operands().stream();
    };
  }
}
