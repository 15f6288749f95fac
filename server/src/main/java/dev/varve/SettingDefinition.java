package dev.varve;

import dev.varve.kernel.Setting;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// One setting: `port` in section `http`, written `http.port`, or `VARVE_HTTP_PORT` in the environment.
///
/// @param type `String.class`, `boolean.class`, `int.class` or `long.class`
/// @param standard the value when nobody sets one, as text
/// @param says what it does
record SettingDefinition(
    String section, String name, Class<?> type, String standard, String says, long min, long max) {
  private static final String ENVIRONMENT = "VARVE_";

  SettingDefinition {
    if (type != String.class && type != boolean.class && type != int.class && type != long.class) {
      throw new IllegalArgumentException(
          "%s.%s: a setting cannot be a %s".formatted(section, name, type.getSimpleName()));
    }
  }

  /// The settings of a record of records, in the order of their declaration.
  static List<SettingDefinition> allOf(Class<? extends Record> settings) {
    List<SettingDefinition> definitions = new ArrayList<>();
    for (RecordComponent section : settings.getRecordComponents()) {
      for (RecordComponent component : section.getType().getRecordComponents()) {
        definitions.add(of(section.getName(), component));
      }
    }
    return List.copyOf(definitions);
  }

  private static SettingDefinition of(String section, RecordComponent component) {
    Setting setting = component.getAnnotation(Setting.class);
    if (setting == null) {
      throw new IllegalArgumentException(
          "%s.%s has no @Setting".formatted(section, component.getName()));
    }
    return new SettingDefinition(
        section,
        component.getName(),
        component.getType(),
        setting.standard(),
        setting.says(),
        setting.min(),
        setting.max());
  }

  String key() {
    return section + "." + name;
  }

  String variable() {
    return ENVIRONMENT
        + (section + "_" + name.replaceAll("(?=[A-Z])", "_")).toUpperCase(Locale.ROOT);
  }

  static boolean isVariable(String name) {
    return name.startsWith(ENVIRONMENT);
  }

  /// What a value must be, for messages and for the reference page.
  String kind() {
    if (type == String.class) {
      return "text";
    }
    if (type == boolean.class) {
      return "true or false";
    }
    return max >= Integer.MAX_VALUE
        ? "a whole number of at least %,d".formatted(min)
        : "a whole number from %,d to %,d".formatted(min, max);
  }

  /// The value that a text stands for, or nothing when it is not of this setting's kind.
  Optional<Object> value(String text) {
    if (type == String.class) {
      return Optional.of(text);
    }
    if (type == boolean.class) {
      return switch (text) {
        case "true" -> Optional.of(true);
        case "false" -> Optional.of(false);
        default -> Optional.empty();
      };
    }
    return number(text).map(number -> type == int.class ? (Object) number.intValue() : number);
  }

  private Optional<Long> number(String text) {
    try {
      long number = Long.parseLong(text);
      long top = type == int.class ? Math.min(max, Integer.MAX_VALUE) : max;
      return number >= min && number <= top ? Optional.of(number) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
