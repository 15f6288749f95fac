package dev.varve.net.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.net.http.Health;
import dev.varve.net.http.Routes;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class HealthTest {
  private static Routes.Builder routes(Health.Check... checks) {
    Routes.Builder routes = Routes.builder().add(new Health(List.of(checks)).routes());
    return routes;
  }

  @Test
  void aProcessThatAnswersLives() throws Exception {
    try (HttpFixture http = new HttpFixture(routes())) {
      HttpResponse<String> live = http.get("/health/live");
      assertThat(live.statusCode()).isEqualTo(200);
      assertThat(live.body()).isEqualTo("{\"status\":\"UP\"}");
    }
  }

  @Test
  void itIsReadyWhileEveryCheckIsWell() throws Exception {
    AtomicReference<Optional<String>> storage = new AtomicReference<>(Optional.empty());
    try (HttpFixture http =
        new HttpFixture(
            routes(
                Health.Check.vital("log", Optional::empty),
                Health.Check.vital("storage", storage::get)))) {
      HttpResponse<String> ready = http.get("/health/ready");
      assertThat(ready.statusCode()).isEqualTo(200);
      assertThat(ready.body())
          .isEqualTo(
              "{\"status\":\"UP\",\"checks\":{\"log\":{\"status\":\"UP\"},\"storage\":{\"status\":\"UP\"}}}");
      storage.set(Optional.of("the disk is full"));
      HttpResponse<String> down = http.get("/health/ready");
      assertThat(down.statusCode()).isEqualTo(503);
      assertThat(down.body())
          .isEqualTo(
              """
              {"status":"DOWN","checks":{"log":{"status":"UP"},\
              "storage":{"status":"DOWN","message":"the disk is full"}}}\
              """);
    }
  }

  @Test
  void aWarningIsToldAndRequestsAreServed() throws Exception {
    Health.Check certificate =
        Health.Check.warning("certificate", () -> Optional.of("it ends tomorrow"));
    try (HttpFixture http = new HttpFixture(routes(certificate))) {
      HttpResponse<String> ready = http.get("/health/ready");
      assertThat(ready.statusCode()).isEqualTo(200);
      assertThat(ready.body())
          .isEqualTo(
              """
              {"status":"UP","checks":{\
              "certificate":{"status":"WARNING","message":"it ends tomorrow"}}}\
              """);
    }
  }

  @Test
  void aCheckThatFailsItselfCountsAsDownAndTellsNothing() throws Exception {
    Health.Check broken =
        Health.Check.vital(
            "log",
            () -> {
              throw new IllegalStateException("secret detail");
            });
    try (HttpFixture http = new HttpFixture(routes(broken))) {
      HttpResponse<String> down = http.get("/health/ready");
      assertThat(down.statusCode()).isEqualTo(503);
      assertThat(down.body()).contains("The check itself failed").doesNotContain("secret");
    }
  }
}
