package dev.varve.face.graphql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.face.graphql.document.GraphQlSettings;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Subscriptions over real connections: what is told, from where on, and what is refused.
class SubscriptionsTest {
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = Shop.start(GraphQlSettings.DEFAULT.forDevelopment());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static void write(String method, String path, String body) {
    Reply reply = server.send(method, "/api/" + path, Map.of(), Scenario.quoted(body));
    assertThat(reply.status()).as(reply.text()).isBetween(200, 299);
  }

  private static String after() {
    return "after: '%d'".formatted(server.position());
  }

  @Test
  void aChangeIsToldWithItsRelationsAsTheyWereThen() {
    String after = after();
    long position = server.position();
    try (SocketClient client = SocketClient.begin(server)) {
      write("POST", "users", "{'id':'eve','name':'Eve','email':'eve@example.com'}");
      write("POST", "orders", "{'id':'s1','user':'eve','total':'7.00','tags':['a']}");
      write("PATCH", "users/eve", "{'name':'Evelyn'}");
      write("PATCH", "orders/s1", "{'total':'8.00'}");
      client.subscribe(
          "one",
          "subscription { orderChanged(%s) { position index cursor operation id actor changed at record { total user { name orders(limit: 5) { id } } } } }"
              .formatted(after));
      Object first = client.data();
      assertThat(first.toString())
          .isEqualTo(
              "{orderChanged={position=%d, index=0, cursor=%d.0, operation=CREATE, id=s1, actor=anonymous, changed=[user, status, total, tags], at=%s, record={total=7.00, user={name=Eve, orders=[{id=s1}]}}}}"
                  .formatted(position + 2, position + 2, Scenario.at(first, "orderChanged", "at")));
      assertThat(client.data().toString())
          .contains("operation=UPDATE", "changed=[total]", "total=8.00, user={name=Evelyn");

      write("DELETE", "orders/s1", "");
      assertThat(client.data().toString())
          .contains("operation=DELETE", "changed=[]", "record=null");
      client.say("{'type': 'complete', 'id': 'one'}");
    }
  }

  @Test
  void onlyTheRecordsThatAreAskedForAreTold() {
    write("POST", "orders", "{'id':'w1','user':'ada','total':'10.00'}");
    write("POST", "orders", "{'id':'w2','user':'bob','total':'20.00'}");
    try (SocketClient client = SocketClient.begin(server)) {
      String fields = "{ id operation at actor changed record { total } }";
      client.subscribe(
          "id", "subscription { told: orderChanged(id: 'w1', %s) %s }".formatted(after(), fields));
      client.subscribe(
          "where",
          "subscription ($w: OrderWhere) { orderChanged(where: $w, %s) %s }"
              .formatted(after(), fields),
          Map.of(
              "w",
              Map.of("user", Map.of("name", Map.of("eq", "Bob")), "total", Map.of("gt", "15"))));
      write("PATCH", "orders/w1", "{'total':'11.00'}");
      assertThat(client.next())
          .contains(
              "'id':'id'", "'told':{'id':'w1','operation':'UPDATE'", "'record':{'total':'11.00'}");
      write("PATCH", "orders/w2", "{'total':'12.00'}");
      assertThat(client.next())
          .isEqualTo(
              "{'type':'next','id':'where','payload':{'data':{'orderChanged':{'id':'w2','operation':'GONE','at':null,'actor':null,'changed':[],'record':null}}}}");
      write("DELETE", "orders/w1", "");
      assertThat(client.next()).contains("'told':{'id':'w1','operation':'DELETE'");
      assertThat(client.hasHeard()).isFalse();
    }
  }

