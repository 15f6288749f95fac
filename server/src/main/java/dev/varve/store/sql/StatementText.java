package dev.varve.store.sql;

import java.util.ArrayList;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.Param;
import org.jooq.Query;
import org.jooq.VisitContext;
import org.jooq.VisitListener;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/// The text of a query, made once for all requests of its shape, and which of their [BoundValues] goes where: for
/// `... WHERE a > ? AND b = ? AND a > ?` the numbers of the three values, such as 0, 2, 0. A value may stand in more than
/// one place, in one or in none.
public final class StatementText {
  private final String sql;
  private final int[] numbers;

  private StatementText(String sql, int[] numbers) {
    this.sql = sql;
    this.numbers = numbers;
  }

  /// @param query whose values are all [BoundValues] or inlined
  /// @throws IllegalArgumentException when one is not: it would be kept with the text, and bound for everybody
  public static StatementText of(DSLContext dialect, Query query) {
    Places places = new Places();
    String sql = DSL.using(dialect.configuration().deriveAppending(places)).render(query);
    // what jOOQ would bind, in its order
    List<@Nullable Object> values = query.getBindValues();
    if (!values.equals(places.params.stream().map(Param::getValue).toList())) {
      throw new IllegalStateException("The places of values are not known of: " + sql);
    }
    return new StatementText(sql, places.params.stream().mapToInt(BoundValues::number).toArray());
  }

  public String sql() {
    return sql;
  }

  /// What to bind, place by place.
  ///
  /// @param parameters of a request of the same shape
  public List<Object> binds(BoundValues parameters) {
    List<Object> binds = new ArrayList<>(numbers.length);
    for (int number : numbers) {
      binds.add(parameters.value(number));
    }
    return binds;
  }

  /// Hears of each value as it is rendered.
  private static final class Places implements VisitListener {
    private final List<Param<?>> params = new ArrayList<>();

    @Override
    public void visitStart(VisitContext context) {
      if (context.queryPart() instanceof Param<?> param && !param.isInline()) {
        params.add(param);
      }
    }
  }
}
