package dev.varve.face.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.auth.Authenticator;
import dev.varve.face.provider.FakeProvider;
import dev.varve.identity.account.AuthSettings;
import dev.varve.identity.account.VerificationPolicy;
import dev.varve.identity.client.ClientSettings;
import dev.varve.identity.client.OAuthSettings;
import dev.varve.identity.client.RegistrationPolicy;
import dev.varve.identity.client.SelfDescribedSettings;
import dev.varve.identity.provider.Preset;
import dev.varve.identity.provider.ProviderSettings;
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
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A server on which there is everything that somebody may want to abuse: each way in, each kind of client. Its pages are looked at as
/// they come: no other site may frame one, and none runs anything but its own.
final class Target implements AutoCloseable {
  static final String EVIL = "evil.example";
  static final String PROVIDER = "staff";
  static final String TELEVISION = "television";
  static final String DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
  static final String RETURN = "https://shop.example/back";

  static final String TOOL = "https://tool.example/back";
  static final Pattern FIELD =
      Pattern.compile("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\">");

  private static final Pattern LINK = Pattern.compile("(?:href|action|src)=\"([^\"]*)\"");
  private static final Pattern VALUE = Pattern.compile("\"[^\"]*\"");
  private static final Pattern HANDLER = Pattern.compile("<[^>]*\\son[a-z]+\\s*=");

  final SteppedClock clock = SteppedClock.ticking();
  final FakeProvider provider = new FakeProvider();
  final TestServer server;

  Target() {
    this(VerificationPolicy.OPTIONAL);
  }

  Target(VerificationPolicy verification) {
    server = TestServer.start(plan(verification));
  }

  private Plan plan(VerificationPolicy verification) {
    Plan plan = Provider.plan();
    AuthSettings auth =
        SettingRecords.changed(
            plan.auth(),
            Map.of(
                "verification",
                verification,
                "mailLinks",
                true,
                "returnOrigins",
                List.of("https://shop.example"),
                "providers",
                Map.of(PROVIDER, staff())));
    return plan.with(clock)
        .with(auth)
        .with(clients(plan.oauth().clients()))
        .knowing(Map.of("OFFICE_SECRET", Provider.SECRET, "PROVIDER_SECRET", FakeProvider.SECRET));
  }

  private ProviderSettings staff() {
    return new ProviderSettings(
        PROVIDER,
        Preset.OPENID,
        provider.url(),
        FakeProvider.CLIENT,
        "PROVIDER_SECRET",
        "Staff",
        List.of(),
        false,
        true,
        "",
        "",
        false);
  }

  private static OAuthSettings clients(Map<String, ClientSettings> known) {
    Map<String, ClientSettings> clients = new LinkedHashMap<>(known);
    clients.put(TELEVISION, television());
    return new OAuthSettings(
        clients,
        Map.of(),
        false,
        new SelfDescribedSettings(true, List.of(), RegistrationPolicy.OPEN, List.of()));
  }

  /// A client on devices without a browser.
  static ClientSettings television() {
    return SettingRecords.changed(
        Objects.requireNonNull(Provider.clients().clients().get("notes-page")),
        Map.of(
            "id",
            TELEVISION,
            "title",
            "Television",
            "redirectUris",
            List.of(),
            "grants",
            List.of(DEVICE_GRANT, "refresh_token")));
  }

  /// Somebody with a browser.
  Visitor visitor() {
    return new Visitor(this::send);
  }

  /// Somebody with a browser in which they are signed in.
  Visitor visitor(String email) {
    Visitor visitor = visitor();
    Reply page = Provider.authorize(visitor, asking());
    assertThat(visitor.submit(page, Provider.credentials(email)).status()).isLessThan(400);
    return visitor;
  }

  /// A request that is fine.
  static Map<String, String> asking(String... more) {
    Map<String, String> parameters =
        new LinkedHashMap<>(Provider.request("notes-page", Provider.PAGE, "openid notes:read"));
    for (int i = 0; i < more.length; i += 2) {
      parameters.put(more[i], more[i + 1]);
    }
    return parameters;
  }

  Reply send(String method, String path, Map<String, String> headers, String body) {
    Reply reply = server.send(method, path, headers, body);
    if (isPage(reply)) {
      assertKeepsToItself(method + " " + path, reply);
    }
    return reply;
  }

  Reply post(String path, Map<String, ?> body) {
    return send("POST", path, Map.of(), json(body));
  }

  static String json(Map<String, ?> body) {
    return new String(Json.bytes(json -> Json.write(json, body)), StandardCharsets.UTF_8);
  }

  static boolean isPage(Reply reply) {
    return reply.header("Content-Type").startsWith("text/html");
  }

