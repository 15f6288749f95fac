package dev.varve.schema;

import dev.varve.kernel.Folding;

/// A field as an index has it: its values, or its texts folded, which are stored beside them.
public record TextForm(Field field, Folding folding) {
  /// The values of the field as they are.
  public static TextForm exact(Field field) {
    return new TextForm(field, Folding.EXACT);
  }

  /// Whether it is stored beside the values.
  public boolean isFolded() {
    return folding != Folding.EXACT;
  }
}
