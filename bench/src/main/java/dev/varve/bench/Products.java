package dev.varve.bench;

import dev.varve.kernel.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/// The records that are listed and fetched under load, about 400 bytes of JSON each.
final class Products {
  static final String PATH = "/api/products";

  private static final int CATEGORIES = 100;
  private static final int PRICES = 7_919;
  private static final int BATCH = 500;
  private static final int PAGE_RECORDS = 20;
  // the same in each run
  private static final long SEED = 9;
  private static final String DESCRIPTION =
      "Made of oak from the slopes behind the village, oiled three times and polished by hand; "
          + "the drawers run on wood and need a little wax before each winter";

  private Products() {}

  static String schema() {
    return Lab.resource("products.graphql");
  }

  /// Creates so many records over HTTP.
  static void create(int port, int count) {
    try (Client client = new Client(port)) {
      for (int from = 0; from < count; from += BATCH) {
        String batch = batch(from, Math.min(count, from + BATCH));
        client.ask(Requests.post("/api/batch", batch)).requireStatus(200);
      }
    }
  }

  private static String batch(int from, int to) {
    List<Object> operations =
        IntStream.range(from, to)
            .<Object>mapToObj(
                number -> Map.of("method", "POST", "path", PATH, "body", product(number)))
            .toList();
    byte[] json = Json.bytes(out -> Json.write(out, Map.of("operations", operations)));
    return new String(json, StandardCharsets.UTF_8);
  }

  /// Requests that each create another product, whose id the server makes.
  static List<byte[]> creates(int count) {
    return IntStream.range(0, count)
        .mapToObj(number -> {
          byte[] json = Json.bytes(out -> Json.write(out, fields(number)));
          return Requests.post(PATH, new String(json, StandardCharsets.UTF_8));
        })
        .toList();
  }

  private static Map<String, Object> product(int number) {
    Map<String, Object> product = fields(number);
    product.put("id", id(number));
    return product;
  }

  private static Map<String, Object> fields(int number) {
    Map<String, Object> product = new LinkedHashMap<>();
    product.put("name", "Chest of drawers, number %06d".formatted(number));
    product.put("category", category(number % CATEGORIES));
    product.put("price", "%d.%02d".formatted(10 + number * 31L % PRICES, number % 100));
    product.put("stock", (long) (number % 50));
    product.put("description", number % 1_000 + ": " + DESCRIPTION);
    return product;
  }

  private static String category(int number) {
    return "category-%03d".formatted(number);
  }

  private static String id(int number) {
    return "product-%07d".formatted(number);
  }

  /// The first page of each category, the cheapest first.
  static List<byte[]> lists() {
    return IntStream.range(0, CATEGORIES)
        .mapToObj(category -> Requests.get(list(category)))
        .toList();
  }

  static String list(int category) {
    return "%s?category=%s&sort=price&limit=%d".formatted(PATH, category(category), PAGE_RECORDS);
  }

  static String one(int number) {
    return PATH + "/" + id(number);
  }

  /// So many requests for single records, each chosen at random out of the first `records`.
  static List<byte[]> anyOf(int records, int requests) {
    List<byte[]> all = new ArrayList<>();
    for (int number = 0; number < records; number++) {
      all.add(Requests.get(one(number)));
    }
    return new Random(SEED).ints(requests, 0, records).mapToObj(all::get).toList();
  }
}
