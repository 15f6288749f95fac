package dev.varve.bench;

import dev.varve.bench.Figure.Target;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `varve import` of a CSV file into an empty application: rows of 400 bytes, an index on two columns.
final class ImportBenchmark implements Benchmark {
  private static final int ROWS = 100_000;
  private static final int ROWS_QUICK = 30_000;
  private static final double ROWS_PER_SECOND_MIN = 30_000;
  private static final int TEXT_CHARS = 330;
  private static final Pattern RATE = Pattern.compile("([\\d,]+) rows a second");
  private static final List<String> WORDS =
      List.of(
          "amber", "barrel", "candle", "dune", "ember", "fossil", "granite", "harbor", "island",
          "jasper", "kettle", "lantern", "meadow", "nectar", "orchard", "pebble", "quarry",
          "ridge");

  @Override
  public String name() {
    return "import";
  }

  @Override
  public String says() {
    return "rows of 400 bytes from a CSV file into an empty application, durably";
  }

  @Override
  public List<Figure> run(Lab lab) {
    int rows = lab.quick() ? ROWS_QUICK : ROWS;
    lab.progress("writing a file of %,d rows".formatted(rows));
    Path sorted = write(lab.folder().resolve("sorted.csv"), rows, true);
    Path anonymous = write(lab.folder().resolve("anonymous.csv"), rows, false);
    List<Double> withIds = new ArrayList<>();
    List<Double> withoutIds = new ArrayList<>();
    for (int round = 0; round < lab.rounds(); round++) {
      lab.progress("round %d of %d".formatted(round + 1, lab.rounds()));
      withIds.add(rowsPerSecond(lab, sorted, "sorted-" + round));
      withoutIds.add(rowsPerSecond(lab, anonymous, "anonymous-" + round));
    }
    double median = Median.of(withIds);
    return List.of(
        Figure.alone(
                "import of %,d rows of 400 bytes with ids in order, an index on two columns"
                    .formatted(rows),
                Figure.perSecond(median))
            .withTarget(
                new Target(
                    "at least %,.0f/s".formatted(ROWS_PER_SECOND_MIN),
                    median >= ROWS_PER_SECOND_MIN)),
        Figure.alone(
            "- of rows without ids, which get one made of their content",
            Figure.perSecond(Median.of(withoutIds))));
  }

  private static Path write(Path file, int rows, boolean ids) {
    Random random = new Random(1);
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      out.write((ids ? "id," : "") + "name,category,price,stock,text\n");
      for (int row = 0; row < rows; row++) {
        String id = ids ? "item-%07d,".formatted(row) : "";
        out.write(
            "%s%s %d,%s %d,%d.%02d,%d,\"%s\"\n"
                .formatted(
                    id,
                    word(random),
                    row,
                    word(random),
                    random.nextInt(10),
                    random.nextInt(1_000),
                    random.nextInt(100),
                    random.nextInt(1_000),
                    text(random)));
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String word(Random random) {
    return WORDS.get(random.nextInt(WORDS.size()));
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder(TEXT_CHARS + 10);
    while (text.length() < TEXT_CHARS) {
      text.append(word(random)).append(' ');
    }
    return text.substring(0, TEXT_CHARS);
  }

  /// As the command itself reports it: without the start of the JVM.
  private static double rowsPerSecond(Lab lab, Path file, String name) {
    try (Child process =
        lab.command(name, Lab.resource("items.graphql"), "import", List.of("Item=" + file))) {
      String printed = process.output();
      Matcher rate = RATE.matcher(printed);
      if (!rate.find()) {
        throw new IllegalStateException("The import did not end as it should:\n" + printed);
      }
      return Double.parseDouble(rate.group(1).replace(",", ""));
    }
  }
}
