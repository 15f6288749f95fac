package dev.varve.transfer;

import java.util.List;
import java.util.Optional;

/// What the caller of an import says about its files, as texts that are not checked yet.
///
/// @param columns such as `CustomerId=customer,Fax=-`
/// @param separator between the cells of CSV: a character, or its name; found in the header when absent
/// @param encoding of files without a byte order mark; UTF-8 when absent
public record ImportOptions(
    List<String> columns, Optional<String> separator, Optional<String> encoding) {
  /// All is found in the files.
  public static final ImportOptions NONE =
      new ImportOptions(List.of(), Optional.empty(), Optional.empty());

  public ImportOptions {
    columns = List.copyOf(columns);
  }
}
