package dev.varve.transfer;

import dev.varve.kernel.FieldError;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.ScalarType;
import dev.varve.schema.ValueType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Says how to write numbers and dates that were written as people in some country do. What they mean is not
/// guessed: `1,000` is a thousand to some and one to others.
final class ValueHint {
  private static final Pattern GROUPED =
      Pattern.compile(
          "([+-]?\\d{1,3})((?:([,.' \u00a0\u202f\u2019])\\d{3})(?:\\3\\d{3})*)(?:([,.])(\\d+))?");
  private static final Pattern COMMA = Pattern.compile("([+-]?\\d+),(\\d+)");
  private static final Pattern DAY_OR_MONTH_FIRST =
      Pattern.compile("(\\d{1,2})([/.-])(\\d{1,2})\\2(\\d{4})(?!\\d).*");
  private static final Pattern YEAR_FIRST =
      Pattern.compile("(\\d{4})[/.](\\d{1,2})[/.](\\d{1,2})(?!\\d).*");
  private static final int MONTHS = 12;
  private static final int DAYS_MAX = 31;

  private ValueHint() {}

  /// The same error with a hint, where there is one.
  ///
  /// @param values of the record, by name of the field
  static FieldError added(Model model, Map<String, @Nullable Object> values, FieldError error) {
    return find(model, values, error.field())
        .flatMap(ValueHint::hint)
        .map(hint -> new FieldError(error.field(), error.message() + ". " + hint))
        .orElse(error);
  }

  /// A text where a value of another type should be.
  private record Found(ScalarType type, String text) {}

  /// What lies at a path such as `price` or `shipTo.since`.
  private static Optional<Found> find(
      Model model, Map<String, @Nullable Object> values, String path) {
    List<Field> fields = model.fields();
    Object value = values;
    Optional<Found> found = Optional.empty();
    for (String name : path.split("\\.", -1)) {
      Optional<Field> field = fields.stream().filter(one -> one.name().equals(name)).findFirst();
      if (field.isEmpty() || !(value instanceof Map<?, ?> members)) {
        return Optional.empty();
      }
      value = members.get(name);
      fields = field.get().type() instanceof ValueType type ? type.fields() : List.of();
      found =
          field.get().type() instanceof ScalarType type && value instanceof String text
              ? Optional.of(new Found(type, text.strip()))
              : Optional.empty();
    }
    return found;
  }

  private static Optional<String> hint(Found found) {
    return switch (found.type()) {
      case INT, LONG, FLOAT, DECIMAL -> number(found.text());
      case DATE, DATE_TIME -> date(found.text());
      case ID, STRING, UUID, EMAIL, URL, BOOLEAN, JSON -> Optional.empty();
    };
  }

  private static Optional<String> number(String text) {
    Matcher grouped = GROUPED.matcher(text);
    if (grouped.matches() && !grouped.group(3).equals(grouped.group(4))) {
      String whole = grouped.group(1) + grouped.group(2).replace(grouped.group(3), "");
      boolean decimals = grouped.group(5) != null;
      boolean oneComma = grouped.group(2).startsWith(",") && grouped.group(2).lastIndexOf(',') == 0;
      return Optional.of(
          decimals
              ? write(text, whole + "." + grouped.group(5))
              : oneComma
                  ? "%s, or %s where the comma begins the decimals"
                      .formatted(write(text, whole), text.replace(',', '.'))
                  : write(text, whole));
    }
    Matcher comma = COMMA.matcher(text);
    return comma.matches()
        ? Optional.of(write(text, comma.group(1) + "." + comma.group(2)))
        : Optional.empty();
  }

  private static Optional<String> date(String text) {
    Matcher yearFirst = YEAR_FIRST.matcher(text);
    if (yearFirst.matches()) {
      String given = text.substring(0, yearFirst.end(3));
      return Optional.of(
          write(given, iso(yearFirst.group(1), number(yearFirst, 2), number(yearFirst, 3))));
    }
    Matcher yearLast = DAY_OR_MONTH_FIRST.matcher(text);
    return yearLast.matches()
        ? yearLast(text.substring(0, yearLast.end(4)), yearLast)
        : Optional.empty();
  }

  private static Optional<String> yearLast(String given, Matcher date) {
    int first = number(date, 1);
    int second = number(date, 3);
    String dayFirst = iso(date.group(4), second, first);
    String monthFirst = iso(date.group(4), first, second);
    boolean mayBeDay = first <= DAYS_MAX && second <= MONTHS;
    // with points the day comes first everywhere
    boolean mayBeMonth = first <= MONTHS && second <= DAYS_MAX && !date.group(2).equals(".");
    if (mayBeDay && mayBeMonth && first != second) {
      return Optional.of(
          "%s, or %s where the month stands first".formatted(write(given, dayFirst), monthFirst));
    }
    return mayBeDay || mayBeMonth
        ? Optional.of(write(given, mayBeDay ? dayFirst : monthFirst))
        : Optional.empty();
  }

  private static int number(Matcher date, int group) {
    return Integer.parseInt(date.group(group));
  }

  private static String iso(String year, int month, int day) {
    return "%s-%02d-%02d".formatted(year, month, day);
  }

  private static String write(String given, String instead) {
    return "For %s write %s".formatted(given, instead);
  }
}
