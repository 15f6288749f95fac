package dev.varve.transfer;

import dev.varve.schema.Model;

/// What became of the records of one model.
///
/// @param read how many the files had, as far as they were imported
public record Tally(Model model, long read, long created, long updated, long unchanged) {
  static Tally none(Model model) {
    return new Tally(model, 0, 0, 0, 0);
  }

  Tally plus(Tally other) {
    return new Tally(
        model,
        read + other.read,
        created + other.created,
        updated + other.updated,
        unchanged + other.unchanged);
  }
}
