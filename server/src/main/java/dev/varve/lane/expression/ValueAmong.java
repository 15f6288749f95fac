package dev.varve.lane.expression;

import dev.varve.store.sql.SqlFunctions;
import java.util.List;
import org.jooq.Condition;
import org.jspecify.annotations.Nullable;

/// `element in list`, where the list is a field, of the record or of the account; or its negation. An absent list has no elements, and an
/// absent element is in no list.
record ValueAmong(Operand element, Operand list, boolean expected) implements Leaf {
  @Override
  public List<Operand> operands() {
    return List.of(element, list);
  }

  @Override
  public boolean holds(@Nullable Object[] values) {
    return (values[0] != null && values[1] != null && among(values[0], (List<?>) values[1]))
        == expected;
  }

  private static boolean among(Object element, List<?> elements) {
    for (Object candidate : elements) {
      if (candidate != null && Path.columnForm(candidate).equals(element)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public Condition on(List<org.jooq.Field<Object>> columns, SemiJoins joins) {
    Path path = list.path().orElseThrow();
    Condition some =
        SqlFunctions.hasElement(path.listColumn(joins), path.last(), columns.getFirst());
    return expected ? some : some.not();
  }
}
