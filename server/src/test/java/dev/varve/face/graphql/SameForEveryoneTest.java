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
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// With rules for owners, teams and roles, everybody sees the same records and the same fields in GraphQL as in REST,
/// now and as of any position, and is told of exactly the changes that single reads before and after them show. What
/// happens is chosen at random: `-Dvarve.sameForEveryone.changes=2000 -Dvarve.sameForEveryone.seed=7` tries others.
class SameForEveryoneTest {
  private static final String SCHEMA =
      """
      type User @model @account
        @auth(rules: [
          {allow: owner, ownerField: "id", operations: [READ]},
          {allow: where, when: "record.shy == false", operations: [READ]},
          {allow: role, roles: ["admin"]}]) {
        name: String!
        shy: Boolean! @default(value: false)
        team: Team
        phone: String @auth(rules: [{allow: owner, operations: [READ]}, {allow: role, roles: ["admin", "staff"]}])
      }

      type Team @model
        @auth(rules: [
          {allow: authenticated, operations: [READ]},
          {allow: role, roles: ["admin"]}]) {
        name: String!
        motto: String @auth(rules: [{allow: where, when: "me.team == record.id"}, {allow: role, roles: ["admin"]}])
      }

      type Order @model
        @auth(rules: [
          {allow: owner, ownerField: "user"},
          {allow: where, when: "record.status == 'SHARED'", operations: [READ]},
          {allow: where, when: "record.user.team == me.team", operations: [READ]},
          {allow: role, roles: ["staff"], operations: [READ]},
          {allow: role, roles: ["admin"]}]) {
        user: User!
        status: Status! @default(value: "OPEN")
        total: Int @default(value: 0)
        note: String @auth(rules: [{allow: role, roles: ["staff", "admin"]}])
        priority: Int @auth(rules: [{allow: owner, operations: [READ]}, {allow: role, roles: ["admin"]}])
        lines: [Line!]! @hasMany(by: "order")
      }

      type Line @model
        @auth(rules: [
          {allow: where, when: "record.order.user == me.id", operations: [READ]},
          {allow: where, when: "record.order.status == 'SHARED' && record.order.total > 4", operations: [READ]},
          {allow: role, roles: ["admin"]}]) {
        order: Order! @relation(onDelete: CASCADE)
        text: String
      }

      enum Status { OPEN SHARED }
      """;
  private static final Schema PARSED = Schemas.parse(SCHEMA);
  private static final int CHANGES = Integer.getInteger("varve.sameForEveryone.changes", 80);
  private static final long SEED = Long.getLong("varve.sameForEveryone.seed", 11);
  private static final int IDS = 4;

  // the past does not change, nor do the accounts
  private static final Map<List<Object>, Shown> RESTS = new HashMap<>();

  private static final List<String> USERS = new ArrayList<>();

  private static TestServer server;
  private static Signed admin;
  private static Map<String, Map<String, String>> callers;
  private static List<Listener> listeners;
  private static long begun;

  /// One caller who listens to one model.
  private record Listener(String caller, Model model, SocketClient client) {}

  /// What a single read shows; absent when there is nothing that the caller sees.
  private record Shown(Optional<Map<?, ?>> record) {}

