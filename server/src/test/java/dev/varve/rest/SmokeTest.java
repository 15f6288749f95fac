package dev.varve.rest;

import dev.varve.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SmokeTest {
  @Test
  void smoke() throws Exception {
    String schema = Files.readString(Path.of("../examples/shop/schema.graphql"));
    for (int i = 0; i < 3; i++) {
      long t = System.nanoTime();
      TestServer.start(schema).close();
      System.out.println("start+stop ms " + (System.nanoTime() - t) / 1_000_000);
    }
    try (TestServer s = TestServer.start(schema)) {
      show(
          s,
          "POST",
          "/api/users",
          "{\"id\":\"ada\",\"name\":\"Ada\",\"email\":\"ada@example.com\"}");
      show(s, "POST", "/api/users", "{\"name\":\"\",\"email\":\"ada\",\"nam\":1}");
      show(s, "GET", "/api/users/ada", "");
      show(s, "GET", "/api/users/ada?fields=name", "");
      show(
          s,
          "POST",
          "/api/products",
          "{\"id\":\"p1\",\"sku\":\"AB-123\",\"name\":\"Beans\",\"category\":\"COFFEE\",\"price\":9.9}");
      show(
          s,
          "POST",
          "/api/batch",
          "{\"operations\":[{\"method\":\"POST\",\"path\":\"/api/orders\",\"ref\":\"order\",\"body\":{\"user\":\"ada\",\"total\":\"19.80\"}},{\"method\":\"POST\",\"path\":\"/api/order-lines\",\"body\":{\"order\":\"$order.id\",\"product\":\"p1\",\"quantity\":2,\"price\":\"9.90\"}}]}");
      show(s, "GET", "/api/orders?expand=user,lines.product&count=exact&total%5Bgte%5D=5", "");
      show(
          s,
          "GET",
          "/api/orders?limt=3&sort=foo&asOf=x&cursor=abc&expand=usr&fields=tota&statu=PAID&total%5Bgte3%5D=5&filter=a",
          "");
      show(s, "GET", "/api/users/ada/history", "");
      show(s, "GET", "/api/users/ada?asOf=position:1&expand=orders", "");
      show(s, "GET", "/api/ordrs", "");
      show(s, "GET", "/openapi.json", "");
      System.out.println(s.events(0));
    }
  }

  void show(TestServer s, String m, String t, String b) {
    TestServer.Reply r = s.send(m, t, Map.of(), b);
    System.out.println(
        m
            + " "
            + t
            + "\n  -> "
            + r.status()
            + " "
            + r.headers()
            + "\n     "
            + (r.text().length() > 3000 ? r.text().substring(0, 3000) : r.text()));
  }
}
