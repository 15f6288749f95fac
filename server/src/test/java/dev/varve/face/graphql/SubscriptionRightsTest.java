package dev.varve.face.graphql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.events.EventReader;
import dev.varve.face.events.EventReader.Event;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Who is told of what: owners and roles, by either way to sign in, and what comes of them while they listen.
class SubscriptionRightsTest {
  private static final String SCHEMA =
      """
      type User @model @account
        @auth(rules: [
          {allow: owner, ownerField: "id", operations: [READ, UPDATE]},
          {allow: role, roles: ["admin"]}]) {
        name: String!
        letters: [Letter!]! @hasMany(by: "to")
      }

      type Letter @model
        @auth(rules: [
          {allow: owner, ownerField: "to", operations: [READ]},
          {allow: where, when: "record.open == true", operations: [READ]},
          {allow: role, roles: ["admin"]}]) {
        to: User!
        text: String!
        open: Boolean! @default(value: false)
        price: Int @auth(rules: [{allow: role, roles: ["admin"]}])
      }
      """;
  private static final String FIELDS = "{ operation id changed record { text price to { name } } }";

  private static TestServer server;
  private static Signed admin;

  @BeforeAll
  static void start() {
    server = TestServer.start(SCHEMA);
    admin = Signed.up(server, "root", List.of("admin"), Map.of("name", "Root"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Signed person(String name) {
    return Signed.up(server, name, List.of(), Map.of("name", name));
  }

  private static String listen(String arguments) {
    return "subscription { letterChanged(after: '%d'%s) %s }"
        .formatted(server.position(), arguments, FIELDS);
  }

  private static void write(String method, String target, String body) {
    Reply reply = server.send(method, target, admin.headers(), Scenario.quoted(body));
    assertThat(reply.status()).as(reply.text()).isBetween(200, 299);
  }

  private static void letter(String id, Signed to, String more) {
    write(
        "POST",
        "/api/letters",
        "{'id':'%s','to':'%s','text':'hi','price':7%s}".formatted(id, to.id(), more));
  }

  @Test
  void aStreamOfEventsEndsAsSoonAsItsSession() throws Exception {
    Signed zoe = person("zoe");
    String[] headers = {"Authorization", "Bearer " + zoe.token()};
    try (EventReader reader =
        EventReader.open(server.port(), "/api/events?model=Letter", headers)) {
      assertThat(reader.next().name()).isEqualTo("start");
      assertThat(server.send("POST", "/auth/sign-out", zoe.headers(), "").status()).isEqualTo(204);
      letter("after-zoe", zoe, "");
      // the next look at the rights that comes by itself is 15 s away, and the reader waits for 10
      Event end = reader.next();
      assertThat(end.name()).isEqualTo("end");
      assertThat(end.data()).containsEntry("code", "UNAUTHENTICATED");
    }
  }

  @Test
  void eachIsToldOfTheirOwnAndOfWhatIsOpen() {
    Signed ada = person("ada");
    Signed bob = person("bob");
    String listen = listen("");
    try (SocketClient adas = SocketClient.begin(server, ada.payload());
        SocketClient bobs = SocketClient.open(server, bob.headers(), true);
        SocketClient roots = SocketClient.begin(server, admin.payload())) {
      bobs.say("{'type':'connection_init'}");
      assertThat(bobs.next()).isEqualTo("{'type':'connection_ack'}");
      adas.subscribe("s", listen);
      bobs.subscribe("s", listen);
      roots.subscribe("s", listen);
      letter("l1", ada, "");
      letter("l2", bob, ",'open':true");
      write("PATCH", "/api/letters/l2", "{'open':false}");
      write("PATCH", "/api/letters/l1", "{'price':8}");
      write("DELETE", "/api/letters/l2", "");
      assertThat(adas.data().toString())
          .isEqualTo(
              "{letterChanged={operation=CREATE, id=l1, changed=[to, text, open], record={text=hi, price=null, to={name=ada}}}}");
      // whom the letter is to may not be seen by her, that it is open may
      assertThat(adas.data().toString())
          .isEqualTo(
              "{letterChanged={operation=CREATE, id=l2, changed=[to, text, open], record={text=hi, price=null, to=null}}}");
      assertThat(adas.data().toString())
          .isEqualTo("{letterChanged={operation=GONE, id=l2, changed=[], record=null}}");
      assertThat(adas.data().toString()).contains("operation=UPDATE, id=l1, changed=[]");

      assertThat(bobs.data().toString()).contains("operation=CREATE, id=l2", "to={name=bob}");
      assertThat(bobs.data().toString()).contains("operation=UPDATE, id=l2, changed=[open]");
      assertThat(bobs.data().toString())
          .contains("operation=DELETE, id=l2, changed=[], record=null");

      assertThat(roots.data().toString()).contains("changed=[to, text, open, price]", "price=7");
      for (String operation : List.of("CREATE", "UPDATE", "UPDATE", "DELETE")) {
        assertThat(roots.data().toString()).contains("operation=" + operation);
      }
      assertThat(adas.hasHeard()).isFalse();
      assertThat(bobs.hasHeard()).isFalse();
    }
  }

  @Test
  void whoIsShutOutWhileListeningIsToldWhyAndNoMore() {
    Signed eve = person("eve");
    try (SocketClient client = SocketClient.begin(server, eve.payload())) {
      client.subscribe("s", listen(""));
      letter("e1", eve, "");
      assertThat(client.data().toString()).contains("id=e1");
      server.administration().setDisabled("eve@example.com", true);
      assertThat(client.next()).contains("'type':'error','id':'s'", "'code':'UNAUTHENTICATED'");
      letter("e2", eve, "");
      client.subscribe("again", listen(""));
      assertThat(client.next()).contains("'type':'error','id':'again'", "'code':'UNAUTHENTICATED'");
    }
  }

  @Test
  void whoGetsARoleIsToldMoreFromThenOn() {
    Signed sam = person("sam");
    Signed other = person("other");
    try (SocketClient client = SocketClient.begin(server, sam.payload())) {
      client.subscribe("s", listen(""));
      letter("s1", other, "");
      letter("s2", sam, "");
      assertThat(client.data().toString()).contains("id=s2", "price=null");
      write("PATCH", "/api/users/" + sam.id(), "{'roles':['admin']}");
      letter("s3", other, "");
      assertThat(client.data().toString()).contains("id=s3", "price=7", "to={name=other}");
      write("PATCH", "/api/users/" + sam.id(), "{'roles':[]}");
      letter("s4", other, "");
      letter("s5", sam, "");
      assertThat(client.data().toString()).contains("id=s5", "price=null");
    }
  }

  @Test
  void aFilterByWhatIsHiddenAndAWrongTokenAreRefused() throws Exception {
    Signed tom = person("tom");
    try (SocketClient client = SocketClient.begin(server, tom.payload())) {
      client.subscribe("s", listen(", where: {price: {gt: 3}}"));
      assertThat(client.next()).contains("'type':'error'", "'code':'INVALID_PARAMETER'");
    }
    try (SocketClient client = SocketClient.open(server, Map.of(), true)) {
      client.say("{'type':'connection_init','payload':{'Authorization':'Bearer nonsense'}}");
      assertThat(client.next()).startsWith("closed 4403");
    }
    Reply events =
        server.send(
            "POST",
            "/graphql",
            Map.of("Accept", "text/event-stream", "Authorization", "Bearer nonsense"),
            "{\"query\":\"subscription { letterChanged { id } }\"}");
    assertThat(events.status()).isEqualTo(401);
  }
}
