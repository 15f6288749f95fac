package dev.varve.bench;

import java.util.List;
import java.util.Optional;

/// A line of the table: what Varve did, what the limit did, and how that compares with the target.
record Figure(String what, String varve, String limit, String ratio, String target) {

  static Figure of(String what, String varve, String limit, double ratio) {
    return new Figure(what, varve, limit, "%.2f".formatted(ratio), "");
  }

  /// Something that is reported for itself.
  static Figure alone(String what, String varve) {
    return new Figure(what, varve, "", "", "");
  }

  Figure withTarget(Target target) {
    return new Figure(what, varve, limit, ratio, target.toString());
  }

  /// What a figure should be.
  record Target(String text, boolean isMet) {
    static Target atLeast(double bound, double ratio) {
      return new Target("at least %.2f".formatted(bound), ratio >= bound);
    }

    static Target atMost(double bound, double ratio) {
      return new Target("at most %.2f".formatted(bound), ratio <= bound);
    }

    @Override
    public String toString() {
      return text + (isMet ? ": met" : ": MISSED");
    }
  }

  static String perSecond(double rate) {
    return "%,.0f/s".formatted(rate);
  }

  static String micros(double micros) {
    return (micros < 10 ? "%.1f µs" : "%,.0f µs").formatted(micros);
  }

  static String millis(double millis) {
    return (millis < 10 ? "%.2f ms" : "%,.0f ms").formatted(millis);
  }

  static String mebibytes(double bytes) {
    return "%,.0f MiB".formatted(bytes / (1 << 20));
  }

  static String bytes(double bytes) {
    return "%,.0f bytes".formatted(bytes);
  }

  /// The figures as a table in Markdown, readable in a terminal too.
  static String table(List<Figure> figures) {
    Figure head = new Figure("what", "Varve", "limit", "ratio", "target");
    int[] widths = widths(head, figures);
    StringBuilder table = new StringBuilder(line(head.cells(), widths));
    table.append("|");
    for (int width : widths) {
      table.append("-".repeat(width + 2)).append('|');
    }
    table.append('\n');
    figures.forEach(figure -> table.append(line(figure.cells(), widths)));
    return table.toString();
  }

  private List<String> cells() {
    return List.of(what, varve, limit, ratio, target);
  }

  private static int[] widths(Figure head, List<Figure> figures) {
    int[] widths = head.cells().stream().mapToInt(String::length).toArray();
    for (Figure figure : figures) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], figure.cells().get(i).length());
      }
    }
    return widths;
  }

  private static String line(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder("|");
    for (int i = 0; i < widths.length; i++) {
      String padding = " ".repeat(widths[i] - cells.get(i).length());
      // names to the left, numbers to the right
      boolean left = i == 0 || i == widths.length - 1;
      line.append(' ').append(left ? cells.get(i) + padding : padding + cells.get(i)).append(" |");
    }
    return line.append('\n').toString();
  }

  /// The targets that were missed.
  static Optional<String> missed(List<Figure> figures) {
    List<String> missed =
        figures.stream()
            .filter(figure -> figure.target().endsWith("MISSED"))
            .map(Figure::what)
            .toList();
    return missed.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", missed));
  }
}
