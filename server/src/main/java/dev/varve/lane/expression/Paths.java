package dev.varve.lane.expression;

import dev.varve.kernel.Nearest;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.RelationType;
import dev.varve.schema.ScalarType;
import dev.varve.schema.Schema;
import dev.varve.schema.ValueType;
import java.util.List;
import java.util.Optional;

/// Finds what the names of a path mean.
record Paths(Schema schema) {
  private static final int NAMES_SHOWN_MAX = 20;

  /// The path to a field of the record that `root` is.
  Path first(Path.Root root, String name) throws ExpressionMismatch {
    return root.field(field(root.model(), name, root.text() + name));
  }

  /// The path that goes on from `path` to `name`.
  Path next(Path path, String name) throws ExpressionMismatch {
    Field last = path.last();
    if (last.list()) {
      throw new ExpressionMismatch(
          "%s is a list and has no field '%s': ask for one element with x in %s, or for size(%s)"
              .formatted(path.text(), name, path.text(), path.text()));
    }
    if (path.endsAtRelation() && last.type() instanceof RelationType relation) {
      Model target = schema.require(relation.target());
      return path.over(target, field(target, name, path.text() + "." + name));
    }
    if (last.type() == ScalarType.JSON) {
      throw new ExpressionMismatch(Literals.incomparable(path));
    }
    Optional<ValueType> type = path.valueType();
    if (type.isEmpty()) {
      throw new ExpressionMismatch(
          "%s is %s and has no field '%s'"
              .formatted(path.text(), Literals.withArticle(last.type().schemaName()), name));
    }
    Field member =
        type.get()
            .field(name)
            .orElseThrow(() ->
                new ExpressionMismatch(
                    unknown(type.get().schemaName(), type.get().fields(), name)));
    return path.member(member);
  }

  private static Field field(Model model, String name, String text) throws ExpressionMismatch {
    Optional<Field> field = model.field(name);
    if (field.isPresent()) {
      return field.get();
    }
    throw new ExpressionMismatch(
        model.hasMany(name).isPresent()
            ? "%s stands for the records that refer to this one, which an expression cannot reach: it reaches its own fields and those of records it refers to"
                .formatted(text)
            : unknown(model.name(), model.fields(), name));
  }

  static String unknown(String owner, List<Field> fields, String name) {
    List<String> known = fields.stream().map(Field::name).toList();
    String hint = Nearest.hint(name, known);
    if (!hint.isEmpty()) {
      return "%s has no field '%s'.%s".formatted(owner, name, hint);
    }
    String shown = String.join(", ", known.stream().limit(NAMES_SHOWN_MAX).toList());
    return "%s has no field '%s'. It has %s%s"
        .formatted(owner, name, shown, known.size() > NAMES_SHOWN_MAX ? ", ..." : "");
  }
}