  @BeforeAll
  static void start() {
    server = TestServer.start(SCHEMA);
    admin = Signed.up(server, "root", List.of("admin"), Map.of("name", "Root"));
    write("POST", "/api/teams", "{'id':'t1','name':'One','motto':'we'}");
    write("POST", "/api/teams", "{'id':'t2','name':'Two','motto':'they'}");
    callers = new LinkedHashMap<>();
    callers.put("root", admin.headers());
    callers.put("nobody", Map.of());
    for (String name : List.of("ada", "bob", "eve")) {
      String team = name.equals("eve") ? "t2" : "t1";
      callers.put(
          name,
          Signed.up(
                  server,
                  name,
                  List.of(),
                  Map.of("name", name, "team", team, "phone", "1", "shy", name.equals("bob")))
              .headers());
    }
    callers.put("sam", Signed.up(server, "sam", List.of("staff"), Map.of("name", "sam")).headers());
    USERS.addAll(server.column("SELECT id FROM users ORDER BY id"));
    begun = server.position();
    listeners = new ArrayList<>();
    callers.forEach((caller, headers) -> listeners.addAll(listen(caller, headers, begun)));
    Random random = new Random(SEED);
    for (int i = 0; i < CHANGES; i++) {
      change(random);
    }
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Reply write(String method, String target, String body) {
    return server.send(method, target, admin.headers(), Scenario.quoted(body));
  }

  /// Some record is made, changed or removed; many attempts are refused.
  private static void change(Random random) {
    String id = Integer.toString(random.nextInt(IDS));
    boolean order = random.nextInt(3) > 0;
    String path = order ? "/api/orders" : "/api/lines";
    String body =
        order
            ? "'user':'%s','status':'%s','total':%d,'note':'n%d','priority':%d}"
                .formatted(
                    USERS.get(random.nextInt(USERS.size())),
                    random.nextInt(5) < 3 ? "SHARED" : "OPEN",
                    random.nextInt(9),
                    random.nextInt(3),
                    random.nextInt(3))
            : "'order':'%d','text':'x%d'}".formatted(random.nextInt(IDS), random.nextInt(3));
    switch (random.nextInt(12)) {
      case 0 -> write("DELETE", path + "/" + id, "");
      case 1, 2, 3, 4, 5, 6, 7 -> write("PATCH", path + "/" + id, "{" + body);
      default -> write("POST", path, "{'id':'" + id + "'," + body);
    }
  }

  private static List<Model> models() {
    return List.of(PARSED.require("Order"), PARSED.require("Line"));
  }

  private static List<Listener> listen(String caller, Map<String, String> headers, long after) {
    List<Listener> made = new ArrayList<>();
    for (Model model : models()) {
      SocketClient client = SocketClient.open(server, headers, true);
      client.say("{'type':'connection_init'}");
      assertThat(client.next()).isEqualTo("{'type':'connection_ack'}");
      client.subscribe(
          "s",
          "subscription { change: %s(after: '%d') { position operation id changed record { %s } } }"
              .formatted(GraphQlNames.changed(model), after, fields(wanted(caller, model))));
      made.add(new Listener(caller, model, client));
    }
    return made;
  }

  /// What the caller may ask for: without a relation to a model of which it may read nothing at all.
  private static List<Field> wanted(String caller, Model model) {
    return model.fields().stream()
        .filter(field ->
            !(caller.equals("nobody")
                && field.type() instanceof RelationType relation
                && relation.target().equals("Team")))
        .toList();
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

  /// What REST shows, in the form of GraphQL: null where something is hidden, of a related record the id alone.
  private static Shown rest(String caller, Model model, String id, long position) {
    String relations =
        wanted(caller, model).stream()
            .filter(field -> field.relation().isPresent())
            .map(Field::name)
            .collect(Collectors.joining(","));
    return shown(caller, model, id, position, relations.isEmpty() ? "" : "&expand=" + relations);
  }

  /// The same with the ids that the record itself holds.
  private static Shown stored(String caller, Model model, String id, long position) {
    return shown(caller, model, id, position, "");
  }

  private static Shown shown(String caller, Model model, String id, long position, String expand) {
    return RESTS.computeIfAbsent(
        List.of(caller, model.name(), id, position, expand),
        _ -> ask(caller, model, id, position, expand));
  }

  private static Shown ask(String caller, Model model, String id, long position, String expand) {
    Reply reply =
        server.send(
            "GET",
            "/api/%s/%s?asOf=position:%d%s".formatted(model.path(), id, position, expand),
            Objects.requireNonNull(callers.get(caller)),
            "");
    if (reply.status() != 200 || !(reply.json() instanceof Map<?, ?> members)) {
      assertThat(reply.status()).as(reply.text()).isIn(401, 403, 404);
      return new Shown(Optional.empty());
    }
    Map<String, @Nullable Object> shown = new LinkedHashMap<>();
    for (Field field : wanted(caller, model)) {
      Object value = members.get(field.name());
      shown.put(
          field.name(),
          field.relation().isPresent() && value instanceof Map<?, ?> related
              ? Map.of("id", Objects.requireNonNull(related.get("id")))
              : value);
    }
    return new Shown(Optional.of(shown));
  }

  private static Shown graphQl(String caller, Model model, String id, long position) {
    String one = GraphQlNames.one(model);
    String document =
        "query @asOf(at: 'position:%d') { %s(id: '%s') { %s } }"
            .formatted(position, one, id, fields(wanted(caller, model)));
    Map<String, String> headers = new LinkedHashMap<>(Objects.requireNonNull(callers.get(caller)));
    headers.put("Accept", AcceptHeader.GRAPHQL);
    Reply reply = Scenario.send(server, Map.of("query", Scenario.quoted(document)), headers);
    Object data = reply.json() instanceof Map<?, ?> answer ? answer.get("data") : null;
    return new Shown(
        data instanceof Map<?, ?> members && members.get(one) instanceof Map<?, ?> record
            ? Optional.of(record)
            : Optional.empty());
  }

  @Test
  void singleReadsAreTheSameNowAndAsOfAnyPosition() {
    int seen = 0;
    long step = Math.max(1, (server.position() - begun) / 3);
    for (long position = server.position(); position > begun; position -= step) {
      for (String caller : callers.keySet()) {
        for (Model model : PARSED.models()) {
          for (String id : ids(model)) {
            Shown rest = rest(caller, model, id, position);
            assertThat(graphQl(caller, model, id, position))
                .as("%s: %s %s at %d", caller, model.name(), id, position)
                .isEqualTo(rest);
            seen += rest.record().isPresent() ? 1 : 0;
          }
        }
      }
    }
    assertThat(seen).isGreaterThan(50);
  }

  private static List<String> ids(Model model) {
    if (model.account()) {
      return USERS;
    }
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < IDS; i++) {
      ids.add(Integer.toString(i));
    }
    return model.name().equals("Team") ? List.of("t1", "t2") : ids;
  }

  /// Everything that happened to the records of a model, as single reads of somebody who sees all of it tell.
  private record Happening(long position, String id, Shown before, Shown after) {}

  private static List<Happening> happenings(Model model) {
    List<Happening> happenings = new ArrayList<>();
    for (String id : ids(model)) {
      Shown before = new Shown(Optional.empty());
      for (long position = begun + 1; position <= server.position(); position++) {
        Shown after = rest("root", model, id, position);
        if (!version(after).equals(version(before))) {
          happenings.add(new Happening(position, id, before, after));
        }
        before = after;
      }
    }
    happenings.sort(Comparator.comparingLong(Happening::position));
    return happenings;
  }

  private static String version(Shown shown) {
    return shown.record().map(record -> String.valueOf(record.get("version"))).orElse("none");
  }

  @Test
  void everybodyIsToldWhatTheirSingleReadsShow() {
    Map<String, List<Happening>> happenings =
        models().stream().collect(Collectors.toMap(Model::name, SameForEveryoneTest::happenings));
    int told = 0;
    int gone = 0;
    List<Listener> all = new ArrayList<>(listeners);
    // and once more from the log
    callers.forEach((caller, headers) -> all.addAll(listen(caller, headers, begun)));
    write(
        "POST", "/api/orders", "{'id':'last','user':'%s','status':'SHARED'}".formatted(admin.id()));
    write(
        "POST",
        "/api/orders",
        "{'id':'last5','user':'%s','status':'SHARED','total':5}".formatted(admin.id()));
    write("POST", "/api/lines", "{'id':'last','order':'last5'}");
    for (Listener listener : all) {
      try (SocketClient _ = listener.client()) {
        for (Happening happening : happenings.getOrDefault(listener.model().name(), List.of())) {
          Optional<Map<String, @Nullable Object>> expected = expected(listener, happening);
          if (expected.isPresent()) {
            assertThat(change(listener))
                .as("%s: %s", listener.caller(), happening)
                .isEqualTo(expected.get());
            told++;
            gone += "GONE".equals(expected.get().get("operation")) ? 1 : 0;
          }
        }
        assertThat(Scenario.at(change(listener), "id").toString())
            .as("%s of %s", listener.caller(), listener.model().name())
            .startsWith("last");
      }
    }
    assertThat(told).isGreaterThan(100);
    assertThat(gone).isGreaterThan(5);
  }

  /// What comes next, without `changed`, which is looked at on its own.
  private static Map<?, ?> change(Listener listener) {
    Map<String, @Nullable Object> change = new LinkedHashMap<>();
    ((Map<?, ?>) Scenario.at(listener.client().data(), "change"))
        .forEach((name, value) -> change.put(String.valueOf(name), value));
    return change;
  }

  private static Optional<Map<String, @Nullable Object>> expected(
      Listener listener, Happening happening) {
    Model model = listener.model();
    Shown before = rest(listener.caller(), model, happening.id(), happening.position() - 1);
    Shown after = rest(listener.caller(), model, happening.id(), happening.position());
    if (before.record().isEmpty() && after.record().isEmpty()) {
      return Optional.empty();
    }
    boolean deleted = happening.after().record().isEmpty();
    Map<String, @Nullable Object> expected = new LinkedHashMap<>();
    expected.put("position", happening.position());
    expected.put("operation", operation(happening, after, deleted));
    expected.put("id", happening.id());
    expected.put("changed", changed(listener, happening));
    expected.put("record", after.record().orElse(null));
    return Optional.of(expected);
  }

  private static String operation(Happening happening, Shown after, boolean deleted) {
    if (deleted) {
      return "DELETE";
    }
    if (after.record().isEmpty()) {
      return "GONE";
    }
    if (happening.before().record().isPresent()) {
      return "UPDATE";
    }
    // nobody restores anything here
    return "CREATE";
  }

  /// The fields with another value than the caller saw before.
  private static List<String> changed(Listener listener, Happening happening) {
    Model model = listener.model();
    String id = happening.id();
    Shown before = stored(listener.caller(), model, id, happening.position() - 1);
    Shown after = stored(listener.caller(), model, id, happening.position());
    List<String> changed = new ArrayList<>();
    for (Field field : model.fields()) {
      if (!field.system()
          && after.record().isPresent()
          && !Objects.equals(value(before, field), value(after, field))) {
        changed.add(field.name());
      }
    }
    return changed;
  }

  private static @Nullable Object value(Shown shown, Field field) {
    return shown.record().isPresent() ? shown.record().get().get(field.name()) : null;
  }
}
