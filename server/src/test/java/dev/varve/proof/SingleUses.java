package dev.varve.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.eatthepath.otp.TimeBasedOneTimePasswordGenerator;
import dev.varve.face.auth.SoftwareKey;
import dev.varve.face.oauth.Bank;
import dev.varve.face.oauth.KeyHolder;
import dev.varve.face.oauth.Provider;
import dev.varve.face.oauth.Visitor;
import dev.varve.face.provider.FakeProvider;
import dev.varve.kernel.Json;
import dev.varve.kernel.Patience;
import dev.varve.node.TestServer.Reply;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.util.encoders.Base32;

/// Every kind of thing that is good once, made and used over HTTP, on a server that comes and goes.
final class SingleUses implements AutoCloseable {
  static final String SCHEMA =
      """
      type User @model @account
        @auth(rules: [
          {allow: owner, ownerField: "id", operations: [READ, UPDATE]},
          {allow: scope, scopes: ["people:read"], operations: [READ]}]) {
        id: ID!
      }
      """;
  static final Map<String, String> ENVIRONMENT = Map.of("PROVIDER_SECRET", FakeProvider.SECRET);

  private static final String ORIGIN = "https://shop.example";
  private static final String BACK = ORIGIN + "/back";
  private static final String PAGE_VERIFIER = "a-text-of-43-characters-that-the-page-keeps";
  private static final String TELEVISION = "television";
  private static final String BANK = "bank";
  private static final Map<String, String> BANK_FORM = Map.of("grant_type", "client_credentials");
  private static final String TOKENS = ORIGIN + "/oauth2/token";
  private static final String DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
  private static final TimeBasedOneTimePasswordGenerator CODES =
      new TimeBasedOneTimePasswordGenerator();
  private static final Pattern ADMINISTRATOR = Pattern.compile("shown this once:  (\\S+)  (\\S+)$");
  // in a link, or in a line of its own
  private static final Pattern MAILED = Pattern.compile("(?m)(?:\\?[a-z]+=|^)([A-Za-z0-9_-]{43})$");

  private final FakeProvider provider = new FakeProvider();
  private final KeyHolder key = KeyHolder.es256();
  private final Supplier<ServerProcess> server;
  private Map<String, String> administrator = Map.of();

  /// @param server as it is at the moment
  SingleUses(Supplier<ServerProcess> server) {
    this.server = server;
  }

  /// What came of a use.
  sealed interface Said {
    /// It was good.
    ///
    /// @param given what nobody else is given by another use
    /// @param good whether what was given still is
    record Won(String given, BooleanSupplier good) implements Said {}

    /// It is good for nothing.
    record Refused(int status, String text) implements Said {}

    /// Nobody said anything, or the server had too much to do.
    record Nothing() implements Said {}
  }

  /// Uses something, as a client of its own.
  @FunctionalInterface
  interface Use {
    Said by(int client);
  }

  /// @param takesBack whether a second use takes back what the first has given
  record Thing(String kind, boolean takesBack, Use use) {
    /// @return [Said.Nothing] when no answer comes
    Said usedBy(int client) {
      try {
        return use.by(client);
      } catch (UncheckedIOException killed) {
        return new Said.Nothing();
      }
    }
  }

  /// The settings of a server on which there is all of it.
  String settings() {
    return """
    http:
      trustedProxies: [127.0.0.1]
    auth:
      origin: %1$s
      verification: OPTIONAL
      mailLinks: true
      jwt: {algorithm: ES256}
      password: {memoryKibibytes: 7168, iterations: 1}
      passkeys: {rpId: shop.example, origins: ["%1$s"]}
      returnOrigins: ["%1$s"]
      providers:
        staff: {issuer: "%2$s", clientId: %3$s, secret: PROVIDER_SECRET, title: Staff}
    oauth:
      clients:
        notes-page:
          title: Notes
          redirectUris: ["%4$s"]
          scopes: [openid, offline_access]
        television:
          title: Television
          grants: ["%5$s"]
        bank:
          title: Bank
          scopes: ["people:read"]
          grants: [client_credentials]
          jwks: '%6$s'
    """
        .formatted(
            ORIGIN,
            provider.url(),
            FakeProvider.CLIENT,
            Provider.PAGE,
            DEVICE_GRANT,
            Bank.jwks(key));
  }

