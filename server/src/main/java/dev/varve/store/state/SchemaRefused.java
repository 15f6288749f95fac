package dev.varve.store.state;

import java.util.List;

/// A changed schema that would lose or misread what is stored. Nothing was altered.
public final class SchemaRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> reasons;

  /// @param reasons each names the model or field, and the way out
  public SchemaRefused(List<String> reasons) {
    super("The changed schema does not fit the stored data:\n" + String.join("\n", reasons));
    this.reasons = List.copyOf(reasons);
  }

  public List<String> reasons() {
    return reasons;
  }
}
