package dev.varve.face.graphql.document;

import graphql.language.Directive;
import graphql.language.DirectivesContainer;
import graphql.language.Document;
import graphql.language.Field;
import graphql.language.FragmentDefinition;
import graphql.language.FragmentSpread;
import graphql.language.InlineFragment;
import graphql.language.OperationDefinition;
import graphql.language.Selection;
import graphql.language.SelectionSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Holds subscriptions against the rule that what they listen to is known without their variables (GraphQL
/// specification, section 5.2.4.1). graphql-java counts what the conditions leave, and fails where they leave nothing.
public final class SubscriptionRoot {
  public static final String ONE_FIELD =
      "A subscription has exactly one field at its root, and it is one that tells of changes";

  private static final List<String> CONDITIONS = List.of("skip", "include");

  private final Map<String, FragmentDefinition> fragments = new HashMap<>();
  private final Set<String> visited = new HashSet<>();
  private final Set<String> fields = new HashSet<>();

  private SubscriptionRoot(Document document) {
    document
        .getDefinitionsOfType(FragmentDefinition.class)
        .forEach(fragment -> fragments.putIfAbsent(fragment.getName(), fragment));
  }

  /// @throws RequestRefused when a subscription has not exactly one field at its root, or one that depends on a condition
  static void check(Document document) {
    document.getDefinitionsOfType(OperationDefinition.class).stream()
        .filter(operation -> operation.getOperation() == OperationDefinition.Operation.SUBSCRIPTION)
        .forEach(operation -> new SubscriptionRoot(document).require(operation.getSelectionSet()));
  }

  private void require(SelectionSet selections) {
    check(selections);
    if (fields.isEmpty()) {
      throw RequestRefused.invalid(ONE_FIELD);
    }
    if (fields.size() > 1) {
      throw RequestRefused.invalid(
          "A subscription has exactly one field at its root, and this one has %d: begin a subscription for each"
              .formatted(fields.size()));
    }
  }

  private void check(SelectionSet selections) {
    for (Selection<?> selection : selections.getSelections()) {
      switch (selection) {
        case Field field -> {
          requireUnconditional(field);
          fields.add(field.getResultKey());
        }
        case InlineFragment fragment -> {
          requireUnconditional(fragment);
          check(fragment.getSelectionSet());
        }
        case FragmentSpread spread -> {
          requireUnconditional(spread);
          check(spread);
        }
        default -> throw new IllegalStateException("Unknown selection " + selection.getClass());
      }
    }
  }

  private void check(FragmentSpread spread) {
    FragmentDefinition fragment = fragments.get(spread.getName());
    if (fragment != null && visited.add(spread.getName())) {
      check(fragment.getSelectionSet());
    }
  }

  private static void requireUnconditional(DirectivesContainer<?> node) {
    if (node.getDirectives().stream().map(Directive::getName).anyMatch(CONDITIONS::contains)) {
      throw RequestRefused.invalid(
          "The field at the root of a subscription has neither @skip nor @include: leave them out");
    }
  }
}
