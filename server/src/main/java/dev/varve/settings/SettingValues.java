package dev.varve.settings;

import dev.varve.kernel.UserMistake;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What has been set and where, and the records that are made of it.
final class SettingValues {
  private static final String NO_TIME = "0s";

  private final Map<String, SettingDefinition> byKey;
  private final Map<String, Object> values = new HashMap<>();
  private final Map<String, String> places = new HashMap<>();
  private final List<String> mistakes = new ArrayList<>();

  SettingValues(Map<String, SettingDefinition> byKey) {
    this.byKey = byKey;
  }

  /// @param place where it stands, for messages
  void mistake(String place, String message) {
    mistakes.add("%s: %s".formatted(place, message));
  }

  List<String> mistakes() {
    return List.copyOf(mistakes);
  }

  /// Notes where a section or an element of a list stands.
  void place(String key, String place) {
    places.put(key, place);
  }

  /// Keeps the value that the text stands for.
  ///
  /// @param key such as `http.port` or `limits[2].name`
  void read(String key, SettingDefinition definition, String text, String place) {
    Optional<Object> value = valueOf(definition, text);
    if (value.isEmpty()) {
      mistake(
          place, "%s must be %s; it is '%s'".formatted(key, definition.kind().described(), text));
    } else {
      put(key, value.get(), place);
    }
  }

  /// @param texts those of a list
  void read(String key, SettingKind.Texts kind, List<String> texts, String place) {
    if (texts.size() < kind.min() || texts.size() > kind.max()) {
      mistake(place, "%s must be %s; it has %,d".formatted(key, kind.described(), texts.size()));
    } else {
      put(key, List.copyOf(texts), place);
    }
  }

  /// @param size of a list of records, whose own values are set under `key[0]`, `key[1]` and so on
  void read(String key, SettingKind.Records kind, int size, String place) {
    if (size < kind.min() || size > kind.max()) {
      mistake(place, "%s must be %s; it has %,d".formatted(key, kind.described(), size));
    } else {
      put(key, size, place);
    }
  }

  /// @param names of records, whose own values are set under `key[name]`
  void read(String key, SettingKind.Records kind, Set<String> names, String place) {
    if (names.size() < kind.min() || names.size() > kind.max()) {
      mistake(place, "%s must be %s; it has %,d".formatted(key, kind.described(), names.size()));
    } else {
      put(key, List.copyOf(names), place);
    }
  }

  /// @param pairs texts by their names, in their order
  void read(String key, SettingKind.Pairs kind, Map<String, String> pairs, String place) {
    if (pairs.size() > kind.max()) {
      mistake(place, "%s must be %s; it has %,d".formatted(key, kind.described(), pairs.size()));
    } else {
      put(key, pairs, place);
    }
  }

  private void put(String key, Object value, String place) {
    values.put(key, value);
    places.put(key, place);
  }

  private static Optional<Object> valueOf(SettingDefinition definition, String text) {
    return switch (definition.kind()) {
      // no time at all is a value where it is the default
      case SettingKind.Scalar _
          when text.equals(NO_TIME) && definition.standard().equals(NO_TIME) ->
          Optional.of(Duration.ZERO);
      case SettingKind.Scalar scalar -> scalar.value(text);
      case SettingKind.Texts(long min, long max) -> {
        List<String> texts = SettingKind.Texts.split(text);
        yield texts.size() < min || texts.size() > max ? Optional.empty() : Optional.of(texts);
      }
      case SettingKind.Pairs _, SettingKind.Records _ -> Optional.empty();
    };
  }

  /// The record of records that the definitions were taken from, filled with values and defaults.
  ///
  /// @throws UserMistake with all that cannot hold
  <T extends Record> T make(Class<T> settings) {
    @Nullable T made = make(settings, "");
    if (made == null) {
      throw new UserMistake(mistakes);
    }
    return made;
  }

  /// @param prefix of the keys, with its dot
  /// @return null when something in it cannot hold
  private <T> @Nullable T make(Class<T> type, String prefix) {
    RecordComponent[] components = type.getRecordComponents();
    @Nullable Object[] arguments = new @Nullable Object[components.length];
    boolean whole = true;
    for (int i = 0; i < components.length; i++) {
      arguments[i] = value(components[i], prefix + components[i].getName());
      whole &= arguments[i] != null;
    }
    return whole ? create(type, prefix, arguments) : null;
  }

  private @Nullable Object value(RecordComponent component, String key) {
    if (component.getType().isRecord()) {
      return make(component.getType(), key + ".");
    }
    SettingDefinition definition = byKey.get(SettingDefinition.pattern(key));
    if (definition == null) {
      // the name under which a record stands
      return Objects.requireNonNull(values.get(key), key);
    }
    if (definition.kind() instanceof SettingKind.Records records) {
      return records.named() ? byName(records, key) : list(records, key);
    }
    if (definition.kind() instanceof SettingKind.Pairs) {
      return values.getOrDefault(key, Map.of());
    }
    @Nullable Object value = values.get(key);
    if (value == null && definition.required()) {
      String element = key.substring(0, key.lastIndexOf('.'));
      mistake(
          placeOf(element),
          "%s needs %s, which is %s"
              .formatted(element, definition.lastName(), definition.kind().described()));
      return null;
    }
    return value == null ? valueOf(definition, definition.standard()).orElseThrow() : value;
  }

  private @Nullable List<Record> list(SettingKind.Records records, String key) {
    int size = values.get(key) instanceof Integer set ? set : 0;
    List<Record> made = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      Record element = make(records.type(), "%s[%d].".formatted(key, i));
      if (element != null) {
        made.add(element);
      }
    }
    return made.size() == size ? List.copyOf(made) : null;
  }

  private @Nullable Map<String, Record> byName(SettingKind.Records records, String key) {
    List<?> names = values.get(key) instanceof List<?> set ? set : List.of();
    Map<String, Record> made = new LinkedHashMap<>();
    for (Object name : names) {
      Record element = makeNamed(records.type(), "%s[%s].".formatted(key, name), name);
      if (element != null) {
        made.put((String) name, element);
      }
    }
    return made.size() == names.size() ? Collections.unmodifiableMap(made) : null;
  }

  /// @param name the first component of the record
  private <T> @Nullable T makeNamed(Class<T> type, String prefix, Object name) {
    values.put(prefix + type.getRecordComponents()[0].getName(), name);
    return make(type, prefix);
  }

  private <T> @Nullable T create(Class<T> type, String prefix, @Nullable Object[] arguments) {
    try {
      return SettingRecords.make(type, arguments);
    } catch (InvocationTargetException e) {
      Throwable cause = Objects.requireNonNull(e.getCause());
      if (cause instanceof WrongSetting wrong) {
        String key = prefix + wrong.component();
        mistake(placeOf(key), key + " " + wrong.says());
      } else {
        mistakes.add(String.valueOf(cause.getMessage()));
      }
      return null;
    }
  }

  Optional<String> placeOfValue(String key) {
    return Optional.ofNullable(places.get(key));
  }

  /// Where the setting stands, or else the nearest thing around it that stands anywhere.
  String placeOf(String key) {
    String around = key;
    while (true) {
      String place = places.get(around);
      int end = Math.max(around.lastIndexOf('.'), around.lastIndexOf('['));
      if (place != null || end < 0) {
        return place == null ? "the settings" : place;
      }
      around = around.substring(0, end);
    }
  }
}
