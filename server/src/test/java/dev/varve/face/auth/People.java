package dev.varve.face.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.identity.account.AuthSettings;
import dev.varve.identity.account.SignUpPolicy;
import dev.varve.identity.account.VerificationPolicy;
import dev.varve.kernel.Json;
import dev.varve.kernel.Patience;
import dev.varve.kernel.SteppedClock;
import dev.varve.node.KeptMail;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Plan;
import dev.varve.node.TestServer.Reply;
import dev.varve.settings.SettingRecords;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What the tests of accounts have in common: a small schema, and what people do.
final class People {
  static final String SCHEMA =
      """
      type User @model @account
        @auth(rules: [
          {allow: owner, ownerField: "id", operations: [READ, UPDATE]},
          {allow: role, roles: ["admin"]}]) {
        id: ID!
        name: String! @length(min: 1, max: 100)
        nickname: String @unique
        credit: Int! @default(value: 0) @auth(rules: [
          {allow: public, operations: [READ]},
          {allow: role, roles: ["admin"]}])
      }
      """;

  static final String PASSWORD = "correct horse battery";
  static final String ADA = "ada@example.com";

  private People() {}

  /// A server on which what has to be waited for passes with what is asked, however long that takes.
  static Plan plan() {
    return Plan.of(SCHEMA).with(SteppedClock.ticking());
  }

  static AuthSettings settings(SignUpPolicy signUp, VerificationPolicy verification) {
    return SettingRecords.changed(
        TestServer.CHEAP, Map.of("signUp", signUp, "verification", verification));
  }

  /// A server where accounts are made at once.
  static TestServer optional() {
    return TestServer.start(plan().with(settings(SignUpPolicy.OPEN, VerificationPolicy.OPTIONAL)));
  }

  static Reply post(TestServer server, String path, Map<String, ?> body) {
    return post(server, path, Map.of(), body);
  }

  static Reply post(
      TestServer server, String path, Map<String, String> headers, Map<String, ?> body) {
    return server.send("POST", path, headers, text(body));
  }

  static String text(Map<String, ?> body) {
    return new String(Json.bytes(json -> Json.write(json, body)), StandardCharsets.UTF_8);
  }

  static Map<String, String> bearer(String token) {
    return Map.of("Authorization", "Bearer " + token);
  }

  static Reply signUp(TestServer server, String email) {
    return post(
        server, "/auth/sign-up", Map.of("email", email, "password", PASSWORD, "name", "Somebody"));
  }

  static Reply signIn(TestServer server, String email, String password) {
    return post(server, "/auth/sign-in", Map.of("email", email, "password", password));
  }

  /// Confirms an address with the token of a mail and the password that was chosen.
  static Reply confirm(TestServer server, String token, String password) {
    return post(server, "/auth/verify-email", Map.of("token", token, "password", password));
  }

  /// Signs up, confirms the address and signs in.
  static Reply join(TestServer server, String email) {
    signUp(server, email);
    assertThat(confirm(server, token(server, email), PASSWORD).status()).isEqualTo(200);
    Reply signedIn = signIn(server, email, PASSWORD);
    assertThat(signedIn.status()).as(signedIn.text()).isEqualTo(200);
    return signedIn;
  }

  static Map<String, Object> json(Reply reply) {
    return members(Objects.requireNonNull(reply.json(), "a body"));
  }

  /// The members of an object that are not null.
  static Map<String, Object> members(Object object) {
    Map<String, Object> members = new LinkedHashMap<>();
    ((Map<?, ?>) object)
        .forEach((name, value) -> {
          if (value != null) {
            members.put(String.valueOf(name), value);
          }
        });
    return members;
  }

  /// The account in the answer to a sign-in.
  static Map<String, Object> account(Reply reply) {
    return members(Objects.requireNonNull(json(reply).get("account")));
  }

  static String text(Reply reply, String member) {
    return String.valueOf(json(reply).get(member));
  }

  static String code(Reply reply) {
    return json(reply).get("error") instanceof Map<?, ?> error
        ? String.valueOf(error.get("code"))
        : "none";
  }

  /// The mails to an address, newest first, as they are kept by a server in development.
  static List<String> mails(TestServer server, String email) {
    return KeptMail.to(email, server::send).stream()
        .map(mail -> mail.subject() + "\n" + mail.text())
        .toList();
  }

  /// Waits until so many mails have come to an address.
  static List<String> mails(TestServer server, String email, int count) {
    Patience.until(count + " mails to " + email, () -> mails(server, email).size() >= count);
    return mails(server, email);
  }

  /// The token in the first mail to an address.
  static String token(TestServer server, String email) {
    return token(mails(server, email, 1).getFirst());
  }

  static String token(String mail) {
    int at = mail.indexOf("?token=");
    assertThat(at).as(mail).isPositive();
    return mail.substring(at + 7).lines().findFirst().orElseThrow();
  }

  /// What security events there are, oldest first, as `KIND email`.
  static List<String> events(TestServer server) {
    return server.column(
        "SELECT kind || coalesce(' ' || email, '') FROM security_events ORDER BY id");
  }
}
