package dev.varve.face.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.auth.Guarded.Reply;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BearerAuthenticationTest {
  @TempDir Path folder;

  private Guarded server;
  private String account;
  private String bearer;

  @BeforeEach
  void start() {
    server = Guarded.at(folder, Guarded.ES256);
    account = server.account("ada@example.com", "staff");
    bearer = "Bearer " + server.token(account);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void assertRefused(String message) {
    Reply reply = server.whoami(bearer);
    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.string("error", "code")).isEqualTo("UNAUTHENTICATED");
    assertThat(reply.string("error", "message")).isEqualTo(message);
    assertThat(reply.challenge()).isEqualTo("Bearer error=\"invalid_token\"");
  }

  @Test
  void withoutCredentialsTheCallerIsAnonymous() {
    assertThat(server.whoami("").string("actor")).isEqualTo("anonymous");
  }

  @Test
  void theBearerOfATokenIsItsAccountWithItsRolesAndSession() {
    for (int i = 0; i < 2; i++) {
      Reply reply = server.whoami(bearer);
      assertThat(reply.status()).isEqualTo(200);
      assertThat(reply.at("actor")).isEqualTo("user:" + account);
      assertThat(reply.at("roles")).isEqualTo(List.of("staff"));
      assertThat(reply.at("session")).isEqualTo("session-1");
    }
  }

  @Test
  void aChangeOfRolesHoldsAtOnce() {
    assertThat(server.whoami(bearer).at("roles")).isEqualTo(List.of("staff"));
    server.giveRoles(account, List.of("admin", "staff"));
    assertThat(server.whoami(bearer).at("roles")).isEqualTo(List.of("admin", "staff"));
    server.giveRoles(account, List.of());
    assertThat(server.whoami(bearer).at("roles")).isEqualTo(List.of());
  }

  @Test
  void aDisabledAccountIsRefusedAtOnce() {
    assertThat(server.whoami(bearer).status()).isEqualTo(200);
    server.disable(account);
    assertRefused("The account that is signed in is disabled");
    assertRefused("The account that is signed in is disabled");
  }

  @Test
  void aDeletedAccountIsRefusedAtOnce() {
    assertThat(server.whoami(bearer).status()).isEqualTo(200);
    server.delete(account);
    assertRefused("The account that is signed in is no more");
  }

  @Test
  void anEndedSessionIsRefusedAtOnce() {
    assertThat(server.whoami(bearer).status()).isEqualTo(200);
    server.openSessions.clear();
    assertRefused("The session of the access token has ended: sign in again");
  }

  @Test
  void aRefusalSaysHowToSignInEvenToOneWhoSentNothing() {
    Reply reply = server.send("GET", "/auth/keys", "", "");
    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.string("error", "code")).isEqualTo("UNAUTHENTICATED");
    assertThat(reply.challenge()).isEqualTo("Bearer");
  }

  @Test
  void aTokenIsNoPartOfTheRefusal() {
    String token = bearer.substring("Bearer ".length());
    Reply reply = server.whoami("Bearer " + token.substring(0, token.length() - 2));
    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.text()).doesNotContain(token.substring(0, 20));
  }
}
