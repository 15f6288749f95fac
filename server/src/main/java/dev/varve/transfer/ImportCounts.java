package dev.varve.transfer;

import dev.varve.schema.Model;

/// What became of the records of one model.
///
/// @param read how many the files had, as far as they were imported
public record ImportCounts(Model model, long read, long created, long updated, long unchanged) {
  static ImportCounts none(Model model) {
    return new ImportCounts(model, 0, 0, 0, 0);
  }

  ImportCounts plus(ImportCounts other) {
    return new ImportCounts(
        model,
        read + other.read,
        created + other.created,
        updated + other.updated,
        unchanged + other.unchanged);
  }
}
