package dev.varve.face.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/// Records as large as they may be: no request makes the server hold many of them at once.
@Order(1)
final class LargeRecordsTest {
  private static final String SCHEMA =
      """
      type Shelf @model @auth(rules: [{allow: public}]) {
        name: String!
        books: [Book!]! @hasMany(by: "shelf")
      }
      type Book @model @auth(rules: [{allow: public}]) {
        shelf: Shelf! @relation(onDelete: CASCADE)
        a: String b: String c: String d: String e: String f: String g: String h: String i: String
      }
      """;
  private static final int BOOKS = 36;
  private static final String TEXT = "x".repeat(1_000_000);
  private static TestServer server;

  @BeforeAll
  static void fill() {
    server = TestServer.start(SCHEMA);
    require(201, post("/api/shelves", "{\"id\": \"s\", \"name\": \"large\"}"));
    for (int i = 0; i < BOOKS; i++) {
      require(201, post("/api/books", book("b%02d".formatted(i), TEXT)));
    }
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void aPageOfLargeRecordsEndsEarlyAndTheNextOnesGiveTheRest() {
    List<Object> ids = new ArrayList<>();
    int pages = 0;
    for (String cursor = ""; cursor != null; pages++) {
      Map<?, ?> page = json(server.get("/api/books?limit=500&sort=id" + cursor));
      List<?> items = items(page);
      assertThat(items).hasSizeBetween(1, 17);
      items.forEach(item -> ids.add(((Map<?, ?>) item).get("id")));
      Object next = page.get("nextCursor");
      cursor = next == null ? null : "&cursor=" + next;
    }
    assertThat(ids).hasSize(BOOKS).isSorted().doesNotHaveDuplicates();
    assertThat(pages).isEqualTo(3);
  }

  @Test
  void whatOnlyNamesLargeRecordsGivesAllOfThem() {
    Map<?, ?> page = json(server.get("/api/books?limit=500&fields=id"));
    assertThat(items(page)).hasSize(BOOKS);
    assertThat(page.get("nextCursor")).isNull();
  }

  @Test
  void expansionsThatGiveTooMuchAreRefused() {
    Reply reply = server.get("/api/shelves/s?expand=books");
    assertThat(reply.status()).isEqualTo(413);
    assertThat(reply.text())
        .contains(
            "TOO_LARGE",
            "The request needs more memory than the 67,108,864 bytes that one may have. "
                + "Send less, or ask for fewer records or fields, at a time");
    assertThat(server.get("/api/shelves/s?expand=books&fields=name,books.id").status())
        .isEqualTo(200);
  }

  @Test
  void fieldsOfOneGraphQlOperationShareWhatAnAnswerMayTake() {
    String page = "books(limit: 20) { id a }";
    Reply one = graphql("{ " + page + " }");
    assertThat(one.status()).isEqualTo(200);
    assertThat(one.text()).doesNotContain("\"errors\"");
    Reply three = graphql("{ one: %s two: %s three: %s }".formatted(page, page, page));
    assertThat(three.text()).contains("\"errors\"", "The request needs more memory than");
  }

  @Test
  void aRecordThatGrowsTooLargeIsRefusedAndStaysAsItWas() {
    require(201, post("/api/books", book("grows", "short")));
    for (String field : List.of("b", "c", "d", "e", "f", "g", "h", "i")) {
      require(200, patch("/api/books/grows", field));
    }
    Reply last = patch("/api/books/grows", "a");
    assertThat(last.status()).isEqualTo(413);
    assertThat(last.text())
        .contains(
            "TOO_LARGE",
            "The Book 'grows' would be larger than 8 MiB: keep large texts in records of their own");
    assertThat(server.get("/api/books/grows?fields=a,version").text())
        .isEqualTo("{\"a\":\"short\",\"version\":9}");
    assertThat(server.send("DELETE", "/api/books/grows", Map.of(), "").status()).isEqualTo(204);
  }

  @Test
  void aUnitThatChangesTooMuchIsRefusedAsAWhole() {
    long before = server.position();
    List<String> operations = new ArrayList<>();
    for (int i = 0; i < BOOKS; i++) {
      operations.add(
          "{\"method\": \"PATCH\", \"path\": \"/api/books/b%02d\", \"body\": {\"b\": \"short\"}}"
              .formatted(i));
    }
    Reply reply =
        post("/api/batch", "{\"operations\": [%s]}".formatted(String.join(",", operations)));
    assertThat(reply.status()).isEqualTo(413);
    assertThat(reply.text()).contains("changes more than 64 MiB of records: split it");
    assertThat(server.position()).isEqualTo(before);
  }

  private static String book(String id, String text) {
    return "{\"id\": \"%s\", \"shelf\": \"s\", \"a\": \"%s\"}".formatted(id, text);
  }

  private static Reply post(String target, String body) {
    return server.send("POST", target, Map.of("Content-Type", "application/json"), body);
  }

  private static Reply patch(String target, String field) {
    return server.send(
        "PATCH",
        target,
        Map.of("Content-Type", "application/json"),
        "{\"%s\": \"%s\"}".formatted(field, TEXT));
  }

  private static Reply graphql(String document) {
    return post("/graphql", "{\"query\": \"%s\"}".formatted(document));
  }

  private static Map<?, ?> json(Reply reply) {
    assertThat(reply.status()).as(reply.text().substring(0, 20)).isEqualTo(200);
    return (Map<?, ?>) Objects.requireNonNull(reply.json());
  }

  private static List<?> items(Map<?, ?> page) {
    return (List<?>) Objects.requireNonNull(page.get("items"));
  }

  private static void require(int status, Reply reply) {
    assertThat(reply.status()).as(reply.text()).isEqualTo(status);
  }
}
