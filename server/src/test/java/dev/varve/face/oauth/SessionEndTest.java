package dev.varve.face.oauth;

import static dev.varve.face.oauth.Provider.PAGE;
import static dev.varve.face.oauth.Provider.code;
import static dev.varve.face.oauth.Provider.codeForm;
import static dev.varve.face.oauth.Provider.credentials;
import static dev.varve.face.oauth.Provider.request;
import static dev.varve.face.oauth.Provider.text;
import static dev.varve.face.oauth.Provider.token;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Wherever a session ends because of a client, that is a security event, with which all that goes on in it ends too.
class SessionEndTest {
  private TestServer server;
  private String email;

  @BeforeEach
  void start() {
    server = TestServer.start(Provider.plan());
    email = Provider.somebody(server);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Map<String, String> codeOf(Visitor visitor) {
    return codeForm(
        "notes-page", PAGE, code(visitor, request("notes-page", PAGE, "openid notes:read"), email));
  }

  private List<String> details(String kind) {
    return server.column("SELECT detail FROM security_events WHERE kind = '%s'".formatted(kind));
  }

  private Stream<String> events(HttpClient client, Reply tokens) throws Exception {
    URI uri = URI.create("http://127.0.0.1:%d/api/events?model=Note".formatted(server.port()));
    return client
        .send(
            HttpRequest.newBuilder(uri)
                .header("Authorization", "Bearer " + text(tokens, "access_token"))
                .build(),
            BodyHandlers.ofLines())
        .body();
  }

  @Test
  void revokingATokenEndsWhatGoesOnWithItAtOnce() throws Exception {
    Reply tokens = token(server, codeOf(new Visitor(server)));
    Map<String, String> form =
        Map.of("client_id", "notes-page", "token", text(tokens, "refresh_token"));
    try (HttpClient client = HttpClient.newHttpClient();
        Stream<String> stream = events(client, tokens)) {
      assertThat(new Visitor(server).post(TokenStatus.REVOKE, form).status()).isEqualTo(200);
      // it ends, or this would wait
      assertThat(stream.count()).isNotNegative();
    }
    assertThat(details("SIGNED_OUT"))
        .singleElement()
        .asString()
        .contains("\"client\":\"notes-page\"", "\"session\":");
    assertThat(new Visitor(server).post(TokenStatus.REVOKE, form).status()).isEqualTo(200);
    assertThat(details("SIGNED_OUT")).as("it ends once").hasSize(1);
  }

  @Test
  void signingOutForAClientEndsWhatGoesOnAtOnce() throws Exception {
    Visitor visitor = new Visitor(server);
    Reply tokens = token(server, codeOf(visitor));
    try (HttpClient client = HttpClient.newHttpClient();
        Stream<String> stream = events(client, tokens)) {
      visitor.get(Logout.PATH + "?id_token_hint=" + text(tokens, "id_token"));
      assertThat(stream.count()).isNotNegative();
    }
    assertThat(details("SIGNED_OUT")).hasSize(1);
  }

  @Test
  void aCodeThatComesAgainIsToldOfOnce() throws Exception {
    Map<String, String> form = codeOf(new Visitor(server));
    Reply tokens = token(server, form);
    try (HttpClient client = HttpClient.newHttpClient();
        Stream<String> stream = events(client, tokens)) {
      assertThat(text(token(server, form), "error")).isEqualTo("invalid_grant");
      assertThat(stream.count()).isNotNegative();
    }
    assertThat(text(token(server, form), "error")).isEqualTo("invalid_grant");
    assertThat(details("CODE_REUSED"))
        .singleElement()
        .asString()
        .contains("\"client\":\"notes-page\"");
  }

  @Test
  void goingOnAsSomebodyElseSignsOut() {
    Visitor visitor = new Visitor(server);
    Reply page = Provider.authorize(visitor, request("notes-page", PAGE, "openid notes:read"));
    Reply consent = visitor.submit(page, credentials(email));
    assertThat(visitor.submit(consent, Map.of("decision", "switch")).text())
        .contains("<h1>Sign in</h1>");
    assertThat(details("SIGNED_OUT")).hasSize(1);
  }
}
