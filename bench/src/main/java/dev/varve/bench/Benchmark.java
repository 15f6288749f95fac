package dev.varve.bench;

import java.util.List;

/// One thing that is measured.
interface Benchmark {
  /// Its name on the command line.
  String name();

  /// What it measures, for the help.
  String says();

  List<Figure> run(Lab lab);
}
