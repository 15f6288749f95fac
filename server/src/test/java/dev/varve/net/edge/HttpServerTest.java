package dev.varve.net.edge;

import static dev.varve.net.edge.HttpFixture.lines;
import static dev.varve.net.edge.HttpFixture.readAll;
import static dev.varve.net.edge.HttpFixture.readUntil;
import static dev.varve.net.edge.HttpFixture.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Patience;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Answer;
import dev.varve.net.http.QueryString;
import dev.varve.net.http.Routes;
import dev.varve.settings.SettingRecords;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Order(1)
class HttpServerTest {
  private static HttpFixture http;

  @BeforeAll
  static void start() {
    http = new HttpFixture(routes());
  }

  @AfterAll
  static void stop() {
    http.close();
  }

  private static Routes.Builder routes() {
    return Routes.builder()
        .get("/api/orders", request -> text("orders " + shown(request.query())))
        .post("/api/orders", request -> text("created " + utf8(request.body("application/json"))))
        .get("/api/orders/{id}", request -> text("order " + request.variable("id")))
        .patch(
            "/api/orders/{id}",
            request ->
                text(
                    "patched "
                        + utf8(request.body("application/merge-patch+json", "application/json"))))
        .delete("/api/orders/{id}", request -> Answer.noContent())
        .get("/api/orders/{id}/history", request -> text("history of " + request.variable("id")))
        .get("/api/orders/latest", request -> text("the latest"))
        .get("/etag", request -> text("tagged").with("ETag", "\"7\""))
        .get("/unchanged", request -> Answer.notModified("\"7\""))
        .get(
            "/page",
            request ->
                Answer.html(200, bytes("<p>page</p>"))
                    .with("Content-Security-Policy", "default-src 'self'"))
        .get(
            "/invalid",
            request -> {
              throw Problem.invalid("email", "Invalid email format");
            })
        .get(
            "/full",
            request -> {
              throw new Problem(ErrorCode.STORAGE_UNAVAILABLE, "The disk is full");
            })
        .get(
            "/bug",
            request -> {
              throw new IllegalStateException("secret detail");
            })
        .get("/id", request -> text(request.id() + " from " + request.remoteAddress()));
  }

