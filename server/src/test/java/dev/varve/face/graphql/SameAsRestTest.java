package dev.varve.face.graphql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import dev.varve.schema.EnumType;
import dev.varve.schema.Field;
import dev.varve.schema.GraphQlNames;
import dev.varve.schema.Model;
import dev.varve.schema.RelationType;
import dev.varve.schema.ScalarType;
import dev.varve.schema.Schema;
import dev.varve.schema.ValueType;
import dev.varve.schema.sdl.Schemas;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// GraphQL shows the records and the fields that REST shows, one by one and in lists, now and as of any position:
/// whatever the rules hide is hidden on both.
class SameAsRestTest {
  private static final String SCHEMA =
      """
      type Room @model @auth(rules: [
          {allow: where, when: "record.open == true", operations: [READ]},
          {allow: public, operations: [CREATE, UPDATE, DELETE]}]) {
        name: String!
        open: Boolean!
        size: Int
        code: String @auth(rules: [{allow: where, when: "record.size > 5"}])
        tint: Tint
        place: Place
        guests: [Guest!]! @hasMany(by: "room")
      }

      type Guest @model @auth(rules: [
          {allow: where, when: "record.room.open == true || record.vip == true", operations: [READ]},
          {allow: public, operations: [CREATE, UPDATE, DELETE]}]) {
        name: String!
        vip: Boolean!
        room: Room @auth(rules: [{allow: where, when: "record.vip == false"}])
        paid: Decimal @scale(digits: 2)
        since: DateTime
        tags: [String!]! @default(value: [])
      }

      type Place { floor: Int! side: String }

      enum Tint { RED BLUE }
      """;
  private static final int ROUNDS = 120;

  private static TestServer server;
  private static final Schema PARSED = Schemas.parse(SCHEMA);
  // those that come with every schema are for callers who have signed in
  private static final List<Model> MODELS =
      PARSED.models().stream().filter(model -> !model.builtIn()).toList();

  @BeforeAll
  static void start() {
    server = TestServer.start(SCHEMA);
    Random random = new Random(4);
    for (int i = 0; i < ROUNDS; i++) {
      change(random);
    }
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /// Some record of eight in each model is made, changed or removed; many attempts are refused.
  private static void change(Random random) {
    String id = "r" + random.nextInt(8);
    boolean room = random.nextBoolean();
    String path = (room ? "/api/rooms" : "/api/guests");
    String body =
        room
            ? "{'id':'%s','name':'R%d','open':%b,'size':%s,'code':'c%d','tint':%s,'place':%s}"
                .formatted(
                    id,
                    random.nextInt(9),
                    random.nextInt(3) > 0,
                    random.nextBoolean() ? random.nextInt(10) : "null",
                    random.nextInt(9),
                    random.nextBoolean() ? "'RED'" : "null",
                    random.nextBoolean() ? "{'floor':2}" : "null")
            : "{'id':'%s','name':'G%d','vip':%b,'room':%s,'paid':'%d.5','since':'2026-01-0%dT00:00:00Z','tags':['a']}"
                .formatted(
                    id,
                    random.nextInt(9),
                    random.nextBoolean(),
                    random.nextInt(4) > 0 ? "'r%d'".formatted(random.nextInt(8)) : "null",
                    random.nextInt(99),
                    1 + random.nextInt(9));
    String json = body.replace('\'', '"');
    switch (random.nextInt(4)) {
      case 0 -> server.send("DELETE", path + "/" + id, Map.of(), "");
      case 1 -> server.send("PUT", path + "/" + id, Map.of(), json);
      default -> server.send("POST", path, Map.of(), json);
    }
  }

  /// Every field, with the id alone of a record that is referred to.
  private static String fields(List<Field> fields) {
    return fields.stream()
        .map(field ->
            switch (field.type()) {
              case ScalarType _, EnumType _ -> field.name();
              case RelationType _ -> field.name() + " { id }";
              case ValueType type -> field.name() + " { " + fields(type.fields()) + " }";
            })
        .collect(Collectors.joining(" "));
  }

  /// What REST shows, in the form of GraphQL: what is hidden is null there.
  private static @Nullable Object expected(Model model, @Nullable Object rest) {
    if (!(rest instanceof Map<?, ?> members)) {
      return null;
    }
    Map<String, @Nullable Object> shown = new LinkedHashMap<>();
    for (Field field : model.fields()) {
      shown.put(field.name(), members.get(field.name()));
    }
    return shown;
  }

  private static String asOf(long position) {
    return "query @asOf(at: 'position:%d') ".formatted(position);
  }

  private static Map<?, ?> data(String document) {
    Reply reply = Scenario.ask(server, document);
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    return (Map<?, ?>) Scenario.at(reply.json(), "data");
  }

  @Test
  void oneByOneAtEveryPosition() {
    for (long position = 1; position <= server.position(); position += 7) {
      for (Model model : MODELS) {
        for (int i = 0; i < 8; i++) {
          Reply rest =
              server.get(
                  "/api/%s/r%d?asOf=position:%d%s"
                      .formatted(model.path(), i, position, expansions(model)));
          Object shown = rest.status() == 200 ? rest.json() : null;
          String one = GraphQlNames.one(model);
          Object given =
              data("%s{ %s(id: 'r%d') { %s } }"
                      .formatted(asOf(position), one, i, fields(model.fields())))
                  .get(one);
          assertThat(given)
              .as("%s r%d at %d", model.name(), i, position)
              .isEqualTo(expected(model, onlyIds(model, shown)));
        }
      }
    }
  }

  private static String expansions(Model model) {
    String relations =
        model.fields().stream()
            .filter(field -> field.relation().isPresent())
            .map(Field::name)
            .collect(Collectors.joining(","));
    return relations.isEmpty() ? "" : "&expand=" + relations;
  }

  /// Of a record that is given along, the id alone.
  private static @Nullable Object onlyIds(Model model, @Nullable Object rest) {
    if (!(rest instanceof Map<?, ?> members)) {
      return null;
    }
    Map<String, @Nullable Object> narrowed = new LinkedHashMap<>();
    members.forEach((name, value) -> {
      Field field = model.fieldOrNull(String.valueOf(name));
      boolean relation = field != null && field.relation().isPresent();
      narrowed.put(
          String.valueOf(name),
          relation && value instanceof Map<?, ?> related
              ? Map.of("id", String.valueOf(related.get("id")))
              : value);
    });
    return narrowed;
  }

  @Test
  void inListsAndThroughRelationsNow() {
    for (Model model : MODELS) {
      Reply rest = server.get("/api/%s?limit=100%s".formatted(model.path(), expansions(model)));
      List<@Nullable Object> expected = new ArrayList<>();
      for (Object item : Scenario.list(rest.json(), "items")) {
        expected.add(expected(model, onlyIds(model, item)));
      }
      Object given =
          data("{ %s(limit: 100) { %s } }".formatted(model.plural(), fields(model.fields())))
              .get(model.plural());
      assertThat(given).as(model.name()).isEqualTo(expected);
      assertThat(expected).isNotEmpty();
    }
  }

  @Test
  void toManyRelationsGiveTheSameRecords() {
    Reply rest = server.get("/api/rooms?limit=100&expand=guests&fields=id,guests.id");
    List<Object> expected = new ArrayList<>();
    for (Object item : Scenario.list(rest.json(), "items")) {
      expected.add(item);
    }
    assertThat(data("{ rooms(limit: 100) { id guests(limit: 100) { id } } }").get("rooms"))
        .isEqualTo(expected);
    assertThat(rest.text()).contains("\"guests\":[{");
  }
}
