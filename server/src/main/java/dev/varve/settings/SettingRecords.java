package dev.varve.settings;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Records of settings, made of their components. They are wide, and nobody but their own constructor should have to name
/// every one.
public final class SettingRecords {
  private SettingRecords() {}

  /// The same settings but for some components.
  ///
  /// ```
  /// SettingRecords.changed(http, Map.of("host", "127.0.0.1", "port", 0))
  /// ```
  ///
  /// @throws WrongSetting when the record refuses what becomes of it
  /// @throws IllegalArgumentException naming what is no component, or of another type
  public static <T extends Record> T changed(T settings, Map<String, ?> components) {
    Map<String, Object> others = new HashMap<>(components);
    @SuppressWarnings("unchecked")
    Class<T> type = (Class<T>) settings.getClass();
    RecordComponent[] all = type.getRecordComponents();
    @Nullable Object[] arguments = new @Nullable Object[all.length];
    for (int i = 0; i < all.length; i++) {
      Object other = others.remove(all[i].getName());
      arguments[i] = other == null ? value(settings, all[i]) : other;
    }
    if (!others.isEmpty()) {
      throw new IllegalArgumentException("%s has no %s".formatted(type, others.keySet()));
    }
    try {
      return make(type, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException refused) {
        throw refused;
      }
      throw new IllegalStateException(e);
    }
  }

  /// The keys of what is not the same in both, such as `http.port`, in their order.
  ///
  /// ```
  /// SettingRecords.differences(settings, others)   // [http.port, limits]
  /// ```
  public static <T extends Record> List<String> differences(T one, T other) {
    List<String> keys = new ArrayList<>();
    addDifferences(keys, "", one, other);
    return keys;
  }

  private static void addDifferences(List<String> keys, String prefix, Record one, Record other) {
    for (RecordComponent component : one.getClass().getRecordComponents()) {
      Object before = value(one, component);
      Object after = value(other, component);
      String key = prefix + component.getName();
      if (before instanceof Record inner && after instanceof Record others) {
        addDifferences(keys, key + ".", inner, others);
      } else if (!before.equals(after)) {
        keys.add(key);
      }
    }
  }

  private static Object value(Record settings, RecordComponent component) {
    try {
      return component.getAccessor().invoke(settings);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("%s cannot be read".formatted(component), e);
    }
  }

  /// @param arguments one for each component, in their order
  /// @throws InvocationTargetException with what the record refuses
  static <T> T make(Class<T> type, @Nullable Object[] arguments) throws InvocationTargetException {
    Class<?>[] types =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      return type.getDeclaredConstructor(types).newInstance(arguments);
    } catch (InvocationTargetException e) {
      throw e;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("%s is not a record of settings".formatted(type), e);
    }
  }
}
