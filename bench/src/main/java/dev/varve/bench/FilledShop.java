package dev.varve.bench;

import java.util.List;

/// A server with so many products that whoever asks at random hardly meets one twice.
record FilledShop(Child varve, int products) implements AutoCloseable {
  private static final int PRODUCTS = 100_000;
  private static final int PRODUCTS_QUICK = 20_000;

  /// @param name of the benchmark
  static FilledShop start(Lab lab, String name) {
    int products = lab.quick() ? PRODUCTS_QUICK : PRODUCTS;
    Child varve = lab.varve(name, Products.schema(), List.of());
    try {
      lab.progress("filling %,d records".formatted(products));
      Products.create(varve.port(), products);
      return new FilledShop(varve, products);
    } catch (RuntimeException e) {
      varve.close();
      throw e;
    }
  }

  /// Asks it, and a bare handler that sends as many bytes.
  List<Figure> duel(Lab lab, BareDuel.Asked asked, double ratioMin) {
    return new BareDuel(lab, varve, varve.port()).run(asked, ratioMin);
  }

  @Override
  public void close() {
    varve.close();
  }
}
