package dev.varve.face.graphql.type;

import dev.varve.kernel.Folding;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Read;
import dev.varve.schema.Field;

/// The values of the enum by which callers say the direction of an order.
public enum SortDirection {
  ASC(false, Folding.EXACT, "The smallest first."),
  DESC(true, Folding.EXACT, "The largest first."),
  ASC_IGNORE_CASE(false, Folding.CASE, "Text without regard to case, the smallest first."),
  DESC_IGNORE_CASE(true, Folding.CASE, "Text without regard to case, the largest first."),
  ASC_IGNORE_ACCENTS(
      false, Folding.ACCENTS, "Text without regard to case and accents, the smallest first."),
  DESC_IGNORE_ACCENTS(
      true, Folding.ACCENTS, "Text without regard to case and accents, the largest first.");

  private final boolean descending;
  private final Folding folding;
  private final String description;

  SortDirection(boolean descending, Folding folding, String description) {
    this.descending = descending;
    this.folding = folding;
    this.description = description;
  }

  String description() {
    return description;
  }

  public static SortDirection of(String name) {
    return valueOf(name);
  }

  public Read.Sort sort(Field field) {
    if (folding != Folding.EXACT && !field.foldable()) {
      throw Problem.parameter(
          InputTypes.ORDER_BY,
          "'%s' is of type %s: only text can be sorted without regard to case"
              .formatted(field.name(), field.typeText()));
    }
    return new Read.Sort(field, descending, folding);
  }
}
