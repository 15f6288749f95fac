package dev.varve.settings;

import dev.varve.kernel.Nearest;
import dev.varve.kernel.UserMistake;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Collects the values of settings from `varve.yaml` (YAML 1.2) and from the environment, which goes before the file,
/// and every mistake in them.
public final class SettingsReader {
  private final List<SettingDefinition> definitions;
  private final Set<String> secrets;
  private final Map<String, SettingDefinition> byKey = new LinkedHashMap<>();
  private final SettingValues values = new SettingValues(byKey);
  private final List<String> warnings = new ArrayList<>();

  /// @param secrets variables of the environment that are read elsewhere
  public SettingsReader(List<SettingDefinition> definitions, Set<String> secrets) {
    this.definitions = List.copyOf(definitions);
    this.secrets = Set.copyOf(secrets);
    definitions.forEach(this::define);
  }

  private void define(SettingDefinition definition) {
    byKey.put(definition.key(), definition);
    if (definition.kind() instanceof SettingKind.Records records) {
      records.members().forEach(this::define);
    }
  }

  /// @param name for messages
  public void readFile(String name, String text) {
    new SettingsFile(name, byKey, values).read(text);
  }

  /// Takes what the environment sets. A variable that looks like a setting and is none is a warning alone, since it
  /// may be another program's.
  public void readEnvironment(Map<String, String> environment) {
    Map<String, SettingDefinition> byVariable = new HashMap<>();
    definitions.stream()
        .filter(SettingDefinition::hasVariable)
        .forEach(definition -> byVariable.put(definition.variable(), definition));
    new TreeMap<>(environment)
        .forEach((variable, text) -> {
          SettingDefinition definition = byVariable.get(variable);
          if (definition != null) {
            values.read(definition.key(), definition, text, variable);
          } else if (SettingDefinition.isVariable(variable) && !secrets.contains(variable)) {
            warnings.add(
                "The environment sets %s, which is no setting.%s"
                    .formatted(variable, Nearest.hint(variable, byVariable.keySet())));
          }
        });
  }

  public List<String> mistakes() {
    return values.mistakes();
  }

  public List<String> warnings() {
    return List.copyOf(warnings);
  }

  /// The record of records that the definitions were taken from, filled with values and defaults.
  ///
  /// @throws UserMistake with what its records refuse, by place where they throw [WrongSetting]
  public <T extends Record> T make(Class<T> settings) {
    return values.make(settings);
  }

  /// Where a setting is set; nothing when it has its default.
  ///
  /// @param key the whole one, such as `http.port`
  public Optional<String> placeOf(String key) {
    return values.placeOfValue(key);
  }

  /// What proves wrong when files or others are asked, with the place of its setting.
  ///
  /// @param wrong names its setting by the whole key, such as `http.port`
  public UserMistake located(WrongSetting wrong) {
    String place = values.placeOf(wrong.component());
    return new UserMistake(List.of("%s: %s".formatted(place, wrong.getMessage())));
  }
}
