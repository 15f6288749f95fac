package dev.varve.face.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Json;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Texts and e-mail addresses that are the same in another case, with other accents, or composed otherwise: over HTTP.
class TextMatchingTest {
  private static final String SCHEMA =
      """
      # names are folded in columns of their own, nicks and streets by a function
      type Person @model
        @index(fields: ["name"], ignoreCase: true)
        @index(fields: ["name"], ignoreAccents: true)
        @auth(rules: [{allow: public}]) {
        name: String
        nick: String
        email: Email @unique(ignoreCase: true)
        home: Home
        age: Int
        boss: Person @relation(onDelete: SET_NULL)
      }
      type Subscriber @model @auth(rules: [{allow: public}]) {
        email: Email! @unique
      }
      type Home { street: String }
      """;

  private TestServer server;

  @BeforeEach
  void start() {
    server = TestServer.start(SCHEMA);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Reply create(String path, String id, Map<String, Object> values) {
    Map<String, Object> body = new LinkedHashMap<>(values);
    body.put("id", id);
    return server.send("POST", path, Map.of(), json(body));
  }

  private void person(String id, Map<String, Object> values) {
    assertThat(create("/api/people", id, values).status()).isEqualTo(201);
  }

  private static String json(Object value) {
    return new String(
        Json.bytes(generator -> Json.write(generator, value)), StandardCharsets.UTF_8);
  }

  private List<String> ids(String path, String... parameters) {
    List<String> pairs = new ArrayList<>();
    for (int i = 0; i < parameters.length; i += 2) {
      pairs.add(encoded(parameters[i]) + "=" + encoded(parameters[i + 1]));
    }
    Reply reply = server.get(path + "?" + String.join("&", pairs));
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    return ids(reply, "items");
  }

  /// The ids of the records in a list, down the path of names.
  private static List<String> ids(Reply reply, String... path) {
    Object found = reply.json();
    for (String name : path) {
      found = member(found, name);
    }
    return found instanceof List<?> items
        ? items.stream().map(item -> String.valueOf(member(item, "id"))).toList()
        : List.of();
  }

  private static @Nullable Object member(@Nullable Object json, String name) {
    return json instanceof Map<?, ?> members ? members.get(name) : null;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private List<String> people(String document) {
    Reply reply = server.send("POST", "/graphql", Map.of(), json(Map.of("query", document)));
    assertThat(reply.text()).doesNotContain("errors");
    return ids(reply, "data", "people");
  }

  @Test
  void threeSpellingsOfOneAddressAreOneWhereCaseIsIgnored() {
    person("bob", Map.of("email", "bob@example.com"));

    for (String spelling : List.of("Bob@Example.com", "BOB@EXAMPLE.COM", "bob@example.com")) {
      Reply refused = create("/api/people", "other", Map.of("email", spelling));
      assertThat(refused.status()).as(spelling).isEqualTo(409);
      assertThat(refused.text()).contains("\"field\":\"email\"", "is taken");
      assertThat(ids("/api/people", "email[eqIgnoreCase]", spelling)).containsExactly("bob");
      assertThat(ids("/api/people", "email[inIgnoreCase]", "x@y.ch," + spelling))
          .containsExactly("bob");
    }
    assertThat(ids("/api/people", "email", "bob@EXAMPLE.com")).containsExactly("bob");
    assertThat(ids("/api/people", "email", "Bob@example.com")).isEmpty();
  }

  @Test
  void anAddressFreesItsSpellingsWhenItChanges() {
    person("bob", Map.of("email", "bob@example.com"));
    Reply batch =
        server.send(
            "POST",
            "/api/batch",
            Map.of(),
            """
            {"operations": [
              {"method": "PATCH", "path": "/api/people/bob", "body": {"email": "rob@example.com"}},
              {"method": "POST", "path": "/api/people", "body": {"id": "new", "email": "BOB@example.com"}}]}
            """);
    assertThat(batch.status()).as(batch.text()).isEqualTo(200);
    Reply again =
        server.send("PATCH", "/api/people/new", Map.of(), "{\"email\": \"Bob@example.com\"}");
    assertThat(again.status()).as("its own, in another case").isEqualTo(200);
    assertThat(create("/api/people", "x", Map.of("email", "ROB@example.com")).status())
        .isEqualTo(409);
  }

  @Test
  void theDomainOfAnAddressIsTheSameInEveryCase() {
    Reply created = create("/api/subscribers", "a", Map.of("email", "Bob@Example.COM"));
    assertThat(created.status()).isEqualTo(201);
    assertThat(created.text()).contains("\"email\":\"Bob@example.com\"");
    assertThat(create("/api/subscribers", "x", Map.of("email", "Bob@EXAMPLE.com")).status())
        .isEqualTo(409);
    assertThat(create("/api/subscribers", "b", Map.of("email", "bob@example.com")).status())
        .as("another local part")
        .isEqualTo(201);

    String path = "/api/subscribers";
    assertThat(ids(path, "email", "Bob@eXAMPLE.com")).containsExactly("a");
    assertThat(ids(path, "email[in]", "Bob@EXAMPLE.com,bob@EXAMPLE.com")).containsExactly("a", "b");
    assertThat(ids(path, "email[endsWith]", "Example.com")).containsExactly("a", "b");
    assertThat(ids(path, "email[endsWith]", "ob@Example.com")).containsExactly("a", "b");
    assertThat(ids(path, "email[startsWith]", "Bob@EX")).containsExactly("a");
    assertThat(ids(path, "filter", "email == 'Bob@EXAMPLE.COM'")).containsExactly("a");
    assertThat(ids(path, "email[startsWithIgnoreCase]", "BOB@")).containsExactly("a", "b");
  }

  @ParameterizedTest
  @CsvSource({
    // stored, asked for, without regard to case, and to accents
    "Straße, STRASSE, true, true",
    "STRAẞE, strasse, true, true",
    "Diyarbakır, DIYARBAKIR, false, false",
    "İzmir, izmir, false, true",
    "Ὀδυσσεύς, ὈΔΥΣΣΕΎΣ, true, true",
    "ΟΔΥΣΣΕΥΣ, οδυσσευς, true, true",
    "Zoë, zoë, true, true",
    "Zoë, ZOË, true, true",
    "Zoë, zoe, false, true",
    "Ångström, angstrom, false, true",
    "Łódź, lodz, false, false",
    "が, か, false, false",
  })
  void textsAreTheSameAsUnicodeSays(
      String stored, String asked, boolean inCase, boolean inAccents) {
    person("p", Map.of("name", stored, "nick", stored, "home", Map.of("street", stored)));
    long then = server.position();
    person("p2", Map.of("name", "another", "boss", "p"));
    server.send(
        "PATCH", "/api/people/p", Map.of(), "{\"name\": \"x\", \"nick\": \"x\", \"home\": null}");
    String moment = "position:" + then;

    for (String way : List.of("eq", "in", "contains", "startsWith", "endsWith")) {
      for (String field : List.of("name", "nick", "home.street")) {
        String ignoreCase = "%s[%sIgnoreCase]".formatted(field, way);
        String ignoreAccents = "%s[%sIgnoreAccents]".formatted(field, way);
        assertThat(ids("/api/people", ignoreCase, asked, "asOf", moment))
            .as(ignoreCase)
            .isEqualTo(inCase ? List.of("p") : List.of());
        assertThat(ids("/api/people", ignoreAccents, asked, "asOf", moment))
            .as(ignoreAccents)
            .isEqualTo(inAccents ? List.of("p") : List.of());
        assertThat(ids("/api/people", ignoreAccents, asked)).as("now").isEmpty();
      }
    }
    server.send("PATCH", "/api/people/p", Map.of(), json(Map.of("name", stored)));
    List<String> both = inCase ? List.of("p") : List.of();
    assertThat(ids("/api/people", "name[eqIgnoreCase]", asked)).isEqualTo(both);
    assertThat(ids("/api/people", "filter", "name.foldCase() == '%s'.foldCase()".formatted(asked)))
        .isEqualTo(both);
    assertThat(ids("/api/people", "boss.name[eqIgnoreCase]", asked))
        .isEqualTo(inCase ? List.of("p2") : List.of());
    assertThat(people("{ people(where: {name: {eqIgnoreCase: \"%s\"}}) { id } }".formatted(asked)))
        .isEqualTo(both);
    assertThat(
            people(
                "{ people(where: {name: {inIgnoreAccents: [\"%s\"]}}) { id } }".formatted(asked)))
        .isEqualTo(inAccents ? List.of("p") : List.of());
  }

  @Test
  void listsAreSortedWithoutRegardToCaseFromPageToPage() {
    List<String> names = List.of("bert", "Ärger", "anna", "Zoe", "Anna", "ärger", "ÉMILE");
    for (int i = 0; i < names.size(); i++) {
      person("p" + i, Map.of("name", names.get(i)));
    }
    person("p9", Map.of());

    assertThat(pages("sort=name[ignoreCase]"))
        .containsExactly("p9", "p2", "p4", "p0", "p3", "p1", "p5", "p6");
    assertThat(pages("sort=-name[ignoreAccents]"))
        .containsExactly("p3", "p6", "p0", "p5", "p1", "p4", "p2", "p9");
    assertThat(pages("sort=-nick[ignoreCase],name[ignoreCase]"))
        .as("no index")
        .containsExactly("p9", "p2", "p4", "p0", "p3", "p1", "p5", "p6");
    assertThat(pages("sort=name[ignoreCase]&asOf=position:3")).containsExactly("p2", "p0", "p1");
    assertThat(people("{ people(orderBy: [{name: DESC_IGNORE_ACCENTS}], limit: 3) { id } }"))
        .containsExactly("p3", "p6", "p0");
  }

  /// The ids of all pages of two records each.
  private List<String> pages(String query) {
    List<String> ids = new ArrayList<>();
    String cursor = "";
    do {
      Reply reply =
          server.get(
              "/api/people?limit=2&"
                  + query.replace("[", "%5B").replace("]", "%5D")
                  + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
      assertThat(reply.status()).as(reply.text()).isEqualTo(200);
      ids.addAll(ids(reply, "items"));
      Object next = member(reply.json(), "nextCursor");
      cursor = next == null ? "" : next.toString();
    } while (!cursor.isEmpty());
    return ids;
  }

  @Test
  void whatHasNoCaseIsNamed() {
    assertThat(server.get("/api/people?age%5BeqIgnoreCase%5D=1").text())
        .contains("age is an Int: only text has case and accents");
    assertThat(server.get("/api/people?sort=age%5BignoreCase%5D").text())
        .contains("'age' is of type Int: only text can be sorted without regard to case");
    assertThat(
            server
                .send(
                    "POST",
                    "/graphql",
                    Map.of(),
                    json(Map.of("query", "{ people(orderBy: [{age: ASC_IGNORE_CASE}]) { id } }")))
                .text())
        .contains("'age' is of type Int: only text can be sorted without regard to case");
  }
}
