package dev.varve.schema.sdl;

import java.util.Comparator;

/// Something wrong in a schema file: where, what, and what to write instead.
///
/// @param line from 1
/// @param column from 1, in characters (code points)
public record Mistake(String file, int line, int column, String message)
    implements Comparable<Mistake> {
  private static final Comparator<Mistake> ORDER =
      Comparator.comparing(Mistake::file)
          .thenComparingInt(Mistake::line)
          .thenComparingInt(Mistake::column)
          .thenComparing(Mistake::message);

  /// `schema.graphql:3:5: message`, which editors and terminals make a link of.
  public String text() {
    return file + ":" + line + ":" + column + ": " + message;
  }

  /// By place in the file.
  @Override
  public int compareTo(Mistake other) {
    return ORDER.compare(this, other);
  }
}
