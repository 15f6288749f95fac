package dev.varve.lane.query;

import dev.varve.lane.access.Grants;
import dev.varve.lane.access.Selection;
import dev.varve.lane.expression.Bindings;
import dev.varve.lane.expression.Predicate;
import dev.varve.lane.expression.Predicates;
import dev.varve.lane.expression.SqlScope;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.Operation;
import dev.varve.schema.record.Entity;
import dev.varve.store.cache.CachedRecord;
import dev.varve.store.state.Records;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jooq.Condition;
import org.jooq.SelectField;
import org.jooq.impl.DSL;

/// What is read of the records of a model: the fields that are wanted or needed, and for what depends on the
/// record whether it may be seen.
final class RowShape {
  private final Model model;
  // what is selected: each costs, so no more than is needed
  private final List<Field> selected;
  // wanted, and visible on every record
  private final boolean[] open;
  private final List<Flag> flags;
  private final Set<String> alwaysWithheld;
  private final boolean whole;
  private final java.util.function.Predicate<Field> openFields;

  /// A rule on a field or a to-many relation whose answer depends on the record.
  private record Flag(Element of, Predicate rule) {}

  private sealed interface Element {
    record OfField(Field field) implements Element {}

    record OfMany(String name) implements Element {}
  }

  private RowShape(
      Model model,
      List<Field> selected,
      boolean[] open,
      List<Flag> flags,
      Set<String> alwaysWithheld) {
    this.model = model;
    this.selected = List.copyOf(selected);
    this.open = open;
    this.flags = flags;
    this.alwaysWithheld = Set.copyOf(alwaysWithheld);
    this.whole = allTrue(open);
    this.openFields = whole ? _ -> true : field -> open[field.ordinal()];
  }

  static RowShape of(Grants grants, Model model, Selection selection) {
    return of(grants, model, selection, List.of());
  }

  /// @param needed fields that are looked at besides those that are wanted
  static RowShape of(Grants grants, Model model, Selection selection, List<Field> needed) {
    boolean[] open = new boolean[model.fields().size()];
    List<Flag> flags = new ArrayList<>();
    for (Field field : model.fields()) {
      Predicate rule = grants.field(model, field, Operation.READ);
      if (isWanted(field, selection) && isOpen(rule)) {
        open[field.ordinal()] = true;
      } else if (isWanted(field, selection) && !isShut(rule)) {
        flags.add(new Flag(new Element.OfField(field), rule));
      }
    }
    Set<String> withheld = new HashSet<>();
    for (Selection.Expansion expansion : selection.expansions()) {
      if (expansion instanceof Selection.ToMany many) {
        Predicate rule = grants.many(model, many.many());
        if (isShut(rule)) {
          withheld.add(many.name());
        } else if (!isOpen(rule)) {
          flags.add(new Flag(new Element.OfMany(many.name()), rule));
        }
      }
    }
    List<Field> selected =
        model.fields().stream()
            .filter(field ->
                isWanted(field, selection)
                    || needed.contains(field)
                    || field.equals(model.id())
                    || field.equals(model.version()))
            .toList();
    return new RowShape(model, selected, open, flags, withheld);
  }

  private static boolean isWanted(Field field, Selection selection) {
    return selection.fields().map(fields -> fields.contains(field)).orElse(true)
        || selection.expansions().stream().anyMatch(expansion -> isOf(expansion, field));
  }

  private static boolean isOf(Selection.Expansion expansion, Field field) {
    return expansion instanceof Selection.ToOne one && one.field().equals(field);
  }

  private static boolean isOpen(Predicate rule) {
    return rule.equals(Predicates.always());
  }

  private static boolean isShut(Predicate rule) {
    return rule.equals(Predicates.never());
  }

  private static boolean allTrue(boolean[] values) {
    for (boolean value : values) {
      if (!value) {
        return false;
      }
    }
    return true;
  }

  /// Whether every field is wanted and visible on every record.
  boolean isWhole() {
    return whole;
  }

  /// The fields to select, as their ordinals.
  List<Integer> ordinals() {
    return selected.stream().map(Field::ordinal).toList();
  }

  /// What to select behind the fields: rules whose answer depends on the record.
  List<Predicate> flags() {
    return flags.stream().map(Flag::rule).toList();
  }

  /// What to select from the rows of `scope`, for [#read].
  List<SelectField<?>> columns(SqlScope scope, ReadContext view) {
    List<SelectField<?>> columns = new ArrayList<>();
    selected.forEach(field -> columns.add(scope.column(field)));
    for (Flag flag : flags) {
      Condition condition = view.rule(flag.rule(), scope);
      columns.add(flag(condition));
    }
    return columns;
  }

  /// The column of a flag, for [#read].
  static SelectField<?> flag(Condition condition) {
    return DSL.when(condition, DSL.inline(1)).otherwise(DSL.inline(0));
  }

  /// The current row of a query that selected the fields, then the flags.
  StoredRow read(ResultSet row) throws SQLException {
    boolean[] allowed = new boolean[flags.size()];
    for (int i = 0; i < allowed.length; i++) {
      allowed[i] = row.getInt(selected.size() + 1 + i) == 1;
    }
    return row(Records.read(model, selected, row), allowed);
  }

  /// A record that is at hand already.
  StoredRow of(Entity entity, Bindings bindings) {
    boolean[] allowed = new boolean[flags.size()];
    for (int i = 0; i < allowed.length; i++) {
      allowed[i] = flags.get(i).rule().test(entity, bindings);
    }
    return row(entity, allowed);
  }

  /// A record in memory.
  StoredRow of(CachedRecord record, Bindings bindings) {
    if (whole && flags.isEmpty()) {
      // in this order: the values that it has still are not read from its JSON
      Entity entity = record.entity();
      return new StoredRow(entity, openFields, alwaysWithheld, record.json());
    }
    return of(record.entity(), bindings);
  }

  private StoredRow row(Entity entity, boolean[] allowed) {
    if (allowed.length == 0) {
      return new StoredRow(entity, openFields, alwaysWithheld, null);
    }
    boolean[] visible = open.clone();
    Set<String> withheld = new HashSet<>(alwaysWithheld);
    for (int i = 0; i < allowed.length; i++) {
      switch (flags.get(i).of()) {
        case Element.OfField(Field field) -> visible[field.ordinal()] = allowed[i];
        case Element.OfMany(String name) -> {
          if (!allowed[i]) {
            withheld.add(name);
          }
        }
      }
    }
    return new StoredRow(entity, field -> visible[field.ordinal()], withheld, null);
  }
}