  @Test
  void whoComesBackIsToldTheRestFromTheCursorOn() {
    String all =
        "subscription ($from: String) { userChanged(id: 'r', after: $from) { cursor record { name } } }";
    long start = server.position();
    write("POST", "users", "{'id':'r','name':'0','email':'r@example.com'}");
    List<String> seen = new ArrayList<>();
    String cursor = Long.toString(start);
    for (int i = 1; i <= 5; i++) {
      write("PATCH", "users/r", "{'name':'%d'}".formatted(i));
    }
    for (int i = 0; i < 3; i++) {
      try (SocketClient client = SocketClient.begin(server)) {
        client.subscribe("s", all, Map.of("from", cursor));
        for (int j = 0; j < 2; j++) {
          Object data = client.data();
          seen.add((String) Scenario.at(data, "userChanged", "record", "name"));
          cursor = (String) Scenario.at(data, "userChanged", "cursor");
        }
      }
    }
    assertThat(seen).containsExactly("0", "1", "2", "3", "4", "5");
  }

  @Test
  void aBatchIsToldChangeByChangeAndCanBeResumedWithin() {
    long start = server.position();
    write(
        "POST",
        "batch",
        "{'operations':[{'method':'POST','path':'/api/users','body':{'id':'b1','name':'B1','email':'b1@example.com'}},"
            + "{'method':'POST','path':'/api/users','body':{'id':'b2','name':'B2','email':'b2@example.com'}}]}");
    try (SocketClient client = SocketClient.begin(server)) {
      client.subscribe(
          "s", "subscription { userChanged(after: '%d.0') { index id } }".formatted(start + 1));
      assertThat(client.data().toString()).isEqualTo("{userChanged={index=1, id=b2}}");
    }
  }

  @Test
  void queriesAndMutationsGoOverTheSocketToo() {
    long position = server.position();
    try (SocketClient client = SocketClient.begin(server)) {
      client.subscribe("q", "{ user(id: 'ada') { name } }");
      assertThat(client.next())
          .isEqualTo(
              "{'type':'next','id':'q','payload':{'data':{'user':{'name':'Ada'}},'extensions':{'position':%d}}}"
                  .formatted(position));
      assertThat(client.next()).isEqualTo("{'type':'complete','id':'q'}");
      client.subscribe(
          "m", "mutation { createUser(input: {name: 'M', email: 'm@example.com'}) { name } }");
      assertThat(client.next()).contains("{'createUser':{'name':'M'}}");
      assertThat(client.next()).isEqualTo("{'type':'complete','id':'m'}");
      assertThat(server.events(position)).containsExactly("CREATE User");
      client.subscribe("u", "{ nope }");
      assertThat(client.next()).contains("'type':'error'", "'id':'u'", "VALIDATION_ERROR");
      assertThat(client.hasHeard()).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "subscription { a: orderChanged { id } b: orderChanged { id } } | exactly one field at its root, and this one has 2: begin a subscription for each",
        "subscription { __schema { queryType { name } } } | VALIDATION_ERROR",
        "subscription { __typename } | VALIDATION_ERROR",
        "subscription { orderChanged @skip(if: true) { id } } | neither @skip nor @include",
        "subscription { orderChanged @include(if: true) { id } } | neither @skip nor @include",
        "subscription { ... @include(if: true) { orderChanged { id } } } | neither @skip nor @include",
        "subscription { ...all } fragment all on Subscription { orderChanged @skip(if: false) { id } } | neither @skip nor @include",
        "subscription { ...all } fragment all on Subscription { ...all } | VALIDATION_ERROR",
        "subscription @asOf(at: 'position:1') { orderChanged { id } } | VALIDATION_ERROR",
        "subscription { orderChanged { nope } } | VALIDATION_ERROR",
        "subscription { orderChanged | MALFORMED_REQUEST",
        "subscription { orderChanged(after: 'soon') { id } } | must be the cursor of a change, such as 4711.2, or a log position",
        "subscription { orderChanged(after: '999999') { id } } | is beyond the end of the log",
        "subscription { orderChanged(where: {nope: {eq: 1}}) { id } } | VALIDATION_ERROR",
        "subscription { orderChanged { record { lines(limit: 500) { order { lines(limit: 500) { id } } } } } } | records, and at most 50,000 are given",
        "subscription { orderChanged { record { user { orders { user { orders { user { orders { user { orders { user { orders { id } } } } } } } } } } } } } | levels of fields",
        "subscription { messageChanged { id } } | FORBIDDEN",
        "{} | MALFORMED_REQUEST"
      })
  void whatCannotBeListenedToIsRefusedOnEachWay(String document, String message) {
    try (SocketClient client = SocketClient.begin(server)) {
      client.subscribe("s", document);
      assertThat(client.next())
          .startsWith("{'type':'error','id':'s','payload':[{'message':")
          .contains(message)
          .contains("'extensions':{'code':", "'requestId':");
      assertThat(client.hasHeard()).isFalse();
    }
    Reply events = Scenario.send(server, Map.of("query", Scenario.quoted(document)), EVENTS);
    assertThat(events.status()).isEqualTo(200);
    assertThat(events.header("Content-Type")).isEqualTo("text/event-stream");
    assertThat(events.text().replace('"', '\''))
        .startsWith(":\n\nevent: next\ndata: {'errors':[{'message':")
        .contains(message)
        .endsWith("]}\n\nevent: complete\ndata:\n\n");
  }

