package dev.varve.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.varve.kernel.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExamplesTest {
  private static final Path EXAMPLES =
      Path.of(System.getProperty("basedir", ".")).resolve("../examples");

  @TempDir Path folder;

  private Lanes open(String example) throws IOException {
    return Lanes.open(
        folder.resolve("data"),
        Files.readString(EXAMPLES.resolve(example).resolve("schema.graphql")));
  }

  private static ImportResult seed(Lanes lanes, Path files) {
    return switch (ImportPlan.ofFolder(lanes.schema, files)) {
      case ImportPlan.Result.Ready ready ->
          new Import(lanes.schema, lanes.access, lanes.sequencer)
              .run(ready.plan(), Import.UNIT_ROWS, ImportProgress.NONE);
      case ImportPlan.Result.Rejected rejected ->
          throw new AssertionError(String.join("\n", rejected.mistakes()));
    };
  }

  private static List<Map<?, ?>> records(Lanes lanes, String model) {
    return lanes.records(model).stream()
        .<Map<?, ?>>map(json ->
            (Map<?, ?>) Objects.requireNonNull(Json.read(json.getBytes(StandardCharsets.UTF_8))))
        .toList();
  }

  /// The sum of price times quantity of the lines, by the record that they belong to.
  private static Map<String, BigDecimal> sums(Lanes lanes, String model, String by, String price) {
    Map<String, BigDecimal> sums = new TreeMap<>();
    for (Map<?, ?> line : records(lanes, model)) {
      BigDecimal amount =
          new BigDecimal(String.valueOf(line.get(price)))
              .multiply(new BigDecimal(String.valueOf(line.get("quantity"))));
      sums.merge(String.valueOf(line.get(by)), amount, BigDecimal::add);
    }
    return sums;
  }

  private static Map<String, BigDecimal> totals(Lanes lanes, String model) {
    Map<String, BigDecimal> totals = new TreeMap<>();
    records(lanes, model)
        .forEach(order ->
            totals.put(
                String.valueOf(order.get("id")),
                new BigDecimal(String.valueOf(order.get("total")))));
    return totals;
  }

  @Test
  void theShopHasOrdersWhoseTotalsAreThoseOfTheirLines() throws IOException {
    try (Lanes shop = open("shop")) {
      ImportResult result = seed(shop, EXAMPLES.resolve("shop/seed"));

      assertThat(result).isInstanceOf(ImportResult.Finished.class);
      assertThat(result.tallies())
          .extracting(tally -> tally.model().name() + " " + tally.created())
          .containsExactlyInAnyOrder("User 5", "Product 12", "Order 8", "OrderLine 20");
      assertThat(sums(shop, "OrderLine", "order", "price")).isEqualTo(totals(shop, "Order"));
    }
  }

  @Test
  void theShopIsNotSeededTwice() throws IOException {
    try (Lanes shop = open("shop")) {
      seed(shop, EXAMPLES.resolve("shop/seed"));
      long position = shop.position();

      assertThat(seed(shop, EXAMPLES.resolve("shop/seed")).tallies())
          .allSatisfy(tally -> assertThat(tally.unchanged()).isEqualTo(tally.read()));
      assertThat(shop.position()).isEqualTo(position);
    }
  }

  @Test
  void theSchemaOfChinookIsRight() throws IOException {
    try (Lanes chinook = open("chinook")) {
      assertThat(chinook.schema.models()).filteredOn(model -> !model.builtIn()).hasSize(11);
    }
  }

  @Test
  void chinookIsImportedWholeFromItsCsvFiles() throws IOException {
    Optional<Path> data = Optional.ofNullable(System.getenv("VARVE_CHINOOK")).map(Path::of);
    assumeTrue(
        data.isPresent(), "Skipped: VARVE_CHINOOK names no folder with the Chinook CSV files");
    try (Lanes chinook = open("chinook")) {
      ImportResult first = seed(chinook, data.orElseThrow());

      assertThat(first).isInstanceOf(ImportResult.Finished.class);
      assertThat(first.tallies().stream().mapToLong(ImportCounts::created).sum()).isEqualTo(15_607);
      assertThat(sums(chinook, "InvoiceLine", "invoice", "unitPrice"))
          .isEqualTo(totals(chinook, "Invoice"));
      ImportResult second = seed(chinook, data.orElseThrow());
      assertThat(second.tallies().stream().mapToLong(ImportCounts::unchanged).sum())
          .isEqualTo(15_607);
    }
  }
}
