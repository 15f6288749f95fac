package dev.varve.transfer;

import dev.varve.kernel.FieldError;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.schema.EnumType;
import dev.varve.schema.Field;
import dev.varve.schema.RelationType;
import dev.varve.schema.ScalarType;
import dev.varve.schema.ValueType;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Turns the text of a CSV cell into what JSON would hold in its place. Whether that is right for the
/// field is not decided here: text that cannot be turned stays text, and is refused as such later.
final class CellReader {
  // one less than the digits of the largest
  private static final int LONG_DIGITS = 18;
  private static final int DATE_LENGTH = 10;
  private static final int SECONDS_LENGTH = 19;
  private static final String MIDNIGHT = "00:00:00";

  private CellReader() {}

  /// @param cell not empty, or an empty text
  static @Nullable Object plain(ColumnTarget.To to, String cell, List<FieldError> errors) {
    Field field = to.last();
    if (field.list()) {
      return json(cell, "a list as JSON, such as [\"a\",\"b\"]", to, errors);
    }
    return switch (field.type()) {
      case EnumType _ -> cell.strip();
      case RelationType _ -> cell;
      case ValueType type ->
          json(cell, "an object as JSON with the fields of " + type.schemaName(), to, errors);
      case ScalarType scalar -> scalar(scalar, cell, to, errors);
    };
  }

  private static @Nullable Object scalar(
      ScalarType type, String cell, ColumnTarget.To to, List<FieldError> errors) {
    return switch (type) {
      case ID, STRING -> cell;
      case UUID, EMAIL, URL -> cell.strip();
      case INT, LONG, FLOAT, DECIMAL -> number(cell.strip());
      case BOOLEAN -> truth(cell.strip());
      case DATE_TIME -> instant(cell.strip());
      case DATE -> date(cell.strip());
      case JSON -> json(cell, "JSON, with text in quotes", to, errors);
    };
  }

  private static Object number(String text) {
    int point = text.indexOf('.');
    if (point < 0 && text.length() < LONG_DIGITS && isWhole(text, text.length())) {
      return Long.parseLong(text);
    }
    if (point > 0 && isWhole(text, point) && areDigits(text, point + 1, text.length())) {
      return new BigDecimal(text);
    }
    return rareNumber(text);
  }

  /// Whether the start of a text is a whole number as JSON has it, such as -12.
  private static boolean isWhole(String text, int to) {
    int from = text.startsWith("-") ? 1 : 0;
    return areDigits(text, from, to) && (to - from == 1 || text.charAt(from) != '0');
  }

  private static boolean areDigits(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return from < to;
  }

  private static Object rareNumber(String text) {
    boolean decimal =
        !text.isEmpty()
            && text.chars().allMatch(c -> (c >= '0' && c <= '9') || ".-+eE".indexOf(c) >= 0);
    Object plain = decimal ? jsonOrText(text) : text;
    return plain instanceof Long || plain instanceof BigDecimal ? plain : withZeros(text);
  }

  /// JSON knows no leading zeros; files do.
  private static Object withZeros(String text) {
    boolean digits = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return digits ? jsonOrText(text.replaceFirst("^0+(?=.)", "")) : text;
  }

  private static Object jsonOrText(String text) {
    try {
      Object plain = Json.read(text.getBytes(StandardCharsets.UTF_8));
      return plain == null ? text : plain;
    } catch (Problem _) {
      return text; // no number, which whoever reads the field says better
    }
  }

  private static Object truth(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "yes", "1" -> true;
      case "false", "no", "0" -> false;
      default -> text;
    };
  }

  /// Databases write `2021-01-01 00:00:00`, and mean UTC more often than not.
  private static String instant(String text) {
    if (text.length() == DATE_LENGTH) {
      return text + "T" + MIDNIGHT + "Z";
    }
    if (text.length() < SECONDS_LENGTH || !isTimeSeparator(text.charAt(DATE_LENGTH))) {
      return text;
    }
    String time = text.substring(DATE_LENGTH + 1);
    boolean offset =
        time.endsWith("Z") || time.endsWith("z") || time.matches(".*[+-]\\d\\d:\\d\\d");
    return text.substring(0, DATE_LENGTH) + "T" + time + (offset ? "" : "Z");
  }

  private static String date(String text) {
    boolean midnight =
        text.length() >= SECONDS_LENGTH
            && isTimeSeparator(text.charAt(DATE_LENGTH))
            && text.substring(DATE_LENGTH + 1).matches(MIDNIGHT + "(\\.0+)?Z?");
    return midnight ? text.substring(0, DATE_LENGTH) : text;
  }

  private static boolean isTimeSeparator(char c) {
    return c == ' ' || c == 'T' || c == 't';
  }

  private static @Nullable Object json(
      String cell, String expected, ColumnTarget.To to, List<FieldError> errors) {
    try {
      return Json.read(cell.getBytes(StandardCharsets.UTF_8));
    } catch (Problem problem) {
      boolean meant = cell.startsWith("[") || cell.startsWith("{");
      String reason = meant ? ": " + JsonLine.reason(problem) : "";
      errors.add(new FieldError(to.text(), "must be " + expected + reason));
      return null;
    }
  }
}
