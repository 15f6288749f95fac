package dev.varve.face.graphql.document;

import graphql.language.Document;
import graphql.language.Field;
import graphql.language.FragmentDefinition;
import graphql.language.FragmentSpread;
import graphql.language.InlineFragment;
import graphql.language.OperationDefinition;
import graphql.language.Selection;
import graphql.language.SelectionSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Holds a document against the limits before it is validated or carried out. Each fragment is weighed once, however
/// often it is spread, so that the weighing itself costs no more than the document is long.
public final class OperationLimits {
  // what tools ask about a schema goes deep, but not deeper
  private static final int INTROSPECTION_DEPTH_MAX = 20;
  private static final Weight NOTHING = new Weight(0, 0, 0, 0, 0);

  private final GraphQlSettings settings;
  private final Map<String, FragmentDefinition> fragments = new HashMap<>();
  private final Map<String, Weight> weighed = new HashMap<>();

  /// What a set of fields amounts to, as if fragments stood where they are spread: one that is spread twice counts twice.
  ///
  /// @param fields of the set and of all levels below it
  /// @param aliases among them, those that are given another name
  /// @param roots fields of the set itself
  /// @param depth levels of fields, this one included; a field that asks about the schema (`__schema`, `__type`) is one
  ///     level, whatever is below it
  /// @param introspectionDepth levels of fields of what asks about the schema
  private record Weight(long fields, long aliases, long roots, int depth, int introspectionDepth) {
    Weight and(Weight other) {
      return new Weight(
          sum(fields, other.fields),
          sum(aliases, other.aliases),
          sum(roots, other.roots),
          Math.max(depth, other.depth),
          Math.max(introspectionDepth, other.introspectionDepth));
    }

    /// Far beyond every limit there is nothing to tell apart.
    private static long sum(long a, long b) {
      return Math.min(a + b, Integer.MAX_VALUE);
    }
  }

  private OperationLimits(GraphQlSettings settings) {
    this.settings = settings;
  }

  /// @throws RequestRefused that names the limit
  static void check(GraphQlSettings settings, Document document) {
    new OperationLimits(settings).check(document);
  }

  private void check(Document document) {
    List<OperationDefinition> operations = document.getDefinitionsOfType(OperationDefinition.class);
    require(operations.size(), settings.operationsMax(), "operations", "operationsMax");
    List<FragmentDefinition> defined = document.getDefinitionsOfType(FragmentDefinition.class);
    require(defined.size(), settings.fragmentsMax(), "fragments", "fragmentsMax");
    defined.forEach(fragment -> fragments.putIfAbsent(fragment.getName(), fragment));
    operations.forEach(this::check);
  }

  private void check(OperationDefinition operation) {
    Weight weight = weigh(operation.getSelectionSet());
    require(weight.roots(), settings.rootFieldsMax(), "fields at its root", "rootFieldsMax");
    require(weight.fields(), settings.fieldsMax(), "fields", "fieldsMax");
    require(weight.aliases(), settings.aliasesMax(), "aliases", "aliasesMax");
    require(weight.depth(), settings.depthMax(), "levels of fields", "depthMax");
    if (weight.introspectionDepth() > INTROSPECTION_DEPTH_MAX) {
      throw refused(
          "The operation asks about the schema more than %d levels deep: ask for less at a time"
              .formatted(INTROSPECTION_DEPTH_MAX));
    }
  }

  private static void require(long found, int max, String what, String setting) {
    if (found > max) {
      throw refused(
          "The operation has more than %,d %s. Ask for less at a time, or raise the setting graphql.%s"
              .formatted(max, what, setting));
    }
  }

  /// A refusal that names a limit.
  public static RequestRefused refused(String message) {
    return RequestRefused.tooMuch(message);
  }

  private Weight weigh(SelectionSet selections) {
    Weight total = NOTHING;
    for (Selection<?> selection : selections.getSelections()) {
      total =
          total.and(
              switch (selection) {
                case Field field -> weigh(field);
                case InlineFragment fragment -> weigh(fragment.getSelectionSet());
                case FragmentSpread spread -> weigh(spread);
                default -> NOTHING;
              });
    }
    return total;
  }

  private Weight weigh(Field field) {
    Weight below = field.getSelectionSet() == null ? NOTHING : weigh(field.getSelectionSet());
    long aliases = below.aliases() + (field.getAlias() == null ? 0 : 1);
    boolean introspection = field.getName().startsWith("__");
    int depth = below.depth() + 1;
    return new Weight(
        below.fields() + 1,
        aliases,
        1,
        introspection ? 1 : depth,
        introspection ? depth : below.introspectionDepth());
  }

  private Weight weigh(FragmentSpread spread) {
    Weight known = weighed.get(spread.getName());
    if (known != null) {
      return known;
    }
    // a fragment within itself weighs nothing; validation refuses it
    weighed.put(spread.getName(), NOTHING);
    FragmentDefinition fragment = fragments.get(spread.getName());
    Weight weight = fragment == null ? NOTHING : weigh(fragment.getSelectionSet());
    weighed.put(spread.getName(), weight);
    return weight;
  }
}