  /// One of each kind. What is good for the shortest time comes last.
  List<Thing> make() {
    List<Thing> things = new ArrayList<>();
    things.add(new Thing("a password reset", false, reset()));
    things.add(new Thing("the confirmation of an address", false, confirmation()));
    things.add(new Thing("a mailed link", false, mailedLink()));
    things.add(new Thing("an invitation", false, invitation()));
    things.addAll(secondFactors());
    things.add(new Thing("the challenge of a passkey", false, passkey()));
    things.add(new Thing("a refresh token", true, refreshToken()));
    things.add(new Thing("the way back from a provider", false, callback()));
    things.add(new Thing("the code of a provider's user", false, providerCode()));
    things.add(new Thing("a device code", false, deviceCode()));
    things.add(new Thing("the assertion of a client", false, assertion()));
    Visitor browser = new Visitor(this::send);
    String email = somebody();
    things.add(new Thing("a refresh token of an application", true, grant(browser, email)));
    things.add(new Thing("a pushed request", false, pushedRequest(browser)));
    things.add(new Thing("an authorization code", true, code(browser, email)));
    things.add(new Thing("the proof of a key", false, keyProof()));
    return things;
  }

  private Reply send(String method, String path, Map<String, String> headers, String body) {
    return server.get().reply(method, path, headers, body);
  }

