package dev.varve.lane.expression;

import dev.varve.kernel.Folding;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.TextForm;

/// A stored field whose value decides about the answer of a predicate.
///
/// @param folding how its text is folded where that is stored beside it, and the value itself is not looked at
public record FieldRead(Model model, Field field, Folding folding) {
  FieldRead(Model model, Field field) {
    this(model, field, Folding.EXACT);
  }

  /// What is read of the field.
  public TextForm form() {
    return new TextForm(field, folding);
  }
}
