package dev.varve.settings;

import dev.varve.kernel.Nearest;
import dev.varve.kernel.UserMistake;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// Collects the values of settings from `varve.yaml` (YAML 1.2) and from the environment, which goes before the file,
/// and every mistake in them.
public final class SettingsReader {
  private final List<SettingDefinition> definitions;
  private final Set<String> secrets;
  private final Map<String, SettingDefinition> byKey = new HashMap<>();
  private final Set<String> sections = new LinkedHashSet<>();
  private final Set<String> inner = new HashSet<>();
  private final Map<String, Object> values = new HashMap<>();
  private final List<String> mistakes = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  /// @param secrets variables of the environment that are read elsewhere
  public SettingsReader(List<SettingDefinition> definitions, Set<String> secrets) {
    this.definitions = definitions;
    this.secrets = Set.copyOf(secrets);
    for (SettingDefinition definition : definitions) {
      byKey.put(definition.key(), definition);
      sections.add(definition.section());
      addInner(definition.key());
    }
  }

  /// Notes the sections that lie in others: `auth.jwt` for `auth.jwt.algorithm`.
  private void addInner(String key) {
    int dot = key.lastIndexOf('.');
    while (dot > key.indexOf('.')) {
      inner.add(key.substring(0, dot));
      dot = key.lastIndexOf('.', dot - 1);
    }
  }

  /// @param name for messages
  public void readFile(String name, String text) {
    LoadSettings settings = LoadSettings.builder().setLabel(name).build();
    try {
      new Compose(settings).composeString(text).ifPresent(root -> readRoot(name, root));
    } catch (MarkedYamlEngineException e) {
      String place =
          e.getProblemMark().map(mark -> place(mark.getLine(), mark.getColumn())).orElse("");
      mistakes.add("%s%s: this is not YAML: %s".formatted(name, place, e.getProblem()));
    } catch (StackOverflowError e) {
      mistakes.add("%s: this is not YAML: it is nested too deep".formatted(name));
    } catch (YamlEngineException e) {
      mistakes.add("%s: this is not YAML: %s".formatted(name, e.getMessage()));
    }
  }

  private void readRoot(String name, Node root) {
    if (isNothing(root)) {
      return;
    }
    if (!(root instanceof MappingNode mapping)) {
      mistake(name, root, "Write sections, such as 'http:', with settings under them");
      return;
    }
    Set<String> seen = new HashSet<>();
    for (NodeTuple entry : mapping.getValue()) {
      String section = text(entry.getKeyNode());
      if (!sections.contains(section)) {
        mistake(name, entry.getKeyNode(), unknownSection(section));
      } else if (!seen.add(section)) {
        mistake(name, entry.getKeyNode(), "The section %s stands twice".formatted(section));
      } else {
        readSection(name, section, entry.getValueNode());
      }
    }
  }

  private String unknownSection(String word) {
    String elsewhere =
        definitions.stream()
            .filter(definition -> definition.name().equals(word) || definition.key().equals(word))
            .map(definition ->
                " Write '%s' under '%s:'.".formatted(definition.name(), definition.section()))
            .findFirst()
            .orElseGet(() -> Nearest.hint(word, sections));
    return "There is no section '%s'.%s".formatted(word, elsewhere);
  }

  private void readSection(String name, String section, Node node) {
    if (isNothing(node)) {
      return;
    }
    if (!(node instanceof MappingNode mapping)) {
      mistake(
          name, node, "The settings of %s are written under it, one to a line".formatted(section));
      return;
    }
    Set<String> seen = new HashSet<>();
    for (NodeTuple entry : mapping.getValue()) {
      String key = section + "." + text(entry.getKeyNode());
      SettingDefinition definition = byKey.get(key);
      if (definition == null && !inner.contains(key)) {
        mistake(name, entry.getKeyNode(), unknownSetting(key));
      } else if (!seen.add(key)) {
        mistake(name, entry.getKeyNode(), "%s is set twice".formatted(key));
      } else if (definition == null) {
        readSection(name, key, entry.getValueNode());
      } else {
        readSetting(name, definition, entry.getValueNode());
      }
    }
  }