  /// The same from another network, so that many who fail do not lock out each other.
  private Reply send(
      int client, String method, String path, Map<String, String> headers, String body) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put("X-Forwarded-For", "203.0.113." + (client + 1));
    return send(method, path, all, body);
  }

  private Reply post(int client, String path, Map<String, ?> body) {
    return send(client, "POST", path, Map.of(), json(body));
  }

  private Reply post(String path, Map<String, String> headers, Map<String, ?> body) {
    Reply reply = send("POST", path, headers, json(body));
    assertThat(reply.status()).as(path + " " + reply.text()).isBetween(200, 299);
    return reply;
  }

  private static String json(Map<String, ?> body) {
    return new String(Json.bytes(json -> Json.write(json, body)), StandardCharsets.UTF_8);
  }

  private Reply form(int client, String path, Map<String, String> fields) {
    return send(
        client,
        "POST",
        path,
        Map.of("Content-Type", "application/x-www-form-urlencoded"),
        Visitor.form(fields));
  }

  /// What was said, where success is one of two statuses.
  private static Optional<Said> unless(Reply reply, int... good) {
    for (int status : good) {
      if (reply.status() == status) {
        return Optional.empty();
      }
    }
    return Optional.of(
        reply.status() == 429 || reply.status() >= 500
            ? new Said.Nothing()
            : new Said.Refused(reply.status(), reply.text()));
  }

  /// Somebody with an account.
  private String somebody() {
    String email = "somebody-%s@example.com".formatted(UUID.randomUUID());
    post("/auth/sign-up", Map.of(), Map.of("email", email, "password", Provider.PASSWORD));
    return email;
  }

  private Reply signedIn(String email) {
    return post("/auth/sign-in", Map.of(), Map.of("email", email, "password", Provider.PASSWORD));
  }

  private Map<String, String> session(String email) {
    return Provider.bearer(Provider.text(signedIn(email), "accessToken"));
  }

  private boolean isGood(String path, String token) {
    return send("GET", path, Provider.bearer(token), "").status() == 200;
  }

  /// What an answer with tokens of the application that Varve serves says.
  private Said tokens(Reply reply, String given) {
    return unless(reply, 200)
        .orElseGet(() -> {
          String access = Provider.text(reply, "accessToken");
          return new Said.Won(Provider.text(reply, given), () -> isGood("/auth/me", access));
        });
  }

  private Said applicationTokens(Reply reply, String given) {
    return unless(reply, 200)
        .orElseGet(() -> {
          String access = Provider.text(reply, "access_token");
          return new Said.Won(
              Provider.text(reply, given), () -> isGood("/oauth2/userinfo", access));
        });
  }

  private String mailed(String email, String subject) {
    Patience.until(subject + " to " + email, () -> mail(email, subject).isPresent());
    Matcher token = MAILED.matcher(mail(email, subject).orElseThrow());
    assertThat(token.find()).isTrue();
    return token.group(1);
  }

  private Optional<String> mail(String email, String subject) {
    Reply reply = send("GET", "/dev/mails", Map.of("Accept", "application/json"), "");
    List<?> items =
        (List<?>)
            Objects.requireNonNull(((Map<?, ?>) Objects.requireNonNull(reply.json())).get("items"));
    return items.stream()
        .map(Map.class::cast)
        .filter(mail ->
            email.equals(mail.get("to")) && String.valueOf(mail.get("subject")).contains(subject))
        .map(mail -> String.valueOf(mail.get("text")))
        .findFirst();
  }

  private Use reset() {
    String email = somebody();
    post("/auth/password/forgot", Map.of(), Map.of("email", email));
    String token = mailed(email, "Choose a new password");
    return client -> {
      String password = "the new password " + UUID.randomUUID();
      Reply reply =
          post(client, "/auth/password/reset", Map.of("token", token, "newPassword", password));
      return unless(reply, 204)
          .orElseGet(() -> new Said.Won(password, () -> signsIn(email, password)));
    };
  }

  private boolean signsIn(String email, String password) {
    return send(
                "POST",
                "/auth/sign-in",
                Map.of(),
                json(Map.of("email", email, "password", password)))
            .status()
        == 200;
  }

  private Use confirmation() {
    String email = somebody();
    String token = mailed(email, "Confirm");
    return client -> {
      Reply reply =
          post(client, "/auth/verify-email", Map.of("token", token, "password", Provider.PASSWORD));
      return unless(reply, 200)
          .orElseGet(() ->
              new Said.Won(
                  UUID.randomUUID().toString(),
                  () -> signedIn(email).text().contains("\"verified\":true")));
    };
  }

  private String confirmed() {
    String email = somebody();
    post(
        "/auth/verify-email",
        Map.of(),
        Map.of("token", mailed(email, "Confirm"), "password", Provider.PASSWORD));
    return email;
  }

  private Use mailedLink() {
    String email = confirmed();
    post("/auth/sign-in/link", Map.of(), Map.of("email", email));
    String token = mailed(email, "Sign in");
    return client ->
        tokens(post(client, "/auth/sign-in/link/confirm", Map.of("token", token)), "accessToken");
  }

  private Use invitation() {
    String email = "somebody-%s@example.com".formatted(UUID.randomUUID());
    post("/auth/invitations", administrator(), Map.of("email", email));
    String invitation = mailed(email, "You are invited");
    return client -> {
      String password = "the invited password " + UUID.randomUUID();
      Reply reply =
          post(
              client,
              "/auth/sign-up",
              Map.of("email", email, "password", password, "invitation", invitation));
      return unless(reply, 202)
          .orElseGet(() -> new Said.Won(password, () -> signsIn(email, password)));
    };
  }

  /// The one whom a server makes that serves a folder for the first time.
  private Map<String, String> administrator() {
    if (administrator.isEmpty()) {
      Patience.until("the administrator is told", () -> told().isPresent());
      administrator = told().orElseThrow();
    }
    return Provider.bearer(
        Provider.text(post("/auth/sign-in", Map.of(), administrator), "accessToken"));
  }

  private Optional<Map<String, String>> told() {
    return server.get().said().stream()
        .map(ADMINISTRATOR::matcher)
        .filter(Matcher::find)
        .map(found -> Map.of("email", found.group(1), "password", found.group(2)))
        .findFirst();
  }

  /// A code of one moment, and a recovery code of the same account.
  private List<Thing> secondFactors() {
    String email = somebody();
    Map<String, String> session = session(email);
    Reply begun = post("/auth/factors/totp", session, Map.of());
    String secret = Provider.text(begun, "secret");
    Reply enrolled =
        post(
            "/auth/factors/totp/confirm",
            session,
            Map.of(
                "enrolment",
                Provider.text(begun, "enrolment"),
                "code",
                shown(secret, Instant.now()),
                "name",
                "Phone"));
    List<?> recoveryCodes =
        (List<?>)
            Objects.requireNonNull(
                ((Map<?, ?>) Objects.requireNonNull(enrolled.json())).get("recoveryCodes"));
    // the next one, which may be shown on a clock that is ahead: the first is used up
    String next = shown(secret, Instant.now().plus(CODES.getTimeStep()));
    return List.of(
        new Thing("a code of one moment", false, factor(email, "totp", next)),
        new Thing("a recovery code", false, factor(email, "recovery", recoveryCodes.getFirst())));
  }

  private static String shown(String secret, Instant at) {
    String padded = secret + "=".repeat((8 - secret.length() % 8) % 8);
    try {
      return CODES.generateOneTimePasswordString(
          new SecretKeySpec(Base32.decode(padded), "RAW"), at);
    } catch (InvalidKeyException e) {
      throw new IllegalStateException(e);
    }
  }

  /// With a ticket of its own each time: what is used up is the code.
  private Use factor(String email, String factor, Object code) {
    return client -> {
      Reply owed =
          post(client, "/auth/sign-in", Map.of("email", email, "password", Provider.PASSWORD));
      if (owed.status() != 202) {
        return new Said.Nothing();
      }
      return tokens(
          post(
              client,
              "/auth/sign-in/factor",
              Map.of("ticket", Provider.text(owed, "ticket"), "factor", factor, "code", code)),
          "accessToken");
    };
  }

  private Use passkey() {
    Map<String, String> session = session(somebody());
    SoftwareKey key = new SoftwareKey(ORIGIN);
    Map<String, Object> options = members(post("/auth/passkeys/options", session, Map.of()));
    Reply added =
        send("POST", "/auth/passkeys", session, json(Map.of("credential", key.create(options))));
    assertThat(added.status()).as(added.text()).isEqualTo(201);
    Map<String, Object> credential =
        key.get(members(post("/auth/sign-in/passkey/options", Map.of(), Map.of())));
    return client ->
        tokens(
            post(client, "/auth/sign-in/passkey", Map.of("credential", credential)), "accessToken");
  }

  private static Map<String, Object> members(Reply reply) {
    Map<String, Object> members = new LinkedHashMap<>();
    ((Map<?, ?>) Objects.requireNonNull(reply.json()))
        .forEach((name, value) -> members.put(String.valueOf(name), value));
    return members;
  }

  private Use refreshToken() {
    String token = Provider.text(signedIn(somebody()), "refreshToken");
    return client ->
        tokens(post(client, "/auth/refresh", Map.of("refreshToken", token)), "refreshToken");
  }

  /// A browser that somebody new has been to a provider with, and the way back.
  private record Trip(Visitor browser, String path) {}

  private Trip trip() {
    Visitor browser = new Visitor(this::send);
    Map<String, String> goal = new LinkedHashMap<>();
    goal.put("returnTo", BACK);
    goal.put("challenge", FakeProvider.challenge(PAGE_VERIFIER));
    Reply away =
        browser.send("GET", "/auth/providers/staff/start?" + Visitor.form(goal), Map.of(), "");
    String subject = UUID.randomUUID().toString();
    provider.person =
        Map.of("sub", subject, "email", subject + "@staff.example", "email_verified", true);
    return new Trip(browser, provider.visit(away.header("Location")).path());
  }

  private Use callback() {
    Trip trip = trip();
    return client -> {
      Reply back = send(client, "GET", trip.path(), cookies(trip.browser()), "");
      return unless(back, 303)
          .orElseGet(() -> {
            String code = brought(back);
            // at once: it is not good for long
            Said tokens = exchanged(client, code);
            return new Said.Won(code, tokens instanceof Said.Won won ? won.good() : () -> true);
          });
    };
  }

  private Use providerCode() {
    Trip trip = trip();
    String code = brought(trip.browser().send("GET", trip.path(), Map.of(), ""));
    return client -> exchanged(client, code);
  }

  private Said exchanged(int client, String code) {
    try {
      return tokens(
          post(client, "/auth/providers/exchange", Map.of("code", code, "verifier", PAGE_VERIFIER)),
          "accessToken");
    } catch (UncheckedIOException killed) {
      return new Said.Nothing();
    }
  }

  private static Map<String, String> cookies(Visitor browser) {
    return Map.of(
        "Cookie",
        browser.cookies().entrySet().stream()
            .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
            .collect(Collectors.joining("; ")));
  }

  /// The code with which a browser is sent back.
  private static String brought(Reply back) {
    return Objects.requireNonNull(
        Visitor.parameters(back.header("Location")).get("code"), back.header("Location"));
  }

  private Use deviceCode() {
    Reply asked =
        form(0, "/oauth2/device_authorization", Map.of("client_id", TELEVISION, "scope", "openid"));
    Visitor browser = new Visitor(this::send);
    Reply signIn =
        browser.submit(
            browser.get("/oauth2/device"), Map.of("code", Provider.text(asked, "user_code")));
    Reply consent = browser.submit(signIn, Provider.credentials(somebody()));
    assertThat(browser.submit(consent, Map.of("decision", "allow")).text())
        .contains("The device goes on");
    Map<String, String> form =
        Map.of(
            "grant_type",
            DEVICE_GRANT,
            "client_id",
            TELEVISION,
            "device_code",
            Provider.text(asked, "device_code"));
    return client -> applicationTokens(form(client, "/oauth2/token", form), "access_token");
  }

  /// As long as one can be good, so that what refuses it after the kill is that it was used.
  private Use assertion() {
    Map<String, Object> claims = KeyHolder.assertionClaims(BANK, ORIGIN, Instant.now());
    claims.put("exp", Instant.now().getEpochSecond() + 290);
    Map<String, String> form = Bank.asserted(BANK_FORM, key.signed(key.assertionHeader(), claims));
    return client -> bankTokens(form(client, "/oauth2/token", form));
  }

  /// Said to be of later than it is, as clocks may be apart: so it is good for longest. Each comes with an assertion of its own.
  private Use keyProof() {
    String nonce = proven(0, key.proof("POST", TOKENS, "none", Instant.now())).header("DPoP-Nonce");
    String proof = key.proof("POST", TOKENS, nonce, Instant.now().plusSeconds(25));
    return client -> bankTokens(proven(client, proof));
  }

  private Reply proven(int client, String proof) {
    return send(
        client,
        "POST",
        "/oauth2/token",
        Map.of("Content-Type", "application/x-www-form-urlencoded", "DPoP", proof),
        Visitor.form(asserted(BANK_FORM)));
  }

  private Map<String, String> asserted(Map<String, String> form) {
    return Bank.asserted(form, key.assertion(BANK, ORIGIN, Instant.now()));
  }

  private Said bankTokens(Reply reply) {
    return unless(reply, 200)
        .orElseGet(() -> {
          String access = Provider.text(reply, "access_token");
          return new Said.Won(access, () -> isActive(access));
        });
  }

  private boolean isActive(String token) {
    return form(0, "/oauth2/introspect", asserted(Map.of("token", token)))
        .text()
        .contains("\"active\":true");
  }

  private static Map<String, String> request() {
    return Provider.request("notes-page", Provider.PAGE, "openid offline_access");
  }

  private Use grant(Visitor browser, String email) {
    String code = Provider.code(browser, request(), email);
    Reply tokens = form(0, "/oauth2/token", Provider.codeForm("notes-page", Provider.PAGE, code));
    Map<String, String> form =
        Map.of(
            "grant_type",
            "refresh_token",
            "client_id",
            "notes-page",
            "refresh_token",
            Provider.text(tokens, "refresh_token"));
    return client -> applicationTokens(form(client, "/oauth2/token", form), "refresh_token");
  }

  /// In a browser in which somebody is signed in who has let the client in.
  private Use pushedRequest(Visitor browser) {
    Reply pushed = form(0, "/oauth2/par", request());
    Map<String, String> reference = new LinkedHashMap<>();
    reference.put("client_id", "notes-page");
    reference.put("request_uri", Provider.text(pushed, "request_uri"));
    String path = "/oauth2/authorize?" + Visitor.form(reference);
    return client -> {
      Reply back = send(client, "GET", path, cookies(browser), "");
      return unless(back, 302)
          .orElseGet(() -> {
            String code = brought(back);
            Said tokens = redeemed(client, code);
            return new Said.Won(code, tokens instanceof Said.Won won ? won.good() : () -> true);
          });
    };
  }

  private Use code(Visitor browser, String email) {
    String code = Provider.code(browser, request(), email);
    return client -> redeemed(client, code);
  }

  private Said redeemed(int client, String code) {
    try {
      return applicationTokens(
          form(client, "/oauth2/token", Provider.codeForm("notes-page", Provider.PAGE, code)),
          "access_token");
    } catch (UncheckedIOException killed) {
      return new Said.Nothing();
    }
  }

  @Override
  public void close() {
    provider.close();
  }
}
