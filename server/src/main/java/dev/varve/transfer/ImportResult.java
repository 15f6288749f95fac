package dev.varve.transfer;

import java.util.List;

/// What became of an import.
public sealed interface ImportResult {
  /// What was imported, for each model in the order it was begun.
  List<ImportCounts> tallies();

  /// Every record of every file is there.
  record Finished(List<ImportCounts> tallies) implements ImportResult {
    public Finished {
      tallies = List.copyOf(tallies);
    }
  }

  /// A unit was refused. The units before it are there, nothing of it is, and nothing after it was tried.
  ///
  /// @param problems each with file, line and field
  record Stopped(List<ImportCounts> tallies, List<String> problems) implements ImportResult {
    public Stopped {
      tallies = List.copyOf(tallies);
      problems = List.copyOf(problems);
    }
  }
}