  private static final Map<String, String> EVENTS = Map.of("Accept", "text/event-stream");

  @Test
  void aThousandAliasesAreRefused() {
    StringBuilder many = new StringBuilder("subscription { orderChanged { ");
    for (int i = 0; i < 1_000; i++) {
      many.append("a").append(i).append(": id ");
    }
    try (SocketClient client = SocketClient.begin(server)) {
      client.subscribe("s", many + "} }");
      assertThat(client.next()).contains("'type':'error'", "TOO_LARGE");
    }
  }

  @Test
  void eventsCarryQueriesAndSubscriptions() throws Exception {
    Reply query = Scenario.send(server, Map.of("query", "{ user(id: \"ada\") { name } }"), EVENTS);
    assertThat(query.text().replace('"', '\''))
        .isEqualTo(
            ":\n\nevent: next\ndata: {'data':{'user':{'name':'Ada'}},'extensions':{'position':%d}}\n\nevent: complete\ndata:\n\n"
                .formatted(server.position()));
    String document = "subscription { userChanged(id: \"sse\", after: \"%d\") { operation } }";
    String get =
        "/graphql?query="
            + java.net.URLEncoder.encode(
                document.formatted(server.position()), java.nio.charset.StandardCharsets.UTF_8);
    String mixed = "application/graphql-response+json, application/json, text/event-stream";
    try (EventLines posted = EventLines.post(server, document.formatted(server.position()), mixed);
        EventLines got = EventLines.get(server, get, "text/event-stream")) {
      write("POST", "users", "{'id':'sse','name':'S','email':'sse@example.com'}");
      write("DELETE", "users/sse", "");
      for (EventLines lines : List.of(posted, got)) {
        assertThat(lines.data())
            .isEqualTo("{\"data\":{\"userChanged\":{\"operation\":\"CREATE\"}}}");
        assertThat(lines.data())
            .isEqualTo("{\"data\":{\"userChanged\":{\"operation\":\"DELETE\"}}}");
      }
    }
  }

  @Test
  void eventsDoNotChangeAnythingByGetAndPlainAnswersHaveNoSubscriptions() {
    long position = server.position();
    Reply mutation =
        server.send(
            "GET", "/graphql?query=mutation%7BdeleteUser(id:%22ada%22)%7Bid%7D%7D", EVENTS, "");
    assertThat(mutation.status()).isEqualTo(405);
    assertThat(mutation.header("Allow")).isEqualTo("POST");
    assertThat(mutation.text()).contains("METHOD_NOT_ALLOWED");
    Reply plain = Scenario.ask(server, "subscription { userChanged { id } }");
    assertThat(plain.status()).isEqualTo(406);
    assertThat(plain.text())
        .contains("send it alone with Accept: text/event-stream, or over a WebSocket");
    Reply several = server.send("POST", "/graphql", EVENTS, "[{\"query\":\"{__typename}\"}]");
    assertThat(several.status()).isEqualTo(400);
    assertThat(server.events(position)).isEmpty();
  }

