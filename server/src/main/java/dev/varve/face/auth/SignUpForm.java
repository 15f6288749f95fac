package dev.varve.face.auth;

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

/// The fields of an account that somebody who signs up on a page has to give, as a form has them.
///
/// @param fields those that an account cannot do without
record SignUpForm(List<Field> fields) {
  private static final int TEXT_LENGTH_MAX = 1_000;

  SignUpForm {
    fields = List.copyOf(fields);
  }

  /// Whether a form can ask for all of them: there is no way to type in what an account refers to, or a list.
  boolean isComplete() {
    return fields.stream().allMatch(field -> input(field).isPresent());
  }

  /// Inputs, as HTML.
  ///
  /// @param typed what was typed before
  String html(Map<String, String> typed) {
    StringBuilder html = new StringBuilder();
    for (Field field : fields) {
      html.append(html(field, typed.getOrDefault(field.name(), "")));
    }
    return html.toString();
  }

  private static String html(Field field, String typed) {
    String name = Pages.escaped(field.name());
    String label = Pages.escaped(label(field));
    if (field.type() instanceof EnumType type) {
      return select(name, label, type, typed);
    }
    if (field.type() == ScalarType.BOOLEAN) {
      return "<p><label><input type=\"checkbox\" name=\"%s\" value=\"true\"%s>%s</label></p>\n"
          .formatted(name, typed.equals("true") ? " checked" : "", label);
    }
    return "<label for=\"f-%1$s\">%2$s</label>\n<input id=\"f-%1$s\" name=\"%1$s\" %3$s value=\"%4$s\" maxlength=\"%5$d\" required>\n"
        .formatted(name, label, input(field).orElse(""), Pages.escaped(typed), TEXT_LENGTH_MAX);
  }

  private static String select(String name, String label, EnumType type, String typed) {
    StringBuilder html =
        new StringBuilder(
            "<label for=\"f-%1$s\">%2$s</label>\n<select id=\"f-%1$s\" name=\"%1$s\" required>\n"
                .formatted(name, label));
    for (String value : type.values()) {
      html.append(
          "<option%s>%s</option>\n"
              .formatted(value.equals(typed) ? " selected" : "", Pages.escaped(value)));
    }
    return html.append("</select>\n").toString();
  }

  /// What people read: the name of the field in words, such as `First name` for `firstName`.
  private static String label(Field field) {
    StringBuilder words = new StringBuilder();
    field
        .name()
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
            case BOOLEAN -> Optional.of("type=\"checkbox\"");
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
  Map<String, @Nullable Object> read(Map<String, String> form) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>(form);
    for (Field field : fields) {
      String text = form.getOrDefault(field.name(), "");
      if (field.type() == ScalarType.BOOLEAN) {
        values.put(field.name(), text.equals("true"));
      } else if (isNumber(field)) {
        values.put(field.name(), number(text.strip()));
      }
    }
    return values;
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
