package dev.varve.face.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.oauth.Visitor;
import dev.varve.face.provider.FakeProvider.Return;
import dev.varve.identity.account.AuthSettings;
import dev.varve.identity.provider.Preset;
import dev.varve.identity.provider.ProviderSettings;
import dev.varve.kernel.Json;
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
import java.util.UUID;

/// Somebody with a browser, on a page of the application that Varve serves, who signs in with a provider; and what tests of that have
/// in common.
final class Traveller {
  static final String SCHEMA =
      """
      type User @model @account
        @auth(rules: [
          {allow: owner, ownerField: "id", operations: [READ, UPDATE]},
          {allow: role, roles: ["admin"]}]) {
        id: ID!
        name: String! @length(min: 1, max: 100)
      }
      """;
  static final String PAGE = "https://shop.example/back?from=varve";
  static final String VERIFIER = "a-text-of-43-characters-that-the-page-keeps";
  static final String PASSWORD = "correct horse battery";

  private final TestServer server;
  final Visitor browser;

  /// Of somebody whom neither this server nor a provider knows yet.
  final String email = "ada-%s@example.com".formatted(UUID.randomUUID());

  final String subject = UUID.randomUUID().toString();

  Traveller(TestServer server) {
    this.server = server;
    this.browser = new Visitor(server);
  }

  /// What an OpenID provider says of them.
  Map<String, Object> person() {
    return person(subject, email);
  }

  static Map<String, Object> person(String subject, String email) {
    return Map.of("sub", subject, "email", email, "email_verified", true, "name", "Ada");
  }

  static ProviderSettings settings(String name, Preset preset, String issuer) {
    return new ProviderSettings(
        name,
        preset,
        issuer,
        FakeProvider.CLIENT,
        preset == Preset.APPLE ? "APPLE_KEY" : "PROVIDER_SECRET",
        preset == Preset.OPENID ? "Staff & more" : "",
        List.of(),
        false,
        true,
        preset == Preset.APPLE ? FakeApple.TEAM : "",
        preset == Preset.APPLE ? FakeApple.KEY_ID : "",
        false);
  }

  static Plan plan(ProviderSettings... providers) {
    return plan(Map.of(), providers);
  }

  /// @param more settings of accounts
  static Plan plan(Map<String, Object> more, ProviderSettings... providers) {
    Map<String, ProviderSettings> byName = new LinkedHashMap<>();
    for (ProviderSettings provider : providers) {
      byName.put(provider.name(), provider);
    }
    Map<String, Object> changed = new LinkedHashMap<>(more);
    changed.put("providers", byName);
    changed.put("returnOrigins", List.of("https://shop.example", "com.example.app:"));
    AuthSettings settings = SettingRecords.changed(TestServer.CHEAP, changed);
    return Plan.of(SCHEMA)
        .with(settings)
        .with(SteppedClock.ticking())
        .knowing(Map.of("PROVIDER_SECRET", FakeProvider.SECRET));
  }

  /// Where a page sends the browser.
  static String setOut(String provider) {
    return "/auth/providers/%s/start?%s"
        .formatted(
            provider,
            Visitor.form(
                ordered(
                    "returnTo",
                    PAGE,
                    "challenge",
                    FakeProvider.challenge(VERIFIER),
                    "state",
                    "s 1")));
  }

  static Map<String, String> ordered(String... pairs) {
    Map<String, String> ordered = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      ordered.put(pairs[i], pairs[i + 1]);
    }
    return ordered;
  }

  /// Sets out, and comes to the provider, which sends the browser back.
  Return there(FakeProvider provider, String start) {
    Reply away = browser.send("GET", start, Map.of(), "");
    assertThat(away.status()).as(away.text()).isEqualTo(302);
    assertThat(away.header("Location")).startsWith(provider.url());
    return provider.visit(away.header("Location"));
  }

  /// Comes back from the provider, by a link or by a form.
  Reply back(Return way) {
    if (way.form().isEmpty()) {
      return browser.send("GET", way.path(), Map.of(), "");
    }
    // a form of another site: cookies that are `SameSite=Lax` stay at home
    Reply bounced = new Visitor(server).post(way.path(), way.form());
    assertThat(bounced.status()).as(bounced.text()).isEqualTo(303);
    return browser.send("GET", bounced.header("Location"), Map.of(), "");
  }

  /// All of the way.
  Reply signIn(FakeProvider provider, String name) {
    return back(there(provider, setOut(name)));
  }

  /// What the page gets: parameters of its address.
  static Map<String, String> brought(Reply back) {
    assertThat(back.status()).as(back.text()).isEqualTo(303);
    assertThat(back.header("Location")).startsWith(PAGE + "&");
    Map<String, String> parameters = Visitor.parameters(back.header("Location"));
    assertThat(parameters).containsEntry("state", "s 1").containsEntry("from", "varve");
    return parameters;
  }

  static String code(Reply back) {
    return Objects.requireNonNull(brought(back).get("code"), back.header("Location"));
  }

  static String error(Reply back) {
    Map<String, String> parameters = brought(back);
    assertThat(parameters).doesNotContainKey("code");
    return String.valueOf(parameters.get("error"));
  }

  Reply exchange(String code) {
    return exchange(code, VERIFIER);
  }

  Reply exchange(String code, String verifier) {
    return post("/auth/providers/exchange", Map.of(), Map.of("code", code, "verifier", verifier));
  }

  Reply post(String path, Map<String, String> headers, Map<String, ?> body) {
    String json = new String(Json.bytes(out -> Json.write(out, body)), StandardCharsets.UTF_8);
    return server.send("POST", path, headers, json);
  }

  /// Signs in all the way, and gives the answer with tokens.
  Reply tokens(FakeProvider provider, String name) {
    Reply tokens = exchange(code(signIn(provider, name)));
    assertThat(tokens.status()).as(tokens.text()).isEqualTo(200);
    return tokens;
  }

  /// Signs up with a password, and confirms the address.
  void join(String email) {
    Reply signedUp =
        post(
            "/auth/sign-up",
            Map.of(),
            Map.of("email", email, "password", PASSWORD, "name", "Ada of Varve"));
    assertThat(signedUp.status()).as(signedUp.text()).isEqualTo(202);
    Reply confirmed =
        post(
            "/auth/verify-email",
            Map.of(),
            Map.of("token", mailedToken(email), "password", PASSWORD));
    assertThat(confirmed.status()).as(confirmed.text()).isEqualTo(200);
  }

  Reply password(String email) {
    return post("/auth/sign-in", Map.of(), Map.of("email", email, "password", PASSWORD));
  }

  /// The mails to an address, newest first.
  List<String> mails(String email) {
    return KeptMail.to(email, server::send).stream()
        .map(mail -> mail.subject() + "\n" + mail.text())
        .toList();
  }

  String mailedToken(String email) {
    String mail = mails(email).getFirst();
    int at = mail.indexOf("?token=");
    return mail.substring(at + 7).lines().findFirst().orElseThrow();
  }

  static Object member(Reply reply, String name) {
    return Objects.requireNonNull(
        ((Map<?, ?>) Objects.requireNonNull(reply.json())).get(name), reply.text());
  }

  static String account(Reply tokens) {
    return String.valueOf(((Map<?, ?>) member(tokens, "account")).get("id"));
  }

  static String accountMember(Reply tokens, String name) {
    return String.valueOf(((Map<?, ?>) member(tokens, "account")).get(name));
  }

  static Map<String, String> bearer(Reply tokens) {
    return Map.of("Authorization", "Bearer " + member(tokens, "accessToken"));
  }
}
