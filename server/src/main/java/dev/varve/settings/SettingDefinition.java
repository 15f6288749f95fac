package dev.varve.settings;

import dev.varve.kernel.DurationText;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// One setting: `port` in section `http`, written `http.port`, or `VARVE_HTTP_PORT` in the environment.
///
/// @param name with dots where sections lie in each other: `jwt.algorithm` in section `auth`
/// @param type `String.class`, `boolean.class`, `int.class`, `long.class`, `Duration.class` or an enum
/// @param standard the value when nobody sets one, as text
/// @param says what it does
public record SettingDefinition(
    String section, String name, Class<?> type, String standard, String says, long min, long max) {
  private static final String ENVIRONMENT = "VARVE_";
  private static final Set<Class<?>> TYPES =
      Set.of(String.class, boolean.class, int.class, long.class, Duration.class);

  public SettingDefinition {
    if (!TYPES.contains(type) && !type.isEnum()) {
      throw new IllegalArgumentException(
          "%s.%s: a setting cannot be a %s".formatted(section, name, type.getSimpleName()));
    }
  }

  /// The settings of a record of records, in the order of their declaration.
  public static List<SettingDefinition> allOf(Class<? extends Record> settings) {
    List<SettingDefinition> definitions = new ArrayList<>();
    for (RecordComponent section : settings.getRecordComponents()) {
      add(definitions, section.getName(), "", section.getType());
    }
    return List.copyOf(definitions);
  }

  /// @param prefix of the names, for a record within the section
  private static void add(
      List<SettingDefinition> definitions, String section, String prefix, Class<?> type) {
    for (RecordComponent component : type.getRecordComponents()) {
      String name = prefix + component.getName();
      if (component.getType().isRecord()) {
        add(definitions, section, name + ".", component.getType());
      } else {
        definitions.add(of(section, name, component));
      }
    }
  }

  private static SettingDefinition of(String section, String name, RecordComponent component) {
    Setting setting = component.getAnnotation(Setting.class);
    if (setting == null) {
      throw new IllegalArgumentException("%s.%s has no @Setting".formatted(section, name));
    }
    return new SettingDefinition(
        section,
        name,
        component.getType(),
        setting.standard(),
        setting.says(),
        setting.min(),
        setting.max());
  }

  public String key() {
    return section + "." + name;
  }

  String variable() {
    return ENVIRONMENT
        + (section + "_" + name.replaceAll("(?=[A-Z])", "_").replace('.', '_'))
            .toUpperCase(Locale.ROOT);
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
    if (type.isEnum()) {
      return "one of " + String.join(", ", constants());
    }
    if (type == Duration.class) {
      return "a duration from %s to %s, such as 30s, 15m, 12h or 90d"
          .formatted(
              DurationText.of(Duration.ofSeconds(min)), DurationText.of(Duration.ofSeconds(max)));
    }
    return max >= Integer.MAX_VALUE
        ? "a whole number of at least %,d".formatted(min)
        : "a whole number from %,d to %,d".formatted(min, max);
  }

  private List<String> constants() {
    return Stream.of(type.getEnumConstants()).map(Object::toString).toList();
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
    if (type.isEnum()) {
      return Stream.of(type.getEnumConstants())
          .map(Object.class::cast)
          .filter(constant -> constant.toString().equals(text))
          .findFirst();
    }
    if (type == Duration.class) {
      return DurationText.parse(text)
          .filter(duration -> duration.toSeconds() >= min && duration.toSeconds() <= max)
          .map(duration -> duration);
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
