package dev.varve.store.sql;

import java.util.ArrayList;
import java.util.List;
import org.jooq.Param;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/// The values that one request gives to a query, numbered from 0 in the order in which they come. Requests of one shape
/// number alike, so the text that [StatementText] makes for one of them serves all.
///
/// In a query made with jOOQ a value is a parameter named `p` and its number; where it goes among the `?` of the text,
/// [StatementText] knows.
public final class BoundValues {
  private static final String PREFIX = "p";

  private final List<Object> values = new ArrayList<>();

  /// A place for a value in a query. Two are equal when they have one number, whatever the values are.
  ///
  /// @param value that the request which makes the text gives
  public record Place(int number, Object value) {
    public Param<Object> param() {
      return DSL.param(PREFIX + number, value);
    }

    public <T> Param<T> param(Class<T> type) {
      return DSL.param(PREFIX + number, type.cast(value));
    }

    @Override
    public boolean equals(@Nullable Object other) {
      // the type of a value may show in the text
      return other instanceof Place place
          && place.number == number
          && place.value.getClass() == value.getClass();
    }

    @Override
    public int hashCode() {
      return number;
    }
  }

  /// Takes a value, of a type that the database driver binds: text, whole and other numbers.
  public Place add(Object value) {
    values.add(value);
    return new Place(values.size() - 1, value);
  }

  /// Gives another value in place of an earlier one.
  public void set(Place place, Object value) {
    values.set(place.number(), value);
  }

  Object value(int number) {
    return values.get(number);
  }

  /// @throws IllegalArgumentException when the place is for no numbered value: that would be kept with the text
  static int number(Param<?> param) {
    String name = param.getParamName();
    if (name == null || !name.startsWith(PREFIX)) {
      throw new IllegalArgumentException("A value without a number: " + param);
    }
    return Integer.parseInt(name, PREFIX.length(), name.length(), 10);
  }
}
