package dev.varve.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// The records that the benchmarks store, about 400 bytes of JSON each.
final class Orders {
  static final String PATH = "/api/orders";

  /// Four in ten orders have it.
  static final String COMMON_STATUS = "PAID";

  private static final List<String> STATUSES =
      List.of(
          "PAID",
          "DRAFT",
          "PAID",
          "SHIPPED",
          "PAID",
          "CANCELLED",
          "PAID",
          "SHIPPED",
          "DRAFT",
          "SHIPPED");
  private static final String NOTE =
      "Please ring twice and leave the parcel with the neighbours when nobody opens; "
          + "the bell of the house at the back is the one on the left";

  private Orders() {}

  static String status(int number) {
    return STATUSES.get(number % STATUSES.size());
  }

  static String total(int number) {
    return "%d.%02d".formatted(10 + number % 9_000, number % 100);
  }

  static String customer(int number) {
    return "Customer %05d of the long street".formatted(number % 20_000);
  }

  static int quantity(int number) {
    return 1 + number % 12;
  }

  static String note(int number) {
    return number % 1_000 + ": " + NOTE;
  }

  static String json(int number) {
    return """
    {"customer":"%s","status":"%s","total":"%s","quantity":%d,"note":"%s"}\
    """
        .formatted(customer(number), status(number), total(number), quantity(number), note(number));
  }

  /// Requests that each create another order.
  static byte[][] creates(int count) {
    byte[][] requests = new byte[count][];
    for (int i = 0; i < count; i++) {
      requests[i] = Requests.post(PATH, json(i));
    }
    return requests;
  }

  /// Creates orders over HTTP; their paths.
  static List<String> create(int port, int count) {
    List<String> paths = new ArrayList<>();
    try (Client client = new Client(port)) {
      for (byte[] request : creates(count)) {
        Answer created = client.ask(request).requireStatus(201);
        paths.add(Objects.requireNonNull(created.headers().get("Location")));
      }
    }
    return paths;
  }
}
