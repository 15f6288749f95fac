package dev.varve.face.gateway.aggregate;

import static dev.varve.face.gateway.aggregate.AggregateFixture.at;
import static dev.varve.face.gateway.aggregate.AggregateFixture.post;
import static dev.varve.face.gateway.aggregate.AggregateFixture.signedUp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.gateway.GatewayFixture;
import dev.varve.kernel.Patience;
import dev.varve.net.limit.LimitSettings;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Aggregates through the whole server, with another server behind it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AggregateTest {
  private static final String PAGE =
      """
      {path: "/pages/order/{id}", allow: authenticated, parts: {
        order: {varve: "/api/orders/{id}?expand=lines.product"},
        parcel: {service: other, path: "/parcels?order={id}", required: false, pick: "items[0]"}}}\
      """;

  private static final int CONNECTIONS_MAX = 8;

  private OtherService service;
  private TestServer server;
  private Map<String, String> ada;
  private Map<String, String> ben;
  private Map<String, String> staff;

  @BeforeAll
  void start() throws IOException {
    service = new OtherService();
    server =
        AggregateFixture.start(
            service,
            PAGE,
            """
            {path: "/slow/{id}", allow: public, parts: {
              product: {varve: "/api/products/{id}"},
              late: {service: other, path: /never, required: false, timeout: 50ms}}}\
            """,
            """
            {path: /slow-required, allow: public, timeout: 50ms, parts: {
              late: {service: other, path: /never}}}\
            """,
            """
            {path: "/status/{code}", allow: public, parts: {
              part: {service: other, path: "/status/{code}"}}}\
            """,
            """
            {path: "/status-optional/{code}", allow: public, parts: {
              part: {service: other, path: "/status/{code}", required: false}}}\
            """,
            """
            {path: "/customer/{id}", allow: authenticated, parts: {
              customer: {service: other, path: "/users/{order.user}", required: false},
              order: {varve: "/api/orders/{id}"},
              plan: {service: other, path: "/echo/{customer.plan}", pick: target, required: false}}}\
            """,
            """
            {path: "/shapes", allow: public, parts: {
              parcels: {service: other, path: "/parcels?order=1", pick: items, rename: {number: id}},
              none: {service: other, path: /none, pick: "items[0].number"},
              user: {service: other, path: /users/eve, flatten: true, rename: {plan: none, id: name}},
              nothing: {service: other, path: /nothing}}}\
            """,
            """
            {path: "/wrong-shapes", allow: public, parts: {
              text: {service: other, path: /text, required: false},
              list: {service: other, path: "/parcels?order=1", pick: items, flatten: true, required: false}}}\
            """,
            """
            {path: "/size/{kind}/{size}", allow: public, bytesMax: 40000, parts: {
              one: {service: other, path: "/{kind}/{size}", bytesMax: 30000, required: false},
              two: {service: other, path: "/{kind}/10", required: false}}}\
            """,
            """
            {path: "/sizes/{size}", allow: public, bytesMax: 40000, parts: {
              one: {service: other, path: "/big/{size}", required: false},
              two: {service: other, path: "/echo/{one}", required: false},
              three: {service: other, path: "/big/{size}", required: false}}}\
            """,
            """
            {path: /staff, allow: role staff, parts: {orders: {varve: /api/orders}}}\
            """,
            """
            {path: /when, allow: public, when: "request.headers['x-key'] == 'k'", parts: {
              products: {varve: /api/products}}}\
            """,
            """
            {path: /headers, allow: public, parts: {sent: {service: other, path: /headers}}}\
            """,
            """
            {path: /two, allow: public, parts: {
              products: {varve: /api/products}, counters: {varve: /api/counters}}}\
            """,
            """
            {path: /large, allow: public, parts: {part: {service: other, path: /big/20000}}}\
            """,
            """
            {path: /patient, allow: public, timeout: 1m, parts: {
              part: {service: other, path: /never, timeout: 1m}}}\
            """,
            """
            {path: /pings, allow: public, parts: {pings: {varve: /api/pings}}}\
            """);
    staff = signedUp(server, "sam", "staff");
    ada = signedUp(server, "ada");
    ben = signedUp(server, "ben");
    post(server, ada, "/api/orders", Map.of("id", "o1"));
    post(server, ada, "/api/products", Map.of("id", "p1", "name", "Tea"));
    post(server, ada, "/api/order-lines", Map.of("id", "l1", "order", "o1", "product", "p1"));
  }

  @AfterAll
  void stop() {
    server.close();
    service.close();
  }

  private Reply get(String target, Map<String, String> who) {
    return server.send("GET", target, who, "");
  }

  @Test
  void anOrderAndItsParcelComeInOneAnswer() {
    Reply reply = get("/pages/order/o1", ada);

    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    assertThat(at(reply, "order.lines[0].product.name")).isEqualTo("Tea");
    assertThat(at(reply, "parcel")).isEqualTo(Map.of("number", "P-o1", "state", "SENT"));
    assertThat(at(reply, "errors")).isNull();
    assertThat(reply.header("Varve-Position")).isEqualTo(Long.toString(server.position()));
    assertThat(reply.header("Cache-Control")).isEqualTo("no-store");
  }

  @Test
  void headIsAnsweredWithoutABody() {
    Reply reply = server.send("HEAD", "/pages/order/o1", ada, "");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.bytes()).isEmpty();
    assertThat(server.send("POST", "/pages/order/o1", ada, "{}").status()).isEqualTo(405);
  }

  @Test
  void whatARuleHidesFromACallerIsNotThere() {
    assertThat(get("/pages/order/o1", staff).status()).isEqualTo(200);
    Reply reply = get("/pages/order/o1", ben);

    assertThat(reply.status()).isEqualTo(404);
    assertThat(at(reply, "error.code")).isEqualTo("NOT_FOUND");
    assertThat(at(reply, "error.message"))
        .isEqualTo("The part 'order' failed: No Order has the id 'o1'");
    assertThat(at(reply, "error.details[0].field")).isEqualTo("order");
  }

  @Test
  void onlyThoseMayWhoAreAllowed() {
    assertThat(get("/pages/order/o1", Map.of()).status()).isEqualTo(401);
    assertThat(get("/staff", ada).status()).isEqualTo(403);
    assertThat(get("/staff", staff).status()).isEqualTo(200);
    assertThat(get("/when", Map.of()).status()).isEqualTo(401);
    assertThat(get("/when", Map.of("X-Key", "k")).status()).isEqualTo(200);
  }

  @Test
  void badCredentialsAreRefusedByThePartsAsTheyAreByTheirRoutes() {
    Map<String, String> stranger = Map.of("Authorization", "Bearer nonsense");
    Reply direct = get("/api/products", stranger);
    Reply part = get("/two", stranger);

    assertThat(part.status()).isEqualTo(401).isEqualTo(direct.status());
    assertThat(part.header("WWW-Authenticate")).isEqualTo(direct.header("WWW-Authenticate"));
    assertThat(at(part, "error.message")).isEqualTo(at(direct, "error.message"));
  }

  @Test
  void aPartThatTakesTooLongAndMayFailIsNamed() {
    Reply reply = get("/slow/p1", Map.of());

    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    assertThat(at(reply, "product.name")).isEqualTo("Tea");
    assertThat(at(reply, "errors"))
        .isEqualTo(
            Map.of(
                "late",
                Map.of(
                    "status",
                    504L,
                    "code",
                    "UPSTREAM_TIMEOUT",
                    "message",
                    "It did not answer within 50ms")));
    assertThat(reply.header("Cache-Control")).isEqualTo("no-store");
  }

  @Test
  void aPartThatTakesTooLongAndMustNotFailEndsTheRequest() {
    Reply reply = get("/slow-required", Map.of());

    assertThat(reply.status()).isEqualTo(504);
    assertThat(at(reply, "error.code")).isEqualTo("UPSTREAM_TIMEOUT");
  }

  @ParameterizedTest
  @CsvSource({
    "200, 200, -",
    "302, 502, UPSTREAM_FAILED",
    "400, 400, MALFORMED_REQUEST",
    "401, 502, UPSTREAM_FAILED",
    "403, 403, FORBIDDEN",
    "404, 404, NOT_FOUND",
    "405, 502, UPSTREAM_FAILED",
    "410, 404, NOT_FOUND",
    "422, 422, RULE_VIOLATION",
    "429, 429, TOO_MANY_REQUESTS",
    "500, 502, UPSTREAM_FAILED",
    "503, 503, UPSTREAM_UNAVAILABLE",
    "504, 504, UPSTREAM_TIMEOUT"
  })
  void aPartThatMustNotFailDecidesTheStatus(int answered, int status, String code) {
    Reply reply = get("/status/" + answered, Map.of());
    Reply optional = get("/status-optional/" + answered, Map.of());

    assertThat(reply.status()).as(reply.text()).isEqualTo(status);
    assertThat(optional.status()).isEqualTo(200);
    assertThat(reply.text()).doesNotContain(status == 200 ? "?" : "its own eyes");
    if (status != 200) {
      assertThat(at(reply, "error.code")).isEqualTo(code);
      assertThat(at(optional, "errors.part.status")).isEqualTo((long) status);
      assertThat(at(optional, "errors.part.code")).isEqualTo(code);
      assertThat(at(optional, "errors.part.message"))
          .isEqualTo("The service 'other' answered " + answered);
    }
    assertThat(reply.header("Retry-After").isEmpty()).isEqualTo(status != 429 && status != 503);
  }

  @Test
  void aPartIsAskedForWhatAnotherAnswers() {
    Reply reply = get("/customer/o1", ada);

    assertThat(at(reply, "customer.id"))
        .as(reply.text())
        .isNotNull()
        .isEqualTo(at(reply, "order.user"));
    assertThat(at(reply, "plan")).isEqualTo("/echo/gold");
  }

  @Test
  void aPartFailsWithTheOneItNeeds() {
    service.forget();

    assertThat(get("/customer/none", ada).status()).isEqualTo(404);
    assertThat(service.targets()).noneMatch(target -> target.startsWith("/users"));
  }

  @Test
  void partsAreShaped() {
    Reply reply = get("/shapes", Map.of());

    assertThat(reply.text())
        .isEqualTo(
            "{\"parcels\":[{\"id\":\"P-1\",\"state\":\"SENT\"}],\"none\":null,\"name\":\"eve\",\"ids\":[1],\"nothing\":null}");
  }

  @Test
  void whatHasNotTheShapeItMustHaveFails() {
    Reply reply = get("/wrong-shapes", Map.of());

    assertThat(at(reply, "errors.text.message")).isEqualTo("It does not answer with JSON");
    assertThat(at(reply, "errors.list.message"))
        .isEqualTo("It answers no object whose members could stand beside the other parts");
  }

  @ParameterizedTest
  @CsvSource({"big", "chunks"})
  void aPartHasABoundOnItsSize(String kind) {
    assertThat(at(get("/size/" + kind + "/20000", Map.of()), "errors")).isNull();
    Reply reply = get("/size/" + kind + "/30000", Map.of());

    assertThat(at(reply, "errors.one.message"))
        .isEqualTo("The service 'other' answered more than the 30,000 bytes that are taken of it");
    assertThat(at(reply, "two")).isEqualTo("xxxxxxxxxx");
  }

  @Test
  void allPartsTogetherHaveABoundOnTheirSize() {
    Reply reply = get("/sizes/25000", Map.of());

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.bytes()).hasSizeLessThan(40_000);
    assertThat(reply.text())
        .contains("All parts together answer more than the 40,000 bytes that are taken");
  }

  @Test
  void aServiceGetsNothingOfTheClientButItsLanguage() {
    Reply reply =
        get(
            "/headers",
            Map.of("Cookie", "a=b", "X-Own", "1", "Accept-Language", "de", "Accept", "text/html"));

    assertThat(String.valueOf(at(reply, "sent.names")))
        .contains("accept-language", "x-request-id", "forwarded")
        .doesNotContain("cookie", "x-own", "authorization");
    assertThat(at(reply, "sent.accept")).isEqualTo("application/json");
  }

  @Test
  void allOfItIsReadAsOfAMoment() {
    long before = server.position();
    post(server, ada, "/api/counters", Map.of("id", "late", "value", 1));

    Reply then = get("/two?asOf=position:" + before, Map.of());
    Reply now = get("/two", Map.of());

    assertThat(then.header("Varve-Position")).isEqualTo(Long.toString(before));
    assertThat(then.text()).doesNotContain("late");
    assertThat(now.text()).contains("late");
    assertThat(get("/two?asOf=position:999999", Map.of()).status()).isEqualTo(400);
  }

  @Test
  void aSinglePartIsReadAsItIs() {
    post(server, ada, "/api/pings", Map.of("id", "1", "text", "hello"));

    assertThat(get("/pings", Map.of()).text()).contains("hello");
  }

  @Test
  void whatNoParameterIsIsRefused() {
    Reply reply = get("/two?x=1", Map.of());

    assertThat(reply.status()).isEqualTo(400);
    assertThat(at(reply, "error.details[0].field")).isEqualTo("x");
    assertThat(get("/headers?asOf=position:1", Map.of()).status()).isEqualTo(400);
  }

  /// The impatience of an aggregate is no failure of the service, which others are patient with.
  @Test
  void aPartThatIsGivenUpDoesNotCountAgainstItsService() {
    String yaml =
        """
        gateway:
          services:
            other: {urls: ["%s"], breaker: {failures: 2, recovery: 60s}}
          aggregates:
            - {path: "/page/{id}", allow: public, parts: {
                product: {varve: "/api/products/{id}"},
                late: {service: other, path: /never, required: false}}}
            - {path: /impatient, allow: public, parts: {
                late: {service: other, path: /never, required: false, timeout: 50ms}}}
            - {path: /well, allow: public, parts: {well: {service: other, path: /echo/x}}}
        """
            .formatted(service.url());
    try (TestServer guarded =
        TestServer.start(
            TestServer.Plan.of(AggregateFixture.SCHEMA).with(GatewayFixture.read(yaml)))) {
      for (int i = 0; i < 3; i++) {
        assertThat(at(guarded.get("/impatient"), "errors.late.code")).isEqualTo("UPSTREAM_TIMEOUT");
        assertThat(guarded.get("/page/none").status()).isEqualTo(404);
      }

      Reply well = guarded.get("/well");
      assertThat(well.status()).as(well.text()).isEqualTo(200);
      assertThat(guarded.get("/metrics").text())
          .contains("varve_gateway_breaker_state{service=\"other\"} 0.0")
          .contains("varve_gateway_retries_total{result=\"sent\",service=\"other\"} 0.0");
    }
  }

  @Test
  void aPartThatIsGivenUpKeepsNoConnection() {
    for (int i = 0; i < 2 * CONNECTIONS_MAX; i++) {
      assertThat(get("/slow-required", Map.of()).status()).isEqualTo(504);
    }

    assertThat(get("/headers", Map.of()).status()).isEqualTo(200);
  }

  @Test
  void nothingIsAskedAnyMoreForAClientThatHasGone() throws IOException {
    List<Socket> clients = new ArrayList<>();
    service.forget();
    for (int i = 0; i < CONNECTIONS_MAX; i++) {
      Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port());
      client
          .getOutputStream()
          .write("GET /patient HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      clients.add(client);
    }
    Patience.until("requests", () -> service.targets().size() >= CONNECTIONS_MAX);
    for (Socket client : clients) {
      client.close();
    }

    Patience.until("a free connection", () -> get("/headers", Map.of()).status() == 200);
  }

  @Test
  void aLargeAnswerIsCompressed() {
    Reply reply = get("/large", Map.of("Accept-Encoding", "gzip"));

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("Content-Encoding")).isEqualTo("gzip");
    assertThat(reply.bytes()).hasSizeLessThan(1_000);
  }

  @Test
  void aLimitOnARouteHoldsForItsPartsToo() {
    LimitSettings limit =
        new LimitSettings(
            "own",
            true,
            1,
            Duration.ofDays(1),
            2,
            LimitSettings.By.ADDRESS,
            List.of("/api/products"),
            List.of(),
            false);
    TestServer.Plan plan =
        TestServer.Plan.of(AggregateFixture.SCHEMA)
            .with(
                AggregateFixture.settings(
                    service.url(),
                    """
                    {path: /limited, allow: public, parts: {products: {varve: /api/products}}}\
                    """))
            .limiting(List.of(limit));
    try (TestServer limited = TestServer.start(plan)) {
      assertThat(limited.get("/api/products").status()).isEqualTo(200);
      assertThat(limited.get("/limited").status()).isEqualTo(200);
      Reply refused = limited.get("/limited");

      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.header("Retry-After")).isNotEmpty();
      assertThat(limited.get("/api/products").status()).isEqualTo(429);
    }
  }
}
