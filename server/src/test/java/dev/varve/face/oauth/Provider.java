package dev.varve.face.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.identity.account.AuthSettings;
import dev.varve.identity.account.VerificationPolicy;
import dev.varve.identity.client.ClientSettings;
import dev.varve.identity.client.ConsentPolicy;
import dev.varve.identity.client.OAuthSettings;
import dev.varve.kernel.Json;
import dev.varve.kernel.SteppedClock;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Plan;
import dev.varve.node.TestServer.Reply;
import dev.varve.settings.SettingRecords;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A server with two applications that people sign in to, and what those do.
public final class Provider {
  static final String SCHEMA =
      """
      type User @model @account
        @auth(rules: [
          {allow: owner, ownerField: "id", operations: [READ, UPDATE]},
          {allow: role, roles: ["admin"]}]) {
        id: ID!
        name: String! @length(min: 1, max: 100)
      }

      type Note @model
        @auth(rules: [
          {allow: owner, ownerField: "author"},
          {allow: scope, scopes: ["notes:read", "notes:write"], operations: [READ]},
          {allow: scope, scopes: ["notes:write"], operations: [CREATE, UPDATE, DELETE]}]) {
        id: ID!
        author: User!
        text: String!
        diary: String @auth(rules: [{allow: owner, ownerField: "author"}])
      }

      type Report @model
        @auth(rules: [
          {allow: role, roles: ["admin"]},
          {allow: scope, scopes: ["notes:write"]}]) {
        id: ID!
        text: String!
      }
      """;

  public static final String SECRET = "0123456789abcdef0123456789abcdef";
  public static final String PAGE = "https://notes.example/callback";
  static final String OFFICE = "https://office.example/back?tenant=1";
  public static final String PASSWORD = "correct horse battery";
  static final String VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

  private Provider() {}

  static OAuthSettings clients() {
    ClientSettings page =
        new ClientSettings(
            "notes-page",
            "Notes & <b>more</b>",
            List.of(PAGE, "http://127.0.0.1/callback"),
            List.of("https://notes.example/"),
            List.of("openid", "email", "profile", "offline_access", "notes:read", "notes:write"),
            List.of("authorization_code", "refresh_token"),
            "",
            ConsentPolicy.ASK);
    ClientSettings office =
        new ClientSettings(
            "office",
            "Office",
            List.of(OFFICE),
            List.of(),
            List.of("openid", "email", "api", "notes:read"),
            List.of("authorization_code", "refresh_token", "client_credentials"),
            "OFFICE_SECRET",
            ConsentPolicy.NEVER);
    Map<String, ClientSettings> clients = new LinkedHashMap<>();
    clients.put("notes-page", page);
    clients.put("office", office);
    return new OAuthSettings(clients, Map.of("notes:read", "Read your notes"));
  }

  public static Plan plan() {
    return plan(SCHEMA);
  }

  static Plan plan(String schema) {
    AuthSettings open =
        SettingRecords.changed(
            TestServer.CHEAP, Map.of("verification", VerificationPolicy.OPTIONAL));
    return Plan.of(schema)
        .with(open)
        .with(clients())
        .with(SteppedClock.ticking())
        .knowing(Map.of("OFFICE_SECRET", SECRET));
  }

  /// Somebody with an account of their own.
  public static String somebody(TestServer server) {
    String email = "somebody-%s@example.com".formatted(UUID.randomUUID());
    signUp(server, email);
    return email;
  }

  static void signUp(TestServer server, String email) {
    Reply reply =
        server.send(
            "POST",
            "/auth/sign-up",
            Map.of(),
            "{\"email\": \"%s\", \"password\": \"%s\", \"name\": \"Ada\"}"
                .formatted(email, PASSWORD));
    assertThat(reply.status()).as(reply.text()).isLessThan(300);
  }

  /// An access token of the account itself.
  static String signIn(TestServer server, String email) {
    Reply reply =
        server.send(
            "POST",
            "/auth/sign-in",
            Map.of(),
            "{\"email\": \"%s\", \"password\": \"%s\"}".formatted(email, PASSWORD));
    return text(reply, "accessToken");
  }

  static String challenge(String verifier) {
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(
              MessageDigest.getInstance("SHA-256")
                  .digest(verifier.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The parameters of a request that is fine.
  public static Map<String, String> request(String client, String redirectUri, String scope) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("response_type", "code");
    parameters.put("client_id", client);
    parameters.put("redirect_uri", redirectUri);
    parameters.put("scope", scope);
    parameters.put("state", "a state & more");
    parameters.put("nonce", "n-1");
    parameters.put("code_challenge", challenge(VERIFIER));
    parameters.put("code_challenge_method", "S256");
    return parameters;
  }

  public static Reply authorize(Visitor visitor, Map<String, String> parameters) {
    return visitor.get(AuthorizationEndpoint.PATH + "?" + Visitor.form(parameters));
  }

  public static Map<String, String> credentials(String email) {
    return Map.of("email", email, "password", PASSWORD);
  }

  /// Signs in, lets the client in, and gives the code.
  public static String code(Visitor visitor, Map<String, String> parameters, String email) {
    Reply page = authorize(visitor, parameters);
    Reply next =
        page.text().contains("<h1>Sign in</h1>") ? visitor.submit(page, credentials(email)) : page;
    Reply back = next.status() == 200 ? visitor.submit(next, Map.of("decision", "allow")) : next;
    assertThat(back.status()).as(back.text()).isBetween(302, 303);
    String code = Visitor.parameters(back.header("Location")).get("code");
    return Objects.requireNonNull(code, back.header("Location"));
  }

  public static Map<String, String> codeForm(String client, String redirectUri, String code) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "authorization_code");
    form.put("client_id", client);
    form.put("redirect_uri", redirectUri);
    form.put("code", code);
    form.put("code_verifier", VERIFIER);
    return form;
  }

  public static Reply token(TestServer server, Map<String, String> form) {
    return new Visitor(server).post(TokenEndpoint.PATH, form);
  }

  /// With the secret of the office in the header.
  static Reply tokenOfOffice(TestServer server, Map<String, String> form) {
    return new Visitor(server)
        .send(
            "POST",
            TokenEndpoint.PATH,
            Map.of(
                "Content-Type",
                "application/x-www-form-urlencoded",
                "Authorization",
                basic("office", SECRET)),
            Visitor.form(form));
  }

  static String basic(String id, String secret) {
    return "Basic "
        + Base64.getEncoder().encodeToString((id + ":" + secret).getBytes(StandardCharsets.UTF_8));
  }

  static Map<String, Object> json(Reply reply) {
    return members(reply.json());
  }

  private static Map<String, Object> members(@Nullable Object object) {
    Map<String, Object> members = new LinkedHashMap<>();
    ((Map<?, ?>) Objects.requireNonNull(object))
        .forEach((name, value) -> {
          if (value != null) {
            members.put(String.valueOf(name), value);
          }
        });
    return members;
  }

  public static String text(Reply reply, String member) {
    return String.valueOf(json(reply).get(member));
  }

  public static Map<String, String> bearer(String token) {
    return Map.of("Authorization", "Bearer " + token);
  }

  /// The claims of a token, whose signature somebody else has looked at.
  static Map<String, Object> claims(String token) {
    String payload = token.split("\\.", -1)[1];
    return members(Json.read(Base64.getUrlDecoder().decode(payload)));
  }
}
