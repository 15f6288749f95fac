package dev.varve.face.auth;

import dev.varve.identity.account.AccountModel;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.schema.EnumType;
import dev.varve.schema.Field;
import dev.varve.schema.RelationType;
import dev.varve.schema.ScalarType;
import dev.varve.schema.ValueType;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Fields of an account that a page asks for, as a form has them.
///
/// @param fields that a form can ask for
public record AccountForm(List<Field> fields) {
  /// The longest text that a form takes.
  public static final int TEXT_LENGTH_MAX = 1_000;

  public AccountForm {
    fields = List.copyOf(fields);
  }

  /// Whether somebody may give a field of their account when it is made, and a form can ask for it: there is no way to type in what
  /// an account refers to, or a list.
  public static boolean canAsk(Field field) {
    return !field.system()
        && !field.readonly()
        && !field.name().equals(AccountModel.EMAIL)
        && !AccountModel.GIVEN_BY_OTHERS.contains(field.name())
        && input(field).isPresent();
  }

  /// Inputs, as HTML.
  ///
  /// @param typed what was typed before
  public String html(Texts texts, Map<String, String> typed) {
    StringBuilder html = new StringBuilder();
    for (Field field : fields) {
      html.append(html(texts, field, typed.getOrDefault(field.name(), "")));
    }
    return html.toString();
  }

  private static String html(Texts texts, Field field, String typed) {
    String name = Pages.escaped(field.name());
    String label = Pages.escaped(label(field.name()));
    if (field.type() instanceof EnumType type) {
      Map<String, String> choices = new LinkedHashMap<>();
      type.values().forEach(value -> choices.put(value, value));
      return select(name, label, choices, typed);
    }
    if (field.type() == ScalarType.BOOLEAN) {
      Map<String, String> choices = new LinkedHashMap<>();
      choices.put("false", texts.get("form.no"));
      choices.put("true", texts.get("form.yes"));
      return select(name, label, choices, typed);
    }
    return "<label for=\"f-%1$s\">%2$s</label>\n<input id=\"f-%1$s\" name=\"%1$s\" %3$s value=\"%4$s\" maxlength=\"%5$d\"%6$s>\n"
        .formatted(
            name,
            label,
            input(field).orElse(""),
            Pages.escaped(typed),
            TEXT_LENGTH_MAX,
            field.required() ? " required" : "");
  }

  /// @param choices what people read of each value
  private static String select(
      String name, String label, Map<String, String> choices, String typed) {
    StringBuilder html =
        new StringBuilder(
            "<label for=\"f-%1$s\">%2$s</label>\n<select id=\"f-%1$s\" name=\"%1$s\" required>\n"
                .formatted(name, label));
    choices.forEach((value, text) ->
        html.append(
            "<option value=\"%s\"%s>%s</option>\n"
                .formatted(
                    Pages.escaped(value),
                    value.equals(typed) ? " selected" : "",
                    Pages.escaped(text))));
    return html.append("</select>\n").toString();
  }

  /// What people read: the name of the field in words, such as `First name` for `firstName`.
  static String label(String field) {
    StringBuilder words = new StringBuilder();
    field
        .chars()
        .forEach(c -> {
          if (Character.isUpperCase(c) && !words.isEmpty()) {
            words.append(' ').appendCodePoint(Character.toLowerCase(c));
          } else {
            words.appendCodePoint(words.isEmpty() ? Character.toUpperCase(c) : c);
          }
        });
    return words.toString();
  }

  /// The attributes of its input; nothing when there is none that fits.
  private static Optional<String> input(Field field) {
    if (field.list()) {
      return Optional.empty();
    }
    return switch (field.type()) {
      case EnumType _ -> Optional.of("");
      case RelationType _, ValueType _ -> Optional.empty();
      case ScalarType scalar ->
          switch (scalar) {
            case ID, STRING, UUID -> Optional.of("type=\"text\"" + autocomplete(field.name()));
            case EMAIL -> Optional.of("type=\"email\"");
            case URL -> Optional.of("type=\"url\"");
            case INT, LONG -> Optional.of("type=\"text\" inputmode=\"numeric\"");
            case FLOAT, DECIMAL -> Optional.of("type=\"text\" inputmode=\"decimal\"");
            case BOOLEAN -> Optional.of("");
            case DATE -> Optional.of("type=\"date\"");
            case DATE_TIME, JSON -> Optional.empty();
          };
    };
  }

  /// What browsers fill in by themselves (HTML, section 4.10.18.7).
  private static String autocomplete(String name) {
    return switch (name) {
      case "name" -> " autocomplete=\"name\"";
      case "firstName" -> " autocomplete=\"given-name\"";
      case "lastName" -> " autocomplete=\"family-name\"";
      default -> "";
    };
  }

  /// What a form says, as JSON would. What cannot be read stays text, and is refused as such.
  public Map<String, @Nullable Object> read(Map<String, String> form) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>(form);
    for (Field field : fields) {
      String text = form.get(field.name());
      if (text != null && isNumber(field)) {
        values.put(field.name(), number(text.strip()));
      } else if (text != null && field.type() == ScalarType.BOOLEAN) {
        values.put(field.name(), truth(text));
      }
    }
    return values;
  }

  private static Object truth(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> text;
    };
  }

  private static boolean isNumber(Field field) {
    return field.type() instanceof ScalarType scalar
        && List.of(ScalarType.INT, ScalarType.LONG, ScalarType.FLOAT, ScalarType.DECIMAL)
            .contains(scalar);
  }

  private static Object number(String text) {
    try {
      return Json.read(text.getBytes(StandardCharsets.UTF_8)) instanceof Number number
          ? number
          : text;
    } catch (Problem _) {
      return text; // no number, which whoever reads the field says better
    }
  }
}
