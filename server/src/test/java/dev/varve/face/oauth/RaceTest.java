package dev.varve.face.oauth;

import static dev.varve.face.oauth.Provider.PAGE;
import static dev.varve.face.oauth.Provider.code;
import static dev.varve.face.oauth.Provider.codeForm;
import static dev.varve.face.oauth.Provider.request;
import static dev.varve.face.oauth.Provider.text;
import static dev.varve.face.oauth.Provider.token;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.AtOnce;
import dev.varve.kernel.SteppedClock;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What is good once, asked for by twenty at a time.
class RaceTest {
  private static final int ASKING = 20;

  private static final SteppedClock CLOCK = SteppedClock.ticking();
  private static final KeyHolder KEY = KeyHolder.es256();

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.start(Bank.plan(CLOCK, Bank.settings(KEY)));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void oneGetsTokensForACode() throws Exception {
    String email = Provider.somebody(server);
    Map<String, String> form =
        codeForm(
            "notes-page",
            PAGE,
            code(new Visitor(server), request("notes-page", PAGE, "openid"), email));
    List<Reply> replies = AtOnce.times(ASKING, () -> token(server, form));
    assertThat(replies.stream().filter(reply -> reply.status() == 200)).hasSize(1);
    assertThat(replies.stream().filter(reply -> reply.status() == 400)).hasSize(ASKING - 1);
  }

  @Test
  void allGetTheSameSuccessorOfARefreshToken() throws Exception {
    String email = Provider.somebody(server);
    String code = code(new Visitor(server), request("notes-page", PAGE, "openid"), email);
    String first = text(token(server, codeForm("notes-page", PAGE, code)), "refresh_token");
    Map<String, String> form =
        Map.of("grant_type", "refresh_token", "client_id", "notes-page", "refresh_token", first);
    List<Reply> replies = AtOnce.times(ASKING, () -> token(server, form));
    assertThat(
            replies.stream().map(reply -> text(reply, "refresh_token")).collect(Collectors.toSet()))
        .hasSize(1)
        .doesNotContain(first);
  }

  @Test
  void aFlowEndsOnce() throws Exception {
    String email = Provider.somebody(server);
    Visitor visitor = new Visitor(server);
    Reply signIn = Provider.authorize(visitor, request("notes-page", PAGE, "openid profile"));
    Reply consent = visitor.submit(signIn, Provider.credentials(email));
    List<Reply> replies =
        AtOnce.times(ASKING, () -> visitor.submitAlone(consent, Map.of("decision", "allow")));
    assertThat(replies.stream().filter(reply -> reply.header("Location").startsWith(PAGE)))
        .hasSize(1);
  }

  @Test
  void oneCodeComesOfAPushedRequest() throws Exception {
    Visitor visitor = new Visitor(server);
    code(visitor, request("notes-page", PAGE, "openid"), Provider.somebody(server));
    Reply pushed = visitor.post(PushedRequests.PATH, request("notes-page", PAGE, "openid"));
    Map<String, String> reference =
        Map.of("client_id", "notes-page", "request_uri", text(pushed, "request_uri"));
    List<Reply> replies = AtOnce.times(ASKING, () -> Provider.authorize(visitor, reference));
    assertThat(replies.stream().filter(reply -> reply.header("Location").startsWith(PAGE)))
        .hasSize(1);
  }

  @Test
  void oneGetsATokenForAnAssertion() throws Exception {
    Map<String, String> form =
        Bank.asserted(Map.of("grant_type", "client_credentials"), KEY, CLOCK.instant());
    List<Reply> replies = AtOnce.times(ASKING, () -> token(server, form));
    assertThat(replies.stream().filter(reply -> reply.status() == 200)).hasSize(1);
    assertThat(replies.stream().filter(reply -> reply.status() == 401)).hasSize(ASKING - 1);
  }

  @Test
  void oneIsLetInWithAProof() throws Exception {
    Map<String, String> form =
        Bank.asserted(Map.of("grant_type", "client_credentials"), KEY, CLOCK.instant());
    String access = text(Bank.tokens(server, form, KEY, CLOCK), "access_token");
    Map<String, String> headers =
        Map.of(
            "Authorization",
            "DPoP " + access,
            "DPoP",
            KEY.proof(
                "GET",
                Bank.ISSUER + "/api/notes",
                Bank.nonce(server, CLOCK),
                CLOCK.instant(),
                access));
    List<Reply> replies = AtOnce.times(ASKING, () -> server.send("GET", "/api/notes", headers, ""));
    assertThat(replies.stream().filter(reply -> reply.status() == 200)).hasSize(1);
    assertThat(replies.stream().filter(reply -> reply.status() == 401)).hasSize(ASKING - 1);
  }
}