  private String unknownSetting(String key) {
    return "There is no setting '%s'.%s".formatted(key, Nearest.hint(key, byKey.keySet()));
  }

  private void readSetting(String name, SettingDefinition definition, Node node) {
    if (isNothing(node)) {
      mistake(
          name,
          node,
          "%s has no value. Give it one, or take the line out for the default, %s"
              .formatted(definition.key(), definition.standard()));
      return;
    }
    if (!(node instanceof ScalarNode scalar)) {
      mistake(name, node, "%s must be %s".formatted(definition.key(), definition.kind()));
      return;
    }
    read(definition, scalar.getValue()).ifPresent(wrong -> mistake(name, node, wrong));
  }

  /// Takes what the environment sets. A variable that looks like a setting and is none is a warning alone, since it
  /// may be another program's.
  public void readEnvironment(Map<String, String> environment) {
    Map<String, SettingDefinition> byVariable = new HashMap<>();
    definitions.forEach(definition -> byVariable.put(definition.variable(), definition));
    new TreeMap<>(environment)
        .forEach((variable, text) -> {
          SettingDefinition definition = byVariable.get(variable);
          if (definition != null) {
            read(definition, text).ifPresent(wrong -> mistakes.add(variable + ": " + wrong));
          } else if (SettingDefinition.isVariable(variable) && !secrets.contains(variable)) {
            warnings.add(
                "The environment sets %s, which is no setting.%s"
                    .formatted(variable, Nearest.hint(variable, byVariable.keySet())));
          }
        });
  }

  /// Keeps the value that the text stands for, or says what is wrong with it.
  private Optional<String> read(SettingDefinition definition, String text) {
    Optional<Object> value = definition.value(text);
    if (value.isEmpty()) {
      return Optional.of(
          "%s must be %s; it is '%s'".formatted(definition.key(), definition.kind(), text));
    }
    values.put(definition.key(), value.get());
    return Optional.empty();
  }

  private void mistake(String name, Node node, String message) {
    String place =
        node.getStartMark().map(mark -> place(mark.getLine(), mark.getColumn())).orElse("");
    mistakes.add("%s%s: %s".formatted(name, place, message));
  }

  private static String place(int line, int column) {
    return ":%d:%d".formatted(line + 1, column + 1);
  }

  private static boolean isNothing(Node node) {
    return node.getTag().equals(Tag.NULL);
  }

  private static String text(Node node) {
    return node instanceof ScalarNode scalar ? scalar.getValue() : "(not a name)";
  }

  public List<String> mistakes() {
    return List.copyOf(mistakes);
  }

  public List<String> warnings() {
    return List.copyOf(warnings);
  }

  /// The record of records that the definitions were taken from, filled with values and defaults.
  public <T extends Record> T make(Class<T> settings) {
    return create(
        settings,
        Stream.of(settings.getRecordComponents())
            .map(component -> section(component.getName(), component.getType()))
            .toArray());
  }

  private Object section(String section, Class<?> type) {
    return create(
        type,
        Stream.of(type.getRecordComponents())
            .map(component -> valueOf(section + "." + component.getName(), component.getType()))
            .toArray());
  }

  private Object valueOf(String key, Class<?> type) {
    if (type.isRecord()) {
      return section(key, type);
    }
    SettingDefinition definition = Objects.requireNonNull(byKey.get(key));
    Object value = values.get(key);
    return value == null ? definition.value(definition.standard()).orElseThrow() : value;
  }

  private static <T> T create(Class<T> type, Object[] arguments) {
    Class<?>[] types =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      return type.getDeclaredConstructor(types).newInstance(arguments);
    } catch (InvocationTargetException e) {
      throw new UserMistake(
          List.of(String.valueOf(Objects.requireNonNull(e.getCause()).getMessage())));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("%s is not a record of settings".formatted(type), e);
    }
  }
}
