package dev.varve.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HttpServerTest {
  private static final Routes ROUTES =
      Routes.builder()
          .get(
              "/api/orders/{id}",
              request ->
                  Answer.json(
                      200,
                      ("{\"id\":\"" + request.variable("id") + "\"}")
                          .getBytes(StandardCharsets.UTF_8)))
          .build();

  @Test
  void answersWithWhatTheHandlerReturns() throws Exception {
    try (HttpFixture http = new HttpFixture(HttpFixture.settings(), ROUTES)) {
      HttpResponse<String> response = http.get("/api/orders/7%2F8");
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).isEqualTo("{\"id\":\"7/8\"}");
      System.out.println(response.headers());
      System.out.println(http.get("/nope").body());
      System.out.println(http.raw("GET  HTTP/1.1\r\n\r\n"));
    }
  }
}
