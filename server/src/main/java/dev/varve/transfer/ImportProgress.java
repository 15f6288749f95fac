package dev.varve.transfer;

/// Is told how an import goes on.
public interface ImportProgress {
  /// Nobody wants to know.
  ImportProgress NONE = new ImportProgress() {};

  /// A file is begun.
  default void began(ImportFile file) {}

  /// A unit of a file was committed.
  ///
  /// @param rows of the file that are done
  /// @param share of the file that is done, from 0 to 1
  default void advanced(ImportFile file, long rows, double share) {}

  /// A file is done.
  default void ended(ImportFile file, long rows) {}

  /// The import goes no further.
  default void stopped() {}
}