  private static Answer text(String text) {
    return Answer.bytes(200, "text/plain", bytes(text));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String utf8(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static String shown(QueryString query) {
    List<String> shown = new ArrayList<>();
    query.all().forEach(each -> shown.add(each.name() + "=" + each.value()));
    return String.join("|", shown);
  }

  private static String value(HttpResponse<?> response, String header) {
    return response.headers().firstValue(header).orElse("(none)");
  }

  @ParameterizedTest(name = "{0} {1} -> {2} {3}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET     | /api/orders                      | 200 | orders ''
          GET     | /api/orders?b=2&a=1&b=3          | 200 | orders b=2|a=1|b=3
          GET     | /api/orders?filter=a%20%3D%3D+1  | 200 | orders filter=a == 1
          GET     | /api/orders?limit                | 200 | orders limit=
          GET     | /api/orders?&&x=%C3%A9&          | 200 | orders x=\u00e9
          GET     | /api/orders/7                    | 200 | order 7
          GET     | /api/orders/a%2Fb+c              | 200 | order a/b+c
          GET     | /api/orders/%E2%82%AC            | 200 | order \u20ac
          GET     | /api/orders/7/history            | 200 | history of 7
          GET     | /api/orders/latest               | 200 | the latest
          GET     | /api/orders/latest/history       | 200 | history of latest
          DELETE  | /api/orders/7                    | 204 | ''
          OPTIONS | /api/orders/7                    | 204 | ''
          GET     | /unchanged                       | 304 | ''
          GET     | /                                | 404 | There is nothing at /
          GET     | /api/orders/                     | 404 | There is nothing at /api/orders/. Try it without the slash at its end
          GET     | /api/orders/7/items              | 404 | There is nothing at /api/orders/7/items
          GET     | //api/orders                     | 404 | There is nothing at //api/orders
          GET     | /api/../api/orders               | 404 | There is nothing at /api/../api/orders
          PUT     | /api/orders/7                    | 405 | /api/orders/{id} takes DELETE, GET, HEAD, PATCH, OPTIONS
          POST    | /etag                            | 405 | /etag takes GET, HEAD, OPTIONS
          GET     | /api/orders/%E2%82               | 400 | The path cannot be read. The percent-encoded bytes are not UTF-8.
          """)
  void answersByMethodAndPath(String method, String target, int status, String body)
      throws Exception {
    HttpResponse<String> response =
        http.send(http.to(target).method(method, BodyPublishers.noBody()));
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.body()).contains(body.replace("''", ""));
    assertThat(value(response, "X-Request-Id")).matches("[0-9a-f-]{36}");
  }

  @Test
  void headAnswersLikeGetWithoutTheBody() throws Exception {
    HttpResponse<String> response = http.send(http.to("/api/orders/7").HEAD());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(value(response, "Content-Length")).isEqualTo("7");
    assertThat(response.body()).isEmpty();
  }

  @Test
  void aMethodThatIsNotTakenIsToldWhichAre() throws Exception {
    HttpResponse<String> response =
        http.send(http.to("/api/orders").method("PATCH", BodyPublishers.noBody()));
    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(value(response, "Allow")).isEqualTo("GET, HEAD, POST, OPTIONS");
  }

  @Test
  void everyErrorHasTheOneShape() throws Exception {
    HttpResponse<String> response = http.send(http.to("/invalid").header("X-Request-Id", "r-1"));
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(value(response, "Content-Type")).isEqualTo("application/json");
    assertThat(response.body())
        .isEqualTo(
            """
            {"error":{"code":"VALIDATION_ERROR","message":"Invalid input data",\
            "details":[{"field":"email","message":"Invalid email format"}],"requestId":"r-1"}}\
            """);
  }

  @Test
  void errorsComeAsProblemJsonWhenAsked() throws Exception {
    HttpResponse<String> response =
        http.send(
            http.to("/invalid")
                .header("Accept", "application/json;q=0.5, application/problem+json")
                .header("X-Request-Id", "r-1"));
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(value(response, "Content-Type")).isEqualTo("application/problem+json");
    assertThat(response.body())
        .isEqualTo(
            """
            {"type":"about:blank","title":"Bad Request","status":400,"detail":"Invalid input data",\
            "code":"VALIDATION_ERROR","errors":[{"field":"email","message":"Invalid email format"}],\
            "requestId":"r-1"}\
            """);
  }

  @Test
  void aBugAnswersWithTheRequestIdAndNothingElse() throws Exception {
    HttpResponse<String> response = http.send(http.to("/bug").header("X-Request-Id", "r-2"));
    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body())
        .isEqualTo(
            """
            {"error":{"code":"INTERNAL_ERROR","message":"Something went wrong on our side. \
            The log tells more under request id r-2","details":[],"requestId":"r-2"}}\
            """);
  }

  @Test
  void aPassingRefusalSaysWhenToComeBack() throws Exception {
    HttpResponse<String> response = http.get("/full");
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(value(response, "Retry-After")).isEqualTo("10");
  }

  @Test
  void securityHeadersAreOnEveryAnswer() throws Exception {
    for (String target : List.of("/api/orders", "/nowhere", "/bug", "/unchanged")) {
      HttpResponse<String> response = http.get(target);
      assertThat(value(response, "X-Content-Type-Options")).isEqualTo("nosniff");
      assertThat(value(response, "Referrer-Policy")).isEqualTo("no-referrer");
      assertThat(value(response, "X-Frame-Options")).isEqualTo("DENY");
      assertThat(value(response, "Content-Security-Policy"))
          .isEqualTo("default-src 'none'; frame-ancestors 'none'");
      assertThat(value(response, "Server")).isEqualTo("(none)");
    }
  }

  @Test
  void aPageBringsItsOwnContentSecurityPolicy() throws Exception {
    HttpResponse<String> response = http.get("/page");
    assertThat(value(response, "Content-Type")).isEqualTo("text/html; charset=utf-8");
    assertThat(response.headers().allValues("Content-Security-Policy"))
        .containsExactly("default-src 'self'");
  }

  @Test
  void whatHasAnEntityTagMayBeKeptAndAskedForAgain() throws Exception {
    assertThat(value(http.get("/etag"), "Cache-Control")).isEqualTo("private, no-cache");
    assertThat(value(http.get("/unchanged"), "Cache-Control")).isEqualTo("private, no-cache");
    assertThat(value(http.get("/api/orders"), "Cache-Control")).isEqualTo("no-store");
  }

  @Test
  void aSaneRequestIdIsKept() throws Exception {
    HttpResponse<String> response = http.send(http.to("/id").header("X-Request-Id", "abc-123"));
    assertThat(response.body()).isEqualTo("abc-123 from 127.0.0.1");
    assertThat(value(response, "X-Request-Id")).isEqualTo("abc-123");
  }

  @ParameterizedTest
  @CsvSource({"'a b'", "''", "1234567890*13"})
  void anotherRequestIdIsReplaced(String id) throws Exception {
    String sent = id.equals("1234567890*13") ? "1234567890".repeat(13) : id;
    HttpResponse<String> response = http.send(http.to("/id").header("X-Request-Id", sent));
    assertThat(value(response, "X-Request-Id")).matches("[0-9a-f-]{36}");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /api/orders?a=%     | a | Malformed percent-encoding '%': write a percent sign itself as %25.
          /api/orders?a=%4x   | a | Malformed percent-encoding '%4x': write a percent sign itself as %25.
          /api/orders?a=%FF   | a | The percent-encoded bytes are not UTF-8.
          """)
  void aQueryThatCannotBeReadIsRefusedByName(String target, String parameter, String message)
      throws Exception {
    String answer = http.raw("GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assertThat(answer)
        .startsWith("HTTP/1.1 400 ")
        .contains("\"code\":\"INVALID_PARAMETER\"")
        .contains(
            "\"details\":[{\"field\":\"%s\",\"message\":\"%s\"}]".formatted(parameter, message));
  }

  @Test
  void bracketsAndQuotesInAQueryNeedNoEncoding() throws Exception {
    String answer =
        http.raw(
            "GET /api/orders?total[gte]=100&filter=status=='PAID' HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 200 ").endsWith("total[gte]=100|filter=status=='PAID'");
  }

  @Test
  void aRequestTargetMayBeInTheAbsoluteForm() throws Exception {
    String answer =
        http.raw(
            "GET http://shop.example/api/orders/7?a=b HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 200 ").endsWith("order 7");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no version          | GET /\\r\\n\\r\\n                                             | 400 | MALFORMED_REQUEST
          no path             | GET  HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n                            | 400 | MALFORMED_REQUEST
          nonsense            | 1\\r\\n2\\r\\n\\r\\n                                            | 400 | MALFORMED_REQUEST
          no slash            | GET api HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n    | 400 | MALFORMED_REQUEST
          no host             | GET / HTTP/1.1\\r\\n\\r\\n                                    | 400 | MALFORMED_REQUEST
          two hosts           | GET / HTTP/1.1\\r\\nHost: a\\r\\nHost: b\\r\\n\\r\\n              | 400 | MALFORMED_REQUEST
          header without colon| GET / HTTP/1.1\\r\\nHost x\\r\\n\\r\\n                          | 400 | MALFORMED_REQUEST
          space in header name| GET / HTTP/1.1\\r\\nHost: x\\r\\nA B: c\\r\\n\\r\\n               | 400 | MALFORMED_REQUEST
          bare line feeds     | GET / HTTP/1.1\\nHost: x\\n\\n                              | 400 | MALFORMED_REQUEST
          old version         | GET / HTTP/1.0\\r\\nHost: x\\r\\n\\r\\n                         | 505 | MALFORMED_REQUEST
          length not a number | POST /api/orders HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 1x\\r\\n\\r\\n | 400 | MALFORMED_REQUEST
          negative length     | POST /api/orders HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: -1\\r\\n\\r\\n | 400 | MALFORMED_REQUEST
          two lengths         | POST /api/orders HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 1\\r\\nContent-Length: 2\\r\\n\\r\\n | 400 | MALFORMED_REQUEST
          length and chunks   | POST /api/orders HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 3\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n | 400 | MALFORMED_REQUEST
          unknown encoding    | POST /api/orders HTTP/1.1\\r\\nHost: x\\r\\nTransfer-Encoding: gzip, chunked\\r\\n\\r\\n | 501 | MALFORMED_REQUEST
          broken chunk        | POST /api/orders HTTP/1.1\\r\\nHost: x\\r\\nContent-Type: application/json\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\nzz\\r\\nabc\\r\\n0\\r\\n\\r\\n | 400 | MALFORMED_REQUEST
          """)
  void malformedHttpIsRefusedInTheOneShapeAndTheConnectionIsClosed(
      String name, String request, int status, String code) throws Exception {
    String answer = http.raw(request.replace("\\r", "\r").replace("\\n", "\n"));
    assertThat(answer)
        .startsWith("HTTP/1.1 " + status + " ")
        .contains("\r\nContent-Type: application/json\r\n")
        .contains("\r\nConnection: close\r\n")
        .contains("\r\nX-Content-Type-Options: nosniff\r\n")
        .contains("{\"error\":{\"code\":\"" + code + "\",\"message\":\"");
  }

  @Test
  void aRequestLineThatIsTooLongIsRefused() throws Exception {
    HttpResponse<String> response = http.get("/api/orders?a=" + "x".repeat(1_024));
    assertThat(response.statusCode()).isEqualTo(414);
    assertThat(response.body())
        .contains("\"code\":\"URI_TOO_LONG\"")
        .contains(
            "The request line is longer than 1,024 bytes. Shorten the query, or raise the setting http.targetBytesMax");
  }

  @Test
  void headersThatAreTooLargeAreRefused() throws Exception {
    HttpResponse<String> response =
        http.send(http.to("/api/orders").header("X-Large", "x".repeat(4_096)));
    assertThat(response.statusCode()).isEqualTo(431);
    assertThat(response.body())
        .contains("\"code\":\"HEADERS_TOO_LARGE\"")
        .contains(
            "The headers are larger than 4,096 bytes. Send fewer or shorter ones, or raise the setting http.headerBytesMax");
  }

  private HttpResponse<String> post(String contentType, String body) throws Exception {
    return http.send(
        http.to("/api/orders")
            .header("Content-Type", contentType)
            .POST(BodyPublishers.ofString(body)));
  }

  @Test
  void aBodyIsReadWhole() throws Exception {
    assertThat(post("application/json", "{}").body()).isEqualTo("created {}");
    assertThat(post("Application/JSON; Charset=\"UTF-8\"", "[1]").body()).isEqualTo("created [1]");
    assertThat(post("application/json", "x".repeat(10_000)).body()).hasSize(10_008);
  }

  @Test
  void aBodyInChunksIsReadWhole() throws Exception {
    String answer =
        http.raw(
            lines(
                "POST /api/orders HTTP/1.1",
                "Host: x",
                "Connection: close",
                "Content-Type: application/json",
                "Transfer-Encoding: chunked",
                "",
                "3",
                "[1,",
                "3",
                " 2]",
                "0",
                ""));
    assertThat(answer).startsWith("HTTP/1.1 200 ").endsWith("created [1, 2]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          text/plain                            | the request says text/plain
          application/json; charset=iso-8859-1  | the request says application/json; charset=iso-8859-1
          application/x-www-form-urlencoded     | the request says application/x-www-form-urlencoded
          ''                                    | no Content-Type came
          """)
  void aBodyOfAnotherTypeIsRefusedWithTheTypesThatAreTaken(String type, String received)
      throws Exception {
    HttpResponse<String> response = post(type, "{}");
    assertThat(response.statusCode()).isEqualTo(415);
    assertThat(response.body())
        .contains("\"code\":\"UNSUPPORTED_MEDIA_TYPE\"")
        .contains(
            "The body must be application/json in UTF-8, but %s. Send the header Content-Type: application/json"
                .formatted(received));
  }

  @ParameterizedTest
  @CsvSource({"10001", "2000000"})
  void aBodyThatIsTooLargeIsRefused(int length) throws Exception {
    HttpResponse<String> response = post("application/json", "x".repeat(length));
    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(response.body())
        .contains("\"code\":\"TOO_LARGE\"")
        .contains(
            "The body is larger than 10,000 bytes. Send less at a time, or raise the setting http.bodyBytesMax");
  }

  @ParameterizedTest
  @CsvSource({"10001", "2000000"})
  void aBodyInChunksThatIsTooLargeIsRefused(int length) throws Exception {
    byte[] body = bytes("x".repeat(length));
    HttpResponse<String> response =
        http.send(
            http.to("/api/orders")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.fromPublisher(BodyPublishers.ofByteArrays(List.of(body)))));
    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(response.body()).contains("\"code\":\"TOO_LARGE\"");
  }

  @Test
  void aBodyOfManyTimesTheBoundIsRefusedBeforeItIsSent() throws Exception {
    try (Socket socket = http.socket()) {
      write(
          socket,
          "POST /api/orders HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9999999999\r\n\r\n");
      assertThat(readAll(socket.getInputStream()))
          .startsWith("HTTP/1.1 413 ")
          .contains("\"code\":\"TOO_LARGE\"");
    }
  }

  @Test
  void aConnectionIsKeptAfterARefusalThatLeftTheBodyUnread() throws Exception {
    String post =
        "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
    String answers =
        http.raw(
            post + post + "GET /api/orders/7 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assertThat(answers.split("HTTP/1.1 404 ", -1)).hasSize(3);
    assertThat(answers).endsWith("order 7");
  }

  @Test
  void aClientThatAsksFirstIsToldToGoOn() throws Exception {
    try (Socket socket = http.socket()) {
      write(
          socket,
          lines(
              "POST /api/orders HTTP/1.1",
              "Host: x",
              "Connection: close",
              "Content-Type: application/json",
              "Content-Length: 2",
              "Expect: 100-continue",
              ""));
      assertThat(readUntil(socket.getInputStream(), "\r\n\r\n"))
          .isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
      write(socket, "{}");
      assertThat(readAll(socket.getInputStream()))
          .startsWith("HTTP/1.1 200 ")
          .endsWith("created {}");
    }
  }

  @Test
  void aClientThatAsksFirstIsRefusedBeforeItSendsTheBody() throws Exception {
    try (Socket socket = http.socket()) {
      write(
          socket,
          lines(
              "POST /api/orders HTTP/1.1",
              "Host: x",
              "Content-Type: text/plain",
              "Content-Length: 2",
              "Expect: 100-continue",
              ""));
      assertThat(readAll(socket.getInputStream()))
          .startsWith("HTTP/1.1 415 ")
          .contains("\r\nConnection: close\r\n");
    }
  }

  @Test
  void aConnectionIsClosedWhenItsClientSaysSo() throws Exception {
    assertThat(http.raw("GET /api/orders/7 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .endsWith("order 7");
  }

  @Test
  void requestsInAPipelineAreAnsweredInOrder() throws Exception {
    String get = "GET /api/orders/%d HTTP/1.1\r\nHost: x\r\n%s\r\n";
    String answers =
        http.raw(
            get.formatted(1, "")
                + get.formatted(2, "")
                + get.formatted(3, "Connection: close\r\n"));
    assertThat(answers).containsSubsequence("order 1", "order 2", "order 3");
  }

  @Test
  void routesCanBeReplacedWhileTheServerRuns() throws Exception {
    try (HttpFixture own = new HttpFixture(Routes.builder().get("/old", request -> text("old")))) {
      assertThat(own.get("/old").body()).isEqualTo("old");
      own.server().routes(Routes.builder().get("/new", request -> text("new")).build());
      assertThat(own.get("/new").body()).isEqualTo("new");
      assertThat(own.get("/old").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void speaksHttp2WithoutTls() throws Exception {
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
      HttpResponse<String> first =
          client.send(http.to("/api/orders/7?a=%25").build(), BodyHandlers.ofString());
      assertThat(first.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(first.body()).isEqualTo("order 7");
      HttpResponse<String> created =
          client.send(
              http.to("/api/orders")
                  .header("Content-Type", "application/json")
                  .POST(BodyPublishers.ofString("{}"))
                  .build(),
              BodyHandlers.ofString());
      assertThat(created.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(created.body()).isEqualTo("created {}");
      HttpResponse<String> tooLarge =
          client.send(
              http.to("/api/orders")
                  .header("Content-Type", "application/json")
                  .POST(BodyPublishers.ofString("x".repeat(20_000)))
                  .build(),
              BodyHandlers.ofString());
      assertThat(tooLarge.statusCode()).isEqualTo(413);
      assertThat(tooLarge.body()).contains("\"code\":\"TOO_LARGE\"");
      HttpResponse<String> bug = client.send(http.to("/bug").build(), BodyHandlers.ofString());
      assertThat(bug.statusCode()).isEqualTo(500);
      HttpResponse<String> head =
          client.send(http.to("/api/orders/7").HEAD().build(), BodyHandlers.ofString());
      assertThat(head.statusCode()).isEqualTo(200);
      assertThat(value(head, "content-length")).isEqualTo("7");
      HttpResponse<String> unchanged =
          client.send(http.to("/unchanged").build(), BodyHandlers.ofString());
      assertThat(unchanged.statusCode()).isEqualTo(304);
    }
  }

  @Test
  void aThousandRequestsAtATimeAreAllAnswered() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      answers.add(
          http.client().sendAsync(http.to("/api/orders/" + i).build(), BodyHandlers.ofString()));
    }
    for (int i = 0; i < 1_000; i++) {
      assertThat(answers.get(i).get(Patience.SECONDS, TimeUnit.SECONDS).body())
          .isEqualTo("order " + i);
    }
  }

  @Test
  void beyondTheQueueRequestsAreRefusedAtOnceAndTheConnectionIsKept() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    HttpSettings one =
        HttpFixture.settings(
            "127.0.0.1", 0, 10_000, 4_096, 1_024, 1, 0, 1_000, 100, 60, 30, 60, 10, "");
    try (HttpFixture own =
        new HttpFixture(
            one,
            Routes.builder()
                .get("/slow", request -> waitFor(entered, release))
                .get("/fast", request -> text("fast")))) {
      CompletableFuture<HttpResponse<String>> slow =
          own.client().sendAsync(own.to("/slow").build(), BodyHandlers.ofString());
      assertThat(entered.await(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
      HttpResponse<String> refused = own.get("/fast");
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(value(refused, "Retry-After")).isEqualTo("1");
      assertThat(value(refused, "Connection")).isEqualTo("(none)");
      assertThat(refused.body())
          .contains("\"code\":\"OVERLOADED\"")
          .contains("Too many requests at a time. Try again in a moment");
      release.countDown();
      assertThat(slow.get(Patience.SECONDS, TimeUnit.SECONDS).body()).isEqualTo("slow");
      // its place is free a moment after its answer is there
      Patience.until("there is room again", () -> isFast(own));
    }
  }

  private static boolean isFast(HttpFixture own) {
    try {
      return own.get("/fast").body().equals("fast");
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static Answer waitFor(CountDownLatch entered, CountDownLatch release) {
    entered.countDown();
    try {
      release.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return text("slow");
  }

  @Test
  void aStopFinishesWhatWasAccepted() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    HttpFixture own =
        new HttpFixture(Routes.builder().get("/slow", request -> waitFor(entered, release)));
    try (Socket socket = own.socket()) {
      write(socket, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(entered.await(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
      CompletableFuture<Void> stopped = CompletableFuture.runAsync(own.server()::stop);
      // the listener is closed first; only then does the handler go on
      Patience.until("nobody listens", () -> !isListening(own));
      release.countDown();
      assertThat(readAll(socket.getInputStream()))
          .startsWith("HTTP/1.1 200 ")
          .contains("\r\nConnection: close\r\n")
          .endsWith("slow");
      stopped.get(Patience.SECONDS, TimeUnit.SECONDS);
    }
    own.client().close();
  }

  private static boolean isListening(HttpFixture own) {
    try (Socket socket = own.socket()) {
      // accepted until the listener is closed; whichever end closes first
      socket.setSoTimeout(100);
      socket.getInputStream().read();
      return true;
    } catch (ConnectException refused) {
      return false;
    } catch (IOException accepted) {
      return true;
    }
  }

  @Test
  void aStopClosesIdleConnectionsAtOnce() throws Exception {
    HttpFixture own = new HttpFixture(Routes.builder().get("/fast", request -> text("fast")));
    try (Socket socket = own.socket()) {
      write(socket, "GET /fast HTTP/1.1\r\nHost: x\r\n\r\n");
      readUntil(socket.getInputStream(), "fast");
      long start = System.nanoTime();
      own.server().stop();
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isLessThan(Duration.ofSeconds(HttpFixture.GRACE_SECONDS / 2));
    }
    own.client().close();
  }

  @Test
  void aPortThatIsTakenIsReported() {
    HttpSettings same =
        HttpFixture.settings(
            "127.0.0.1",
            http.server().port(),
            10_000,
            4_096,
            1_024,
            1,
            0,
            1_000,
            100,
            60,
            30,
            60,
            10,
            "");
    assertThatThrownBy(() -> new HttpFixture(same, Routes.builder()))
        .isInstanceOf(HttpServer.CannotListen.class)
        .hasMessage(
            "Cannot listen on 127.0.0.1:%d: Address already in use. Choose another with --host and --port, or with the settings http.host and http.port"
                .formatted(http.server().port()));
  }

  private static final int DROP_MILLIS = 150;

  private static HttpSettings impatient() {
    return HttpFixture.settings(
        "127.0.0.1", 0, 10_000, 4_096, 1_024, 8, 64, 1_000, 100, 1, 1, 1, 10, "");
  }

  @ParameterizedTest
  @CsvSource({
    "'GET /fast'",
    "'GET /fast HTTP/1.1\r\nHost: x\r\n'",
    "'POST /body HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n'",
    "'POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n'",
    "'POST /body HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n'",
  })
  void aClientThatDripsItsRequestIsCutOff(String start) throws Exception {
    try (HttpFixture own =
            new HttpFixture(
                impatient(),
                Routes.builder()
                    .post("/body", request -> text(utf8(request.body("application/json")))));
        Socket socket = own.socket()) {
      write(socket, start);
      // a drop now and then would keep a mere read timeout from ever passing
      CompletableFuture<Boolean> drip = CompletableFuture.supplyAsync(() -> isCutOff(socket));
      readToTheEnd(socket);
      assertThat(drip.get(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({"''", "P", "PR", "PRI * HT"})
  void aClientThatSaysNothingIsCutOff(String start) throws Exception {
    try (HttpFixture own = new HttpFixture(impatient(), Routes.builder());
        Socket socket = own.socket()) {
      write(socket, start);
      readToTheEnd(socket);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "P",
        "PROXY TCP4 192.0.2.7 ",
        "\r\n\r\n\0\r\nQUIT\n!",
        "PROXY UNKNOWN\r\n",
        "PROXY TCP4 192.0.2.7 192.0.2.1 4711 443\r\nGE"
      })
  void aProxyThatSaysNothingOrHalfIsCutOff(String start) throws Exception {
    HttpSettings behindProxy =
        SettingRecords.changed(
            impatient(), Map.of("trustedProxies", List.of("127.0.0.1"), "proxyProtocol", true));
    try (HttpFixture own = new HttpFixture(behindProxy, Routes.builder());
        Socket socket = own.socket()) {
      write(socket, start);
      readToTheEnd(socket);
    }
  }

  /// Sends a drop now and then for as long as they are taken.
  private static boolean isCutOff(Socket socket) {
    for (int i = 0; i < Patience.MILLIS / DROP_MILLIS; i++) {
      try {
        write(socket, i % 2 == 0 ? "a" : ":");
        Thread.sleep(DROP_MILLIS);
      } catch (IOException cutOff) {
        return true;
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    return false;
  }

  private static void readToTheEnd(Socket socket) {
    try {
      readAll(socket.getInputStream());
    } catch (SocketTimeoutException e) {
      throw new AssertionError("The connection is still open", e);
    } catch (IOException e) {
      // a reset is an end as well
    }
  }

  @Test
  void aClientThatDoesNotTakeItsAnswerIsCutOffAndHoldsNoPlace() throws Exception {
    AtomicInteger answered = new AtomicInteger();
    byte[] large = new byte[16 * 1024 * 1024];
    try (HttpFixture own =
        new HttpFixture(
            impatient(),
            Routes.builder()
                .get(
                    "/large",
                    request -> {
                      answered.incrementAndGet();
                      return Answer.bytes(200, "application/octet-stream", large);
                    })
                .get("/fast", request -> text("fast")))) {
      List<Socket> sockets = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        Socket socket = own.socket();
        write(socket, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
        sockets.add(socket);
      }
      // twice as many as may be handled at a time, and still there is room
      while (answered.get() < 16) {
        assertThat(own.get("/fast").body()).isEqualTo("fast");
      }
      // nothing is taken until the deadline has passed
      for (Socket socket : sockets) {
        assertThat(isCutOff(socket)).isTrue();
        assertThat(bytesLeft(socket)).isLessThan(large.length);
        socket.close();
      }
    }
  }

  private static long bytesLeft(Socket socket) {
    try {
      return socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // a reset: what was under way is gone
      return 0;
    }
  }
}
