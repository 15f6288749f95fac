package dev.varve.settings;

import dev.varve.kernel.Nearest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// Reads one file of settings into values, with the place of each.
final class SettingsFile {
  private final String name;
  private final Map<String, SettingDefinition> byKey;
  private final SettingValues values;
  private final Set<String> sections = new LinkedHashSet<>();
  private final Set<String> inner = new LinkedHashSet<>();

  SettingsFile(String name, Map<String, SettingDefinition> byKey, SettingValues values) {
    this.name = name;
    this.byKey = byKey;
    this.values = values;
    for (SettingDefinition definition : byKey.values()) {
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

  void read(String text) {
    LoadSettings settings = LoadSettings.builder().setLabel(name).build();
    try {
      new Compose(settings).composeString(text).ifPresent(this::readRoot);
    } catch (MarkedYamlEngineException e) {
      String place =
          e.getProblemMark().map(mark -> place(mark.getLine(), mark.getColumn())).orElse(name);
      values.mistake(place, "this is not YAML: " + e.getProblem());
    } catch (StackOverflowError e) {
      values.mistake(name, "this is not YAML: it is nested too deep");
    } catch (YamlEngineException e) {
      values.mistake(name, "this is not YAML: " + e.getMessage());
    }
  }

  private void readRoot(Node root) {
    if (isNothing(root)) {
      return;
    }
    if (!(root instanceof MappingNode mapping)) {
      mistake(root, "Write sections, such as 'http:', with settings under them");
      return;
    }
    Set<String> seen = new HashSet<>();
    for (NodeTuple entry : mapping.getValue()) {
      String section = text(entry.getKeyNode());
      if (!sections.contains(section)) {
        mistake(entry.getKeyNode(), unknownSection(section));
      } else if (!seen.add(section)) {
        mistake(entry.getKeyNode(), "The section %s stands twice".formatted(section));
      } else {
        readTopLevel(section, entry.getValueNode());
      }
    }
  }

  private String unknownSection(String word) {
    String elsewhere =
        byKey.values().stream()
            .filter(definition -> definition.name().equals(word) || definition.key().equals(word))
            .map(definition ->
                " Write '%s' under '%s:'.".formatted(definition.name(), definition.section()))
            .findFirst()
            .orElseGet(() -> Nearest.hint(word, sections));
    return "There is no section '%s'.%s".formatted(word, elsewhere);
  }

  private void readTopLevel(String section, Node node) {
    SettingDefinition list = byKey.get(section);
    if (list == null) {
      readSection(section, node);
    } else if (!isNothing(node)) {
      readSetting(section, list, node);
    }
  }

  /// @param section or an element of a list, such as `limits[2]`
  private void readSection(String section, Node node) {
    if (isNothing(node)) {
      return;
    }
    if (!(node instanceof MappingNode mapping)) {
      mistake(node, "The settings of %s are written under it, one to a line".formatted(section));
      return;
    }
    values.place(section, place(node));
    Set<String> seen = new HashSet<>();
    for (NodeTuple entry : mapping.getValue()) {
      readEntry(section + "." + text(entry.getKeyNode()), entry, seen);
    }
  }

  private void readEntry(String key, NodeTuple entry, Set<String> seen) {
    String pattern = SettingDefinition.pattern(key);
    SettingDefinition definition = byKey.get(pattern);
    if (definition == null && !inner.contains(pattern)) {
      mistake(entry.getKeyNode(), unknownSetting(key));
    } else if (!seen.add(key)) {
      mistake(entry.getKeyNode(), "%s is set twice".formatted(key));
    } else if (definition == null) {
      readSection(key, entry.getValueNode());
    } else {
      readSetting(key, definition, entry.getValueNode());
    }
  }

  private String unknownSetting(String key) {
    // what is misspelt is near to settings of the same list, or of none
    String list = key.substring(0, key.lastIndexOf(']') + 1);
    String listPattern = SettingDefinition.pattern(list);
    Set<String> known =
        Stream.concat(byKey.keySet().stream(), inner.stream())
            // a whole element of a list is no setting of its own
            .filter(other -> !other.endsWith("]"))
            .filter(other -> other.substring(0, other.lastIndexOf(']') + 1).equals(listPattern))
            .map(other -> list + other.substring(listPattern.length()))
            .collect(Collectors.toCollection(LinkedHashSet::new));
    return "There is no setting '%s'.%s".formatted(key, Nearest.hint(key, known));
  }

  private void readSetting(String key, SettingDefinition definition, Node node) {
    if (isNothing(node)) {
      mistake(node, "%s has no value. %s".formatted(key, wayOut(definition)));
      return;
    }
    switch (definition.kind()) {
      case SettingKind.Scalar _ -> readScalar(key, definition, node);
      case SettingKind.Texts texts -> readTexts(key, definition, texts, node);
      case SettingKind.Pairs pairs -> readPairs(key, pairs, node);
      case SettingKind.Records records when records.named() -> readNamed(key, records, node);
      case SettingKind.Records records -> readRecords(key, records, node);
    }
  }

  private static String wayOut(SettingDefinition definition) {
    return definition.required()
        ? "Give it one: " + definition.kind().described()
        : "Give it one, or take the line out for the default, "
            + definition.kind().written(definition.standard());
  }

  private void readScalar(String key, SettingDefinition definition, Node node) {
    if (node instanceof ScalarNode scalar) {
      values.read(key, definition, scalar.getValue(), place(node));
    } else {
      mistake(node, "%s must be %s".formatted(key, definition.kind().described()));
    }
  }

  private void readTexts(
      String key, SettingDefinition definition, SettingKind.Texts kind, Node node) {
    if (!(node instanceof SequenceNode sequence)) {
      readScalar(key, definition, node);
      return;
    }
    List<String> texts = new ArrayList<>();
    for (Node element : sequence.getValue()) {
      String elementKey = "%s[%d]".formatted(key, texts.size());
      values.place(elementKey, place(element));
      String text = wordOf(element);
      if (text == null) {
        mistake(element, "%s must be a text without spaces".formatted(elementKey));
      }
      texts.add(text == null ? "" : text);
    }
    values.read(key, kind, texts, place(node));
  }

  private static @Nullable String wordOf(Node node) {
    boolean isWord =
        node instanceof ScalarNode scalar
            && !isNothing(node)
            && SettingKind.Texts.split(scalar.getValue()).size() == 1;
    return isWord ? text(node).strip() : null;
  }

  private void readRecords(String key, SettingKind.Records kind, Node node) {
    if (!(node instanceof SequenceNode sequence)) {
      mistake(node, "%s must be %s. Begin each with '- '".formatted(key, kind.described()));
      return;
    }
    int size = 0;
    for (Node element : sequence.getValue()) {
      String elementKey = "%s[%d]".formatted(key, size++);
      values.place(elementKey, place(element));
      if (isNothing(element)) {
        mistake(
            element,
            "%s has no settings. Write them under it, or take it out".formatted(elementKey));
      } else {
        readSection(elementKey, element);
      }
    }
    values.read(key, kind, size, place(node));
  }

  private void readPairs(String key, SettingKind.Pairs kind, Node node) {
    if (!(node instanceof MappingNode mapping)) {
      mistake(node, "%s must be %s".formatted(key, kind.described()));
      return;
    }
    Map<String, String> pairs = new LinkedHashMap<>();
    for (NodeTuple entry : mapping.getValue()) {
      String name = text(entry.getKeyNode());
      String elementKey = "%s[%s]".formatted(key, name);
      values.place(elementKey, place(entry.getKeyNode()));
      if (!(entry.getValueNode() instanceof ScalarNode scalar) || isNothing(scalar)) {
        mistake(entry.getValueNode(), "%s must be a text".formatted(elementKey));
      } else if (pairs.put(name, scalar.getValue()) != null) {
        mistake(entry.getKeyNode(), "%s is set twice".formatted(elementKey));
      }
    }
    values.read(key, kind, pairs, place(node));
  }

  private void readNamed(String key, SettingKind.Records kind, Node node) {
    if (!(node instanceof MappingNode mapping)) {
      mistake(node, "%s must be %s".formatted(key, kind.described()));
      return;
    }
    Set<String> names = new LinkedHashSet<>();
    for (NodeTuple entry : mapping.getValue()) {
      String name = text(entry.getKeyNode());
      if (!kind.isName(name)) {
        mistake(
            entry.getKeyNode(),
            "'%s' is no name for one of %s: use up to 64 %s, digits and hyphens"
                .formatted(name, key, kind.letters()));
      } else if (!names.add(name)) {
        mistake(entry.getKeyNode(), "%s[%s] stands twice".formatted(key, name));
      } else {
        values.place("%s[%s]".formatted(key, name), place(entry.getKeyNode()));
        readSection("%s[%s]".formatted(key, name), entry.getValueNode());
      }
    }
    values.read(key, kind, names, place(node));
  }

  private void mistake(Node node, String message) {
    values.mistake(place(node), message);
  }

  private String place(Node node) {
    return node.getStartMark().map(mark -> place(mark.getLine(), mark.getColumn())).orElse(name);
  }

  private String place(int line, int column) {
    return "%s:%d:%d".formatted(name, line + 1, column + 1);
  }

  private static boolean isNothing(Node node) {
    return node.getTag().equals(Tag.NULL);
  }

  private static String text(Node node) {
    return node instanceof ScalarNode scalar ? scalar.getValue() : "(not a name)";
  }
}
