package dev.varve.face.rest;

import dev.varve.kernel.Nearest;
import dev.varve.lane.access.Selection;
import dev.varve.schema.Field;
import dev.varve.schema.HasMany;
import dev.varve.schema.Model;
import dev.varve.schema.RelationType;
import dev.varve.schema.RestNames;
import dev.varve.schema.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// `fields=id,total,user.name` and `expand=user,lines.track`: what of a record is given, and which related
/// records in place of their ids.
///
/// Without `fields` all fields are given; a name with dots chooses fields of a related record that is
/// expanded.
public final class SelectionParameters {
  public static final String FIELDS = RestNames.FIELDS;
  public static final String EXPAND = RestNames.EXPAND;
  public static final int LEVELS_MAX = 4;
  // each is one more query to the database
  public static final int EXPANSIONS_MAX = 20;
  private static final int FIELDS_MAX = 500;

  private final Schema schema;
  private final ParameterErrors errors;
  private final Node root;
  private int expansions;

  private SelectionParameters(Schema schema, Model model, ParameterErrors errors) {
    this.schema = schema;
    this.errors = errors;
    this.root = new Node(model, "");
  }

  static Selection take(Schema schema, Model model, Parameters parameters) {
    Optional<String> expand = parameters.take(EXPAND);
    Optional<String> fields = parameters.take(FIELDS);
    if (expand.isEmpty() && fields.isEmpty()) {
      return Selection.ALL;
    }
    SelectionParameters reader = new SelectionParameters(schema, model, parameters.errors());
    expand.ifPresent(reader::expand);
    fields.ifPresent(reader::choose);
    return reader.root.selection();
  }

  private void expand(String text) {
    for (String path : text.split(",", -1)) {
      expandPath(List.of(path.strip().split("\\.", -1)));
    }
    if (expansions > EXPANSIONS_MAX) {
      errors.add(EXPAND, "names more than " + EXPANSIONS_MAX + " relations");
    }
  }

  private void expandPath(List<String> names) {
    if (names.size() > LEVELS_MAX) {
      errors.add(
          EXPAND, "'%s' goes deeper than %d levels".formatted(String.join(".", names), LEVELS_MAX));
      return;
    }
    Node node = root;
    for (String name : names) {
      Node next = expandName(node, name);
      if (next == null) {
        return;
      }
      node = next;
    }
  }

  private @Nullable Node expandName(Node node, String name) {
    Node known = node.related.get(name);
    if (known != null) {
      return known;
    }
    if (name.isEmpty()) {
      errors.add(EXPAND, "has an empty name; write it like user,lines.track");
      return null;
    }
    Optional<Model> target = target(node.model, name);
    if (target.isEmpty()) {
      errors.add(EXPAND, notRelation(node.model, name));
      return null;
    }
    Node next = new Node(target.get(), node.prefix + name + ".");
    node.related.put(name, next);
    expansions++;
    return next;
  }

  private Optional<Model> target(Model model, String name) {
    Field field = model.fieldOrNull(name);
    return field == null
        ? model.hasMany(name).map(many -> schema.require(many.target()))
        : field.relation().map(relation -> schema.require(relation.target()));
  }

  private static String notRelation(Model model, String name) {
    if (model.fieldOrNull(name) != null) {
      return "'%s' of %s is not a relation, and is given without expand"
          .formatted(name, model.name());
    }
    List<String> known = relations(model);
    if (known.isEmpty()) {
      return "'%s': %s has no relations".formatted(name, model.name());
    }
    String hint = Nearest.hint(name, known);
    return "'%s' is not a relation of %s%s"
        .formatted(
            name,
            model.name(),
            hint.isEmpty() ? "; there are " + String.join(", ", known) : "." + hint);
  }

  public static List<String> relations(Model model) {
    return Stream.concat(
            model.fields().stream().filter(field -> field.relation().isPresent()).map(Field::name),
            model.hasMany().stream().map(HasMany::name))
        .toList();
  }

  private void choose(String text) {
    String[] paths = text.split(",", FIELDS_MAX + 1);
    if (paths.length > FIELDS_MAX) {
      errors.add(FIELDS, "names more than " + FIELDS_MAX + " fields");
      return;
    }
    root.restrict();
    for (String path : paths) {
      choosePath(path.strip());
    }
  }

  private void choosePath(String path) {
    Node node = root;
    int start = 0;
    for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', start)) {
      Node next = node.related.get(path.substring(start, dot));
      if (next == null) {
        errors.add(
            FIELDS,
            "'%s' chooses from a relation that is not expanded; add expand=%s"
                .formatted(path, path.substring(0, path.lastIndexOf('.'))));
        return;
      }
      node = next;
      start = dot + 1;
    }
    chooseName(node, path.substring(start));
  }

  private void chooseName(Node node, String name) {
    Field field = node.model.fieldOrNull(name);
    if (field != null) {
      node.restrict().add(field);
    } else if (node.model.hasMany(name).isPresent()) {
      // the records of the other side are given by expand; to name them here is harmless
      if (!node.related.containsKey(name)) {
        errors.add(FIELDS, "'%s' is a relation; add expand=%s".formatted(name, node.prefix + name));
      }
    } else if (name.isEmpty()) {
      errors.add(FIELDS, "has an empty name; write it like id,name");
    } else {
      List<String> known = node.model.fields().stream().map(Field::name).toList();
      errors.add(
          FIELDS,
          "'%s' is not a field of %s.%s"
              .formatted(name, node.model.name(), Nearest.hint(name, known)));
    }
  }

  /// One model on the way along the relations, with what is wanted of it.
  private static final class Node {
    private final Model model;
    private final String prefix;
    private final Map<String, Node> related = new LinkedHashMap<>();
    private @Nullable Set<Field> fields;

    Node(Model model, String prefix) {
      this.model = model;
      this.prefix = prefix;
    }

    Set<Field> restrict() {
      Set<Field> chosen = fields;
      if (chosen == null) {
        chosen = new LinkedHashSet<>();
        fields = chosen;
      }
      return chosen;
    }

    Selection selection() {
      List<Selection.Expansion> expansions = new ArrayList<>();
      related.forEach((name, node) -> expansions.add(expansion(name, node)));
      return new Selection(Optional.ofNullable(fields), expansions);
    }

    private Selection.Expansion expansion(String name, Node node) {
      Field field = model.fieldOrNull(name);
      if (field != null && field.type() instanceof RelationType) {
        return new Selection.ToOne(field, node.model, node.selection());
      }
      HasMany many = model.hasMany(name).orElseThrow();
      Field by = node.model.field(many.by()).orElseThrow();
      return new Selection.ToMany(many, node.model, by, node.selection());
    }
  }
}
