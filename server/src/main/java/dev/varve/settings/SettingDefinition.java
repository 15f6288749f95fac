package dev.varve.settings;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// One setting: `port` in section `http`, written `http.port`, or `VARVE_HTTP_PORT` in the environment. A section may
/// be a list itself.
///
/// @param key with dots where sections lie in each other, such as `auth.jwt.algorithm`; `limits[].name` within the
///     records of a list, and within those that stand under names
/// @param standard the value when nobody sets one, as text
/// @param required whether there is no such value
/// @param says what it does
public record SettingDefinition(
    String key, SettingKind kind, String standard, boolean required, String says) {
  private static final String ENVIRONMENT = "VARVE_";
  private static final String ELEMENT = "[]";

  /// The settings of a record of records, in the order of their declaration.
  public static List<SettingDefinition> allOf(Class<? extends Record> settings) {
    List<SettingDefinition> definitions = new ArrayList<>();
    for (RecordComponent section : settings.getRecordComponents()) {
      add(definitions, section.getName(), section);
    }
    return List.copyOf(definitions);
  }

  private static void add(
      List<SettingDefinition> definitions, String key, RecordComponent component) {
    if (component.getType().isRecord()) {
      for (RecordComponent inner : component.getType().getRecordComponents()) {
        add(definitions, key + "." + inner.getName(), inner);
      }
    } else {
      definitions.add(of(key, component));
    }
  }

  private static SettingDefinition of(String key, RecordComponent component) {
    Setting setting = component.getAnnotation(Setting.class);
    if (setting == null) {
      throw new IllegalArgumentException(key + " has no @Setting");
    }
    if (setting.required() && !key.contains(ELEMENT)) {
      throw new IllegalArgumentException(key + " must have a default: a file may be left out");
    }
    return new SettingDefinition(
        key, kind(key, component, setting), setting.standard(), setting.required(), setting.says());
  }

  private static SettingKind kind(String key, RecordComponent component, Setting setting) {
    boolean named = component.getType() == Map.class;
    if (!named && component.getType() != List.class) {
      return new SettingKind.Scalar(component.getType(), setting.min(), setting.max());
    }
    Class<?> element = elementOf(component);
    if (element == String.class) {
      return named
          ? new SettingKind.Pairs(setting.max())
          : new SettingKind.Texts(setting.min(), setting.max());
    }
    List<SettingDefinition> members = new ArrayList<>();
    RecordComponent[] inner = element.getRecordComponents();
    for (int i = named ? 1 : 0; i < inner.length; i++) {
      add(members, key + ELEMENT + "." + inner[i].getName(), inner[i]);
    }
    return new SettingKind.Records(
        element.asSubclass(Record.class),
        named,
        setting.capitals(),
        members,
        setting.min(),
        setting.max());
  }

  /// Of the list, or of what stands under names.
  private static Class<?> elementOf(RecordComponent component) {
    Type[] arguments = ((ParameterizedType) component.getGenericType()).getActualTypeArguments();
    return (Class<?>) arguments[arguments.length - 1];
  }

  /// The word at the start of its line in the file: `http`, or `limits` for `limits[].name`.
  public String section() {
    return key.split("[.\\[]", 2)[0];
  }

  /// The key without its section.
  public String name() {
    return key.substring(key.indexOf('.') + 1);
  }

  String lastName() {
    return key.substring(key.lastIndexOf('.') + 1);
  }

  /// The key within an element of a list: `timeouts.idle` for `services[].timeouts.idle`.
  String inElement() {
    return key.substring(key.lastIndexOf(ELEMENT + ".") + ELEMENT.length() + 1);
  }

  /// The variable of the environment that sets it. A list of records stands in the file alone.
  String variable() {
    return ENVIRONMENT
        + key.replaceAll("(?=[A-Z])", "_").replace('.', '_').toUpperCase(Locale.ROOT);
  }

  boolean hasVariable() {
    return !(kind instanceof SettingKind.Records)
        && !(kind instanceof SettingKind.Pairs)
        && !key.contains(ELEMENT);
  }

  static boolean isVariable(String name) {
    return name.startsWith(ENVIRONMENT);
  }

  /// The definition of a key such as `limits[2].name`, which is that of `limits[].name`.
  static String pattern(String key) {
    return key.indexOf('[') < 0 ? key : key.replaceAll("\\[[^\\[\\]]+]", ELEMENT);
  }
}