  @Test
  void anotherSchemaEndsSubscriptionsAndWhoComesBackFindsIt() {
    String schema = "type Note @model @auth(rules: [{allow: public}]) { text: String }";
    try (TestServer notes = TestServer.start(schema);
        SocketClient client = SocketClient.begin(notes)) {
      client.subscribe("s", "subscription { noteChanged(after: '0') { record { text } } }");
      notes.send("POST", "/api/notes", Map.of(), "{\"text\":\"a\"}");
      assertThat(client.data().toString()).contains("text=a");
      notes.reload(schema.replace("text: String", "text: String more: Int"));
      assertThat(client.next())
          .contains("'type':'error'", "The server is stopping or restarting: connect again");
      assertThat(client.next()).startsWith("closed 1001");
      try (SocketClient again = SocketClient.begin(notes)) {
        again.subscribe("s", "subscription { noteChanged(after: '0') { record { more } } }");
        assertThat(again.data().toString()).contains("more=null");
      }
    }
  }

  @Test
  void pagesOfOtherOriginsDoNotConnect() {
    assertThatThrownBy(
            () -> SocketClient.open(server, Map.of("Origin", "https://evil.example"), true))
        .hasRootCauseMessage("Unexpected HTTP response status code 403");
    String own = "http://127.0.0.1:" + server.port();
    try (SocketClient client = SocketClient.open(server, Map.of("Origin", own), true)) {
      client.say("{'type':'connection_init'}");
      assertThat(client.next()).isEqualTo("{'type':'connection_ack'}");
    }
  }

  @Test
  void theSchemaTellsOfSubscriptions() {
    assertThat(
            Scenario.ask(
                    server, "{ __schema { subscriptionType { fields { name args { name } } } } }")
                .text())
        .contains(
            "{\"name\":\"orderChanged\",\"args\":[{\"name\":\"id\"},{\"name\":\"where\"},{\"name\":\"after\"}]}");
    assertThat(
            Scenario.ask(
                    server,
                    "{ __type(name: 'OrderChange') { fields { name type { kind name } } } }")
                .text())
        .contains("{\"name\":\"record\",\"type\":{\"kind\":\"OBJECT\",\"name\":\"Order\"}}");
  }

  @Test
  void whoNeverReadsHoldsUpNobodyAndIsToldTheRestWhenItDoes() {
    write("POST", "users", "{'id':'slow','name':'S','email':'slow@example.com'}");
    String document =
        "subscription { orderChanged(where: {user: {id: {eq: 'slow'}}}, %s) { id record { tags } } }"
            .formatted(after());
    int orders = 150;
    try (SocketClient idle = SocketClient.open(server, Map.of(), false);
        SocketClient reader = SocketClient.begin(server)) {
      idle.say("{'type': 'connection_init'}");
      idle.subscribe("s", document);
      reader.subscribe("s", document);
      String large = "x".repeat(60_000);
      for (int i = 0; i < orders; i++) {
        write(
            "POST",
            "orders",
            "{'id':'slow%d','user':'slow','total':'1.00','tags':['%s']}".formatted(i, large));
      }
      for (int i = 0; i < orders; i++) {
        assertThat(Scenario.at(reader.data(), "orderChanged", "id")).isEqualTo("slow" + i);
      }
      assertThat(idle.hasHeard()).isFalse();
      idle.read();
      assertThat(idle.next()).isEqualTo("{'type':'connection_ack'}");
      for (int i = 0; i < orders; i++) {
        assertThat(Scenario.at(idle.data(), "orderChanged", "id")).isEqualTo("slow" + i);
      }
    }
  }
}
