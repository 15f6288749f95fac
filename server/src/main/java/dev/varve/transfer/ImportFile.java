package dev.varve.transfer;

import dev.varve.schema.Model;
import java.nio.file.Path;

/// A file with records of one model.
public record ImportFile(Model model, Path path, Format format) {
  /// What messages call it.
  public String name() {
    return String.valueOf(path.getFileName());
  }
}