  private static void assertKeepsToItself(String what, Reply page) {
    String policy = page.header("Content-Security-Policy");
    assertThat(policy)
        .as(what)
        .contains("default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'")
        .contains("form-action 'self'")
        .doesNotContain("unsafe-", "*", "https: ", "http: ");
    if (page.text().contains("<script")) {
      assertThat(policy).as(what).contains("script-src 'sha256-");
    } else {
      assertThat(policy).as(what).doesNotContain("script-src");
    }
    assertThat(page.header("X-Frame-Options")).as(what).isEqualTo("DENY");
    assertThat(page.header("X-Content-Type-Options")).as(what).isEqualTo("nosniff");
    assertThat(page.header("Referrer-Policy")).as(what).isEqualTo("no-referrer");
    assertThat(page.header("Cache-Control")).as(what).isEqualTo("no-store");
    assertThat(page.text()).as(what).doesNotContain("<script>alert", "'><", "\"><script");
    String tags = VALUE.matcher(page.text()).replaceAll("\"\"");
    assertThat(HANDLER.matcher(tags).find()).as(what + "\n" + page.text()).isFalse();
  }

  /// What of a request there is by now, with one more.
  static Map<String, String> with(Map<String, String> parameters, String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(parameters);
    more.put(name, value);
    return more;
  }

  /// A reference to a request that was pushed.
  Map<String, String> pushed() {
    Reply pushed = visitor().post(PushedRequests.PATH, asking());
    Map<String, String> reference = new LinkedHashMap<>();
    reference.put("client_id", "notes-page");
    reference.put("request_uri", Provider.text(pushed, "request_uri"));
    return reference;
  }

  /// The id of a client that has registered itself.
  String registered(String name) {
    Reply made =
        post(
            Registration.PATH,
            Map.of(
                "client_name",
                name,
                "redirect_uris",
                List.of(TOOL),
                "token_endpoint_auth_method",
                "none"));
    assertThat(made.status()).as(made.text()).isEqualTo(201);
    return Provider.text(made, "client_id");
  }

  /// What a device sends for its tokens.
  static Map<String, String> deviceForm(String code) {
    return Map.of("grant_type", DEVICE_GRANT, "client_id", TELEVISION, "device_code", code);
  }

  /// A device that asks.
  Reply device() {
    return visitor()
        .post(DeviceRequests.PATH, Map.of("client_id", Target.TELEVISION, "scope", "openid"));
  }

  /// Where a browser is sent back to, at once.
  static String back(Visitor visitor, Map<String, String> asked) {
    Reply reply = Provider.authorize(visitor, asked);
    assertThat(reply.header("Location")).as(reply.text()).startsWith(Provider.PAGE + "?");
    return reply.header("Location");
  }

  /// What a form posts that sends a browser back.
  static Map<String, String> fields(Reply page) {
    assertThat(page.text()).contains("action=\"" + Provider.PAGE + "\"");
    Map<String, String> fields = new LinkedHashMap<>();
    Matcher field = FIELD.matcher(page.text());
    while (field.find()) {
      fields.put(field.group(1), field.group(2));
    }
    return fields;
  }

  /// Neither by itself, nor by anything that somebody can press.
  void assertStaysHere(String what, Reply reply) {
    String location = reply.header("Location");
    assertThat(location.isEmpty() || isHere(location)).as("%s: %s", what, location).isTrue();
    assertThat(reply.header("Refresh")).as(what).isEmpty();
    if (isPage(reply)) {
      Matcher link = LINK.matcher(reply.text());
      while (link.find()) {
        assertThat(isHere(link.group(1)) || link.group(1).equals("data:,"))
            .as("%s: %s", what, link.group(1))
            .isTrue();
      }
    }
  }

  /// A path of this server, and nothing that a browser takes for another place.
  private boolean isHere(String location) {
    String path = location.replace("http://127.0.0.1:" + server.port(), "");
    return path.matches("/[A-Za-z0-9][!-~&&[^\\\\]]*");
  }

  /// The mails to an address, newest first.
  List<KeptMail> mails(String email) {
    return KeptMail.to(email, this::send);
  }

  /// Waits for a mail of that subject.
  KeptMail mail(String email, String subject) {
    Supplier<Optional<KeptMail>> newest =
        () -> mails(email).stream().filter(mail -> mail.subject().startsWith(subject)).findFirst();
    Patience.until(subject + " to " + email, () -> newest.get().isPresent());
    return newest.get().orElseThrow();
  }

  /// Gives somebody an authenticator application.
  Authenticator enrolled(String email) {
    Map<String, String> session = Provider.bearer(Provider.signIn(server, email));
    Reply begun = send("POST", "/auth/factors/totp", session, "{}");
    Authenticator authenticator = new Authenticator(Provider.text(begun, "secret"), clock);
    Reply confirmed =
        send(
            "POST",
            "/auth/factors/totp/confirm",
            session,
            json(
                Map.of(
                    "enrolment",
                    Provider.text(begun, "enrolment"),
                    "code",
                    authenticator.code(),
                    "name",
                    "Phone")));
    assertThat(confirmed.status()).as(confirmed.text()).isEqualTo(201);
    return authenticator;
  }

  @Override
  public void close() {
    server.close();
    provider.close();
  }
}
