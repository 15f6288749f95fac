package dev.varve.lane.expression;

import dev.varve.schema.record.Entity;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What tests that speak of the account mean in SQL: its values are at hand, so they become literals; a
/// test of nothing else is decided before the query.
final class AccountTests {
  private AccountTests() {}

  static boolean isOne(Leaf leaf) {
    for (Operand operand : leaf.operands()) {
      if (operand.ofAccount()) {
        return true;
      }
    }
    return false;
  }

  /// The test with the values of the account as literals; always or never where it asks for nothing else.
  static Predicate bound(Leaf leaf, Bindings bindings) {
    Optional<Entity> account = bindings.account();
    if (account.isEmpty()) {
      return Predicates.never();
    }
    List<Operand> bound = new ArrayList<>();
    boolean onRecord = false;
    for (Operand operand : leaf.operands()) {
      Object value = operand.ofAccount() ? operand.value(account.get(), bindings) : null;
      if (value instanceof Operand.Unreachable) {
        return Predicates.never();
      }
      onRecord |=
          switch (operand) {
            case Path _ -> true;
            case Operand.Size _, Operand.Folded _ -> !operand.ofAccount();
            case AccountField _,
                ApplicationField _,
                Operand.Literal _,
                Operand.Now _,
                Operand.Parameter _ ->
                false;
          };
      bound.add(value == null ? operand : new Operand.Literal(value));
    }
    if (!onRecord) {
      return leaf.test(account.get(), bindings) ? Predicates.always() : Predicates.never();
    }
    return withLiterals(leaf, bound);
  }

  static Leaf withLiterals(Leaf leaf, List<Operand> bound) {
    return switch (leaf) {
      case Comparison comparison ->
          new Comparison(bound.getFirst(), comparison.relational(), bound.getLast());
      case TextMatch match ->
          new TextMatch(bound.getFirst(), match.function(), bound.get(1), match.expected());
      case ValueAmong among ->
          bound.getLast() instanceof Operand.Literal(List<?> elements)
              ? new Membership(bound.getFirst(), columnForms(elements), among.expected())
              : new ValueAmong(bound.getFirst(), bound.getLast(), among.expected());
      // of one operand: not of a record and of the account
      case DecidedComparison _, InputPresence _, Membership _, Presence _ -> leaf;
    };
  }

  private static Set<Object> columnForms(List<?> elements) {
    Set<Object> values = new LinkedHashSet<>();
    for (Object element : elements) {
      if (element != null) {
        values.add(Path.columnForm(element));
      }
    }
    return values;
  }
}
