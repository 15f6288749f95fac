package dev.varve.face.oauth;

import static dev.varve.face.oauth.Provider.PAGE;
import static dev.varve.face.oauth.Provider.VERIFIER;
import static dev.varve.face.oauth.Provider.authorize;
import static dev.varve.face.oauth.Provider.bearer;
import static dev.varve.face.oauth.Provider.codeForm;
import static dev.varve.face.oauth.Provider.credentials;
import static dev.varve.face.oauth.Provider.text;
import static dev.varve.face.oauth.Target.asking;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.face.auth.Authenticator;
import dev.varve.face.auth.Pages;
import dev.varve.face.provider.FakeProvider;
import dev.varve.node.TestServer.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What attackers do to people who sign in to applications, each move a row. docs/concepts/abuse.md lists all moves, those too that
/// other tests make.
class AbuseTest {
  private static Target target;
  private static String email = "";

  @BeforeAll
  static void start() {
    target = new Target();
  }

  @AfterAll
  static void stop() {
    target.close();
  }

  @BeforeEach
  void somebody() {
    email = Provider.somebody(target.server);
  }

  /// A move of an attacker, which comes to nothing.
  record Move(String name, Executable attack) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Move move(String name, Executable attack) {
    return new Move(name, attack);
  }

  // ---- sending a browser elsewhere ----

  /// A way by which somebody is told where a browser goes on.
  ///
  /// @param takes what comes of an address there
  record Door(String name, Takes takes) {
    @Override
    public String toString() {
      return name;
    }
  }

  @FunctionalInterface
  interface Takes {
    Reply address(String address);
  }

  private static final List<String> ELSEWHERE =
      List.of(
          "https://evil.example/",
          "//evil.example",
          "///evil.example",
          "//evil.example/callback",
          "/\\evil.example",
          "\\\\evil.example",
          "https:\\\\evil.example",
          "https:/evil.example",
          "https:evil.example",
          "https://notes.example@evil.example/callback",
          "https://notes.example%40evil.example/callback",
          "https://notes.example\\@evil.example/callback",
          "https://notes.example;@evil.example/callback",
          "https://notes.example.evil.example/callback",
          "https://notes.example:443/callback",
          "https://notes.example./callback",
          "https://NOTES.example/callback",
          "https://n\u043etes.example/callback",
          "http://notes.example/callback",
          "https://notes.example/callback/",
          "https://notes.example/callback/../evil",
          "https://notes.example/x/../callback",
          "https://notes.example/callback/..%2fevil",
          "https://notes.example/%63allback",
          "https://notes.example/callback?more=1",
          "https://notes.example/callback#https://evil.example",
          "https://notes.example/callback%0d%0aLocation:%20https://evil.example",
          "https://notes.example/callback\r\nLocation: https://evil.example",
          " https://notes.example/callback",
          "https://notes.example/callback ",
          "https://notes.example/callback\u0000",
          "/callback",
          "callback",
          "/\t/evil.example",
          "/%2F/evil.example",
          "/..//evil.example",
          "/a\"onclick=alert(1)",
          "/a?b=https://evil.example",
          "javascript:alert(1)",
          "javascript://notes.example/callback%0aalert(1)",
          "data:text/html,<script>alert(1)</script>",
          "vbscript:x",
          "http://127.0.0.1@evil.example/callback",
          "http://127.0.0.1.evil.example/callback",
          "http://127.0.0.1:x/callback",
          "http://127.0.0.1:1/other",
          "http://localhost:1/callback",
          "http://[::1]@evil.example/callback",
          "http://0.0.0.0/callback",
          "http://127.1/callback");

  static Stream<Door> doors() {
    return Stream.of(
        new Door(
            "redirect_uri of a link to the authorization endpoint",
            address -> authorize(target.visitor(), asking("redirect_uri", address))),
        new Door(
            "redirect_uri of a form to the authorization endpoint",
            address -> {
              Visitor visitor = target.visitor();
              Reply round =
                  visitor.post(AuthorizationEndpoint.PATH, asking("redirect_uri", address));
              return visitor.get(round.header("Location"));
            }),
        new Door(
            "redirect_uri of a browser in which somebody has let the client in",
            address -> authorize(letIn(), asking("redirect_uri", address, "prompt", "none"))),
        new Door(
            "redirect_uri of a request that is wrong otherwise too",
            address ->
                authorize(
                    target.visitor(), asking("redirect_uri", address, "response_type", "token"))),
        new Door(
            "redirect_uri of a request that is pushed",
            address -> target.visitor().post(PushedRequests.PATH, asking("redirect_uri", address))),
        new Door(
            "post_logout_redirect_uri with the right hint",
            address -> {
              Visitor visitor = letIn();
              return visitor.send(
                  "GET",
                  Logout.PATH
                      + "?"
                      + Visitor.form(
                          Map.of("id_token_hint", idToken, "post_logout_redirect_uri", address)),
                  Map.of(),
                  "");
            }),
        new Door(
            "returnTo of the page on which people sign up",
            address -> target.visitor().get("/auth/sign-up?" + returnTo(address))),
        new Door(
            "returnTo of the form that signs up",
            address ->
                target
                    .visitor()
                    .post(
                        "/auth/sign-up",
                        Map.of("email", email, "password", "short", "returnTo", address))),
        new Door(
            "returnTo of the page for a forgotten password",
            address -> target.visitor().get("/auth/password/forgot?" + returnTo(address))),
        new Door(
            "returnTo of the form for a forgotten password",
            address ->
                target
                    .visitor()
                    .post(
                        "/auth/password/forgot",
                        Map.of("email", "nobody@example.com", "returnTo", address))),
        new Door(
            "returnTo of the way to a provider",
            address ->
                target
                    .visitor()
                    .send(
                        "GET",
                        "/auth/providers/staff/start?"
                            + returnTo(address)
                            + "&challenge="
                            + FakeProvider.challenge(VERIFIER),
                        Map.of(),
                        "")),
        new Door(
            "returnTo of a link to a provider",
            address ->
                target.send(
                    "POST",
                    "/auth/providers/staff/link",
                    bearer(Provider.signIn(target.server, email)),
                    Target.json(
                        Map.of(
                            "returnTo", address, "challenge", FakeProvider.challenge(VERIFIER))))));
  }

  private static String idToken = "";
  private static Visitor known = new Visitor((_, _, _, _) -> new Reply(0, Map.of(), new byte[0]));

  /// Somebody who is signed in and has let the client in, and the ID token that it got.
  private static Visitor letIn() {
    boolean open =
        !idToken.isEmpty()
            && authorize(known, asking("prompt", "none")).header("Location").contains("code=");
    if (!open) {
      known = target.visitor();
      String code = Provider.code(known, asking(), email);
      idToken = text(Provider.token(target.server, codeForm("notes-page", PAGE, code)), "id_token");
    }
    return known;
  }

  private static String returnTo(String address) {
    return Visitor.form(Map.of("returnTo", address));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("doors")
  void nobodyIsSentElsewhere(Door door) {
    idToken = "";
    for (String address : ELSEWHERE) {
      Reply reply = door.takes().address(address);
      String what = "%s = %s".formatted(door, address);
      target.assertStaysHere(what, reply);
      assertThat(reply.text()).as(what).doesNotContain("onclick=alert", "<script>alert");
      assertThat(reply.header("Set-Cookie")).as(what).doesNotContain("evil");
    }
  }

  // ---- confusing clients of many servers ----

  /// Who answers stands in every answer (RFC 9207), or a client that knows an attacker's server too takes one for the other.
  static Stream<Move> answers() {
    return Stream.of(
        move(
            "a code, in the address",
            () -> assertNamesIssuer(Visitor.parameters(back(letIn(), asking())))),
        move(
            "a code, in a form",
            () ->
                assertNamesIssuer(
                    fields(authorize(letIn(), asking("response_mode", "form_post"))))),
        move(
            "that nobody is signed in, in the address",
            () ->
                assertNamesIssuer(
                    Visitor.parameters(back(target.visitor(), asking("prompt", "none"))))),
        move(
            "that nobody is signed in, in a form",
            () ->
                assertNamesIssuer(
                    fields(
                        authorize(
                            target.visitor(),
                            asking("prompt", "none", "response_mode", "form_post"))))),
        move(
            "that a request is wrong",
            () ->
                assertNamesIssuer(
                    Visitor.parameters(back(target.visitor(), asking("max_age", "soon"))))),
        move(
            "that somebody has refused",
            () -> {
              Visitor visitor = target.visitor();
              Reply page = authorize(visitor, asking());
              Reply refused = visitor.submitAlone(page, Map.of("decision", "deny"));
              assertNamesIssuer(Visitor.parameters(refused.header("Location")));
            }),
        move(
            "that somebody has refused what was pushed",
            () -> {
              Visitor visitor = target.visitor();
              Reply refused =
                  visitor.submitAlone(authorize(visitor, pushed()), Map.of("decision", "deny"));
              assertNamesIssuer(Visitor.parameters(refused.header("Location")));
            }),
        move(
            "an error that a client gets which nobody knows",
            () -> {
              String id = registered("Tool");
              Reply page =
                  authorize(
                      target.visitor(),
                      with(Provider.request(id, TOOL, "openid"), "prompt", "none"));
              assertThat(page.status()).isEqualTo(400);
              assertThat(page.text()).contains("iss=" + Visitor.encoded(issuer()));
            }));
  }

  private static final String TOOL = "https://tool.example/back";

  private static Map<String, String> with(
      Map<String, String> parameters, String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(parameters);
    more.put(name, value);
    return more;
  }

  private static Map<String, String> pushed() {
    Reply pushed = target.visitor().post(PushedRequests.PATH, asking());
    Map<String, String> reference = new LinkedHashMap<>();
    reference.put("client_id", "notes-page");
    reference.put("request_uri", text(pushed, "request_uri"));
    return reference;
  }

  private static String registered(String name) {
    Reply made =
        target.post(
            Registration.PATH,
            Map.of(
                "client_name",
                name,
                "redirect_uris",
                List.of(TOOL),
                "token_endpoint_auth_method",
                "none"));
    assertThat(made.status()).as(made.text()).isEqualTo(201);
    return text(made, "client_id");
  }

  private static String back(Visitor visitor, Map<String, String> asked) {
    Reply reply = authorize(visitor, asked);
    assertThat(reply.header("Location")).as(reply.text()).startsWith(PAGE + "?");
    return reply.header("Location");
  }

  private static Map<String, String> fields(Reply page) {
    assertThat(page.text()).contains("action=\"" + PAGE + "\"");
    Map<String, String> fields = new LinkedHashMap<>();
    Matcher field = FIELD.matcher(page.text());
    while (field.find()) {
      fields.put(field.group(1), field.group(2));
    }
    return fields;
  }

  private static final Pattern FIELD =
      Pattern.compile("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\">");

  private static String issuer() {
    return text(target.send("GET", Metadata.OPENID, Map.of(), ""), "issuer");
  }

  private static void assertNamesIssuer(Map<String, String> answer) {
    assertThat(answer).containsEntry("iss", issuer()).containsKey("state");
    assertThat(answer.containsKey("code")).isNotEqualTo(answer.containsKey("error"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("answers")
  void everyAnswerNamesWhoGivesIt(Move move) throws Throwable {
    move.attack().execute();
  }

  // ---- bringing what is another's ----

  static Stream<Move> codes() {
    return Stream.of(
        move(
            "a code with the id of another client",
            () ->
                refused(form -> {
                  form.put("client_id", registered("Tool"));
                })),
        move(
            "a code with the address of another client",
            () ->
                refused(form -> {
                  form.put("redirect_uri", TOOL);
                })),
        move(
            "a code with the verifier of another session",
            () ->
                refused(form -> {
                  form.put("code_verifier", "a-verifier-of-an-attacker-who-asked-for-it-first");
                })),
        move(
            "a code with the challenge in the place of the verifier, as with plain",
            () ->
                refused(form -> {
                  form.put("code_verifier", Provider.challenge(VERIFIER));
                })),
        move("a code without a verifier", () -> refused(form -> form.remove("code_verifier"))),
        move("a code with an empty verifier", () -> refused(form -> form.put("code_verifier", ""))),
        move(
            "a code with a verifier, and a method that says plain",
            () ->
                refused(form -> {
                  form.put("code_verifier", Provider.challenge(VERIFIER));
                  form.put("code_challenge_method", "plain");
                })),
        move(
            "a code in the query, where logs are",
            () -> {
              Map<String, String> form = codeForm("notes-page", PAGE, code());
              String code = Objects.requireNonNull(form.remove("code"));
              Reply reply = target.visitor().post(TokenEndpoint.PATH + "?code=" + code, form);
              assertThat(text(reply, "error")).isEqualTo("invalid_request");
            }),
        move(
            "a code whose request asked for no challenge",
            () -> {
              Map<String, String> asked = asking();
              asked.remove("code_challenge");
              asked.remove("code_challenge_method");
              assertThat(Visitor.parameters(back(letIn(), asked)))
                  .containsEntry("error", "invalid_request");
            }),
        move(
            "a challenge that says plain",
            () ->
                assertThat(
                        Visitor.parameters(
                            back(
                                letIn(),
                                asking(
                                    "code_challenge_method", "plain", "code_challenge", VERIFIER))))
                    .containsEntry("error", "invalid_request")),
        move(
            "the flow of somebody else in one's own browser",
            () -> {
              Visitor attacker = target.visitor();
              Reply page = authorize(attacker, asking());
              Reply other = target.visitor().submitAlone(page, credentials(email));
              assertThat(other.status()).isEqualTo(400);
              assertThat(other.header("Set-Cookie")).doesNotContain("session");
            }),
        move(
            "the consent of somebody else, asked for in another browser",
            () -> {
              Visitor attacker = target.visitor(Provider.somebody(target.server));
              Visitor victim = target.visitor();
              Reply consent = victim.submit(authorize(victim, asking()), credentials(email));
              assertThat(consent.text()).contains("Let Notes");
              Reply stolen = attacker.submitAlone(consent, Map.of("decision", "allow"));
              assertThat(stolen.status()).isEqualTo(400);
              assertThat(stolen.header("Location")).isEmpty();
            }),
        move(
            "a token in the address of a resource",
            () -> {
              String access =
                  text(
                      Provider.token(target.server, codeForm("notes-page", PAGE, code())),
                      "access_token");
              assertThat(
                      target
                          .send("GET", UserInfo.PATH + "?access_token=" + access, Map.of(), "")
                          .status())
                  .isEqualTo(401);
            }));
  }

  private static String code() {
    return Objects.requireNonNull(Visitor.parameters(back(letIn(), asking())).get("code"));
  }

  /// A code is worth nothing with what is changed, and nothing afterwards.
  private static void refused(Consumer<Map<String, String>> change) {
    String code = code();
    Map<String, String> form = codeForm("notes-page", PAGE, code);
    change.accept(form);
    Reply reply = Provider.token(target.server, form);
    assertThat(reply.status()).as(reply.text()).isEqualTo(400);
    assertThat(text(reply, "error")).isEqualTo("invalid_grant");
    assertThat(text(Provider.token(target.server, codeForm("notes-page", PAGE, code)), "error"))
        .as("used up by the wrong use")
        .isEqualTo("invalid_grant");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("codes")
  void whatIsAnothersIsWorthNothing(Move move) throws Throwable {
    move.attack().execute();
  }

  // ---- forms of other sites ----

  /// A page with a form, in a browser.
  ///
  /// @param undone whether nothing has come of it
  record Filled(Visitor visitor, Reply page, Map<String, String> fields, Check undone) {}

  @FunctionalInterface
  interface Check {
    void holds(Reply reply);
  }

  record Form(String name, Function<String, Filled> filled) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Form> forms() {
    return Stream.of(
        new Form(
            "signing in",
            who -> {
              Visitor visitor = target.visitor();
              return new Filled(
                  visitor, authorize(visitor, asking()), credentials(who), nobodyIn(visitor));
            }),
        new Form(
            "asking for a link by mail",
            who -> {
              Visitor visitor = target.visitor();
              long before = mails();
              return new Filled(
                  visitor,
                  authorize(visitor, asking()),
                  Map.of("email", who, "decision", "link"),
                  _ -> assertThat(mails()).isEqualTo(before));
            }),
        new Form(
            "a second factor",
            who -> {
              Authenticator enrolled = target.enrolled(who);
              Visitor visitor = target.visitor();
              Reply page = visitor.submit(authorize(visitor, asking()), credentials(who));
              assertThat(page.text()).contains("name=\"factor\"");
              return new Filled(
                  visitor,
                  page,
                  Map.of("factor", "totp", "code", enrolled.nextCode()),
                  nobodyIn(visitor));
            }),
        new Form(
            "letting a client in",
            who -> {
              Visitor visitor = target.visitor();
              Reply page = visitor.submit(authorize(visitor, asking()), credentials(who));
              assertThat(page.text()).contains("Let Notes");
              return new Filled(
                  visitor,
                  page,
                  Map.of("decision", "allow"),
                  reply -> {
                    assertThat(reply.header("Location")).doesNotContain("code=");
                    assertThat(consents(who)).isZero();
                  });
            }),
        new Form(
            "going on as somebody else",
            who -> {
              Visitor visitor = target.visitor();
              Reply page = visitor.submit(authorize(visitor, asking()), credentials(who));
              return new Filled(visitor, page, Map.of("decision", "switch"), stillIn(visitor, who));
            }),
        new Form(
            "signing out",
            who -> {
              Visitor visitor = target.visitor(who);
              return new Filled(visitor, visitor.get(Logout.PATH), Map.of(), stillIn(visitor, who));
            }),
        new Form(
            "typing the code of a device",
            who -> {
              Visitor visitor = target.visitor(who);
              return new Filled(
                  visitor,
                  visitor.get(DevicePage.PATH),
                  Map.of("code", text(device(), "user_code")),
                  reply -> assertThat(reply.header("Location")).isEmpty());
            }),
        new Form(
            "letting a device in",
            who -> {
              Reply device = device();
              Visitor visitor = target.visitor(who);
              Reply page =
                  visitor.submit(
                      visitor.get(DevicePage.PATH), Map.of("code", text(device, "user_code")));
              assertThat(page.text()).contains("Let Television");
              return new Filled(
                  visitor,
                  page,
                  Map.of("decision", "allow"),
                  _ ->
                      assertThat(text(polled(device), "error"))
                          .isIn("authorization_pending", "slow_down"));
            }));
  }

  private static Check nobodyIn(Visitor visitor) {
    return reply -> {
      assertThat(reply.header("Set-Cookie")).doesNotContain("varve-session=");
      assertThat(back(visitor, asking("prompt", "none"))).contains("error=login_required");
    };
  }

  private static Check stillIn(Visitor visitor, String who) {
    return _ ->
        assertThat(
                visitor.send("GET", "/auth/me", Map.of("Sec-Fetch-Site", "same-origin"), "").text())
            .contains(who);
  }

  private static long mails() {
    return count("SELECT count(*) FROM varve_mail_token");
  }

  private static long consents(String who) {
    return count(
        "SELECT count(*) FROM varve_consent WHERE account = (SELECT id FROM users WHERE email = '%s')"
            .formatted(who));
  }

  private static long count(String sql) {
    return Long.parseLong(target.server.column(sql).getFirst());
  }

  private static Reply device() {
    return target
        .visitor()
        .post(DeviceRequests.PATH, Map.of("client_id", Target.TELEVISION, "scope", "openid"));
  }

  private static Reply polled(Reply device) {
    return Provider.token(
        target.server,
        Map.of(
            "grant_type",
            Target.DEVICE_GRANT,
            "client_id",
            Target.TELEVISION,
            "device_code",
            text(device, "device_code")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("forms")
  void aFormOfAnotherSiteDoesNothing(Form form) {
    Filled other = form.filled().apply(Provider.somebody(target.server));
    Filled filled = form.filled().apply(email);
    String own = token(filled.page());
    String action = action(filled.page());
    Map<String, String> fields = new LinkedHashMap<>(fieldsOf(filled.page()));
    fields.putAll(filled.fields());
    Map<String, Map<String, String>> wrong = new LinkedHashMap<>();
    wrong.put("no token", without(fields, "token"));
    wrong.put("an empty token", with(fields, "token", ""));
    wrong.put("a guessed token", with(fields, "token", "A".repeat(own.length())));
    wrong.put("the token of another browser", with(fields, "token", token(other.page())));
    wrong.forEach((what, sent) -> {
      Reply reply = filled.visitor().send("POST", action, FORM, Visitor.form(sent));
      assertThat(reply.status()).as("%s with %s: %s", form, what, reply.text()).isIn(303, 400, 403);
      assertThat(reply.header("Location"))
          .as("%s with %s", form, what)
          .isIn("", rounds(action, sent));
      filled.undone().holds(reply);
    });
    for (String site : List.of("cross-site", "same-site", "none")) {
      Map<String, String> headers = new LinkedHashMap<>(FORM);
      headers.put("Sec-Fetch-Site", site);
      headers.put("Sec-Fetch-Mode", "navigate");
      Reply reply = filled.visitor().send("POST", action, headers, Visitor.form(fields));
      assertThat(reply.status()).as("%s from %s: %s", form, site, reply.text()).isIn(303, 403);
      assertThat(reply.header("Location"))
          .as("%s from %s", form, site)
          .isIn("", rounds(action, fields));
      filled.undone().holds(reply);
    }
    Map<String, String> headers = new LinkedHashMap<>(FORM);
    headers.put("Sec-Fetch-Site", "same-origin");
    Reply done = filled.visitor().send("POST", action, headers, Visitor.form(fields));
    assertThat(done.status()).as("the form itself: %s", done.text()).isIn(200, 303);
    assertThatThrownBy(() -> filled.undone().holds(done)).isInstanceOf(AssertionError.class);
  }

  /// A form that signs out and is another site's comes round as a link, on which somebody is asked.
  private static String rounds(String action, Map<String, String> sent) {
    return action.equals(Logout.PATH) ? Answering.located(action, sent) : "";
  }

  private static final Map<String, String> FORM =
      Map.of("Content-Type", "application/x-www-form-urlencoded");

  private static Map<String, String> without(Map<String, String> fields, String name) {
    Map<String, String> less = new LinkedHashMap<>(fields);
    less.remove(name);
    return less;
  }

  private static String token(Reply page) {
    return Objects.requireNonNull(fieldsOf(page).get("token"), page.text());
  }

  private static String action(Reply page) {
    Matcher action = ACTION.matcher(page.text());
    assertThat(action.find()).as(page.text()).isTrue();
    return action.group(1);
  }

  private static final Pattern ACTION =
      Pattern.compile("<form method=\"post\" action=\"([^\"]*)\">");

  /// The hidden fields of the first form of a page.
  private static Map<String, String> fieldsOf(Reply page) {
    String first =
        page.text().substring(page.text().indexOf("<form"), page.text().indexOf("</form>"));
    Map<String, String> fields = new LinkedHashMap<>();
    Matcher field = FIELD.matcher(first);
    while (field.find()) {
      fields.put(field.group(1), field.group(2));
    }
    return fields;
  }

  // ---- planting cookies ----

  static Stream<Move> plants() {
    return Stream.of(
        move(
            "a planted session becomes nobody's",
            () -> {
              Visitor victim = target.visitor();
              victim.cookies().put("varve-session", "planted-by-an-attacker");
              victim.submit(authorize(victim, asking()), credentials(email));
              assertThat(victim.cookies().get("varve-session"))
                  .isNotEqualTo("planted-by-an-attacker");
              Visitor attacker = target.visitor();
              attacker.cookies().put("varve-session", "planted-by-an-attacker");
              assertThat(back(attacker, asking("prompt", "none"))).contains("error=login_required");
            }),
        move(
            "a planted browser and flow give the attacker no session",
            () -> {
              Visitor attacker = target.visitor();
              Reply page = authorize(attacker, asking());
              Visitor victim = planted(attacker);
              assertThat(victim.submit(page, credentials(email)).text()).contains("Let Notes");
              assertThat(attacker.get(action(page)).text()).contains("<h1>Sign in</h1>");
            }),
        move(
            "what a victim proves in a planted flow, the attacker completes no further",
            () -> {
              Authenticator enrolled = target.enrolled(email);
              Visitor attacker = target.visitor();
              Reply page = authorize(attacker, asking());
              Visitor victim = planted(attacker);
              Reply owed = victim.submit(page, credentials(email));
              assertThat(owed.text()).contains("name=\"factor\"");
              assertThat(attacker.get(action(page)).text()).contains("<h1>Sign in</h1>");
              attacker.submit(owed, Map.of("factor", "totp", "code", enrolled.nextCode()));
              assertThat(attacker.cookies()).doesNotContainKey("varve-session");
            }),
        move(
            "a flow that is finished is finished in every browser that has its cookie",
            () -> {
              Visitor attacker = target.visitor();
              Reply page = authorize(attacker, asking());
              Visitor victim = planted(attacker);
              victim.submitAlone(
                  victim.submit(page, credentials(email)), Map.of("decision", "allow"));
              assertThat(attacker.get(action(page)).text())
                  .contains("You have answered here already");
            }),
        move(
            "no cookie is for scripts, for other hosts, or for forms of other sites",
            () -> {
              Visitor visitor = target.visitor();
              List<String> given = new ArrayList<>();
              Visitor watched =
                  new Visitor((method, path, headers, body) -> {
                    Reply reply = target.send(method, path, headers, body);
                    reply
                        .headers()
                        .forEach((name, values) -> {
                          if (name.equalsIgnoreCase("Set-Cookie")) {
                            given.addAll(values);
                          }
                        });
                    return reply;
                  });
              Provider.code(watched, asking(), email);
              assertThat(visitor.cookies()).isEmpty();
              assertThat(given)
                  .hasSize(2)
                  .allMatch(cookie ->
                      cookie.contains("; Path=/; HttpOnly; SameSite=Lax")
                          && !cookie.contains("Domain"));
            }));
  }

  private static Visitor planted(Visitor attacker) {
    Visitor victim = target.visitor();
    victim.cookies().putAll(attacker.cookies());
    return victim;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("plants")
  void aPlantedCookieIsWorthNothing(Move move) throws Throwable {
    move.attack().execute();
  }

  // ---- what clients say of themselves ----

  static Stream<String> shownNames() {
    return Stream.of(
        "<img src=x onerror=alert(1)>",
        "</title><script>alert(1)</script>",
        "\"><a href=https://evil.example>here</a>",
        "' onmouseover='alert(1)",
        "{{7*7}} ${7*7} %s %d <%= 1 %>",
        "&lt;script&gt; &#x202e; &amp;",
        "javascript:alert(1)",
        "Varve",
        "N\u043etes",
        "\u05e9\u05dc\u05d5\u05dd",
        "x".repeat(100));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("shownNames")
  void aHostileNameIsTextAndStandsBesideWhereItComesFrom(String name) {
    String id = registered(name);
    Authenticator enrolled = target.enrolled(email);
    Visitor visitor = target.visitor();
    List<Reply> pages = new ArrayList<>();
    pages.add(authorize(visitor, Provider.request(id, TOOL, "openid")));
    pages.add(visitor.submit(pages.getLast(), credentials(email)));
    pages.add(
        visitor.submit(pages.getLast(), Map.of("factor", "totp", "code", enrolled.nextCode())));
    pages.add(
        authorize(target.visitor(), with(Provider.request(id, TOOL, "openid"), "prompt", "none")));
    for (Reply page : pages) {
      assertThat(page.text())
          .contains(Pages.escaped(name))
          .containsAnyOf("It has registered itself", TOOL)
          .doesNotContain("<img", "<script>alert", "onmouseover='", "<a href=https://evil");
    }
    assertThat(pages.get(2).text()).contains("<h1>Let ", "https://tool.example");
    visitor.submitAlone(pages.get(2), Map.of("decision", "allow"));
    Reply list =
        visitor.send("GET", "/auth/applications", Map.of("Sec-Fetch-Site", "same-origin"), "");
    assertThat(list.header("Content-Type")).startsWith("application/json");
    assertThat(list.text()).contains(id);
  }

  static Stream<Move> refusedNames() {
    Map<String, String> names = new LinkedHashMap<>();
    names.put("nothing at all", "");
    names.put("blanks", "   ");
    names.put("a name that turns the direction of text", "Notes \u202egro.live");
    names.put("an isolate of the other direction", "Notes \u2067x");
    names.put("a letter without width", "No\u200btes");
    names.put("a joiner without width", "No\u200dtes");
    names.put("a byte order mark", "\ufeffNotes");
    names.put("a new line", "Notes\nIt comes from varve.example");
    names.put("a line separator", "Notes\u2028It comes from varve.example");
    names.put("a paragraph separator", "Notes\u2029It comes from varve.example");
    names.put("an escape", "Notes\u001b[31m");
    names.put("fillers that show nothing", "\u3164\u3164\u3164");
    names.put("a blank braille pattern", "\u2800\u2800");
    names.put(
        "marks that pile up over the lines beside", "N" + "\u0335\u0321\u0322\u0489".repeat(6));
    names.put("letters that nobody has agreed on", "Notes\ue000\uf8ff");
    names.put("tags that no page shows", "Notes\udb40\udc41");
    names.put("too much", "x".repeat(101));
    return names.entrySet().stream()
        .map(name ->
            move(
                name.getKey(),
                () -> {
                  Reply reply =
                      target.post(
                          Registration.PATH,
                          Map.of(
                              "client_name",
                              name.getValue(),
                              "redirect_uris",
                              List.of(TOOL),
                              "token_endpoint_auth_method",
                              "none"));
                  assertThat(reply.status()).as(reply.text()).isEqualTo(400);
                  assertThat(text(reply, "error")).isEqualTo("invalid_client_metadata");
                  assertThat(text(reply, "error_description")).startsWith("client_name ");
                }));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusedNames")
  void aNameThatMisleadsIsNone(Move move) throws Throwable {
    move.attack().execute();
  }

  /// Neither asked for by the server, nor by the browser of anybody.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "javascript:alert(1)",
        "data:image/svg+xml,<svg onload=alert(1)>",
        "https://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:1/logo.png",
        "https://evil.example/pixel.png"
      })
  void noPictureAndNoPageOfAClientIsShownOrFetched(String uri) {
    Map<String, Object> said = new LinkedHashMap<>();
    said.put("client_name", "Tool");
    said.put("redirect_uris", List.of(TOOL));
    said.put("token_endpoint_auth_method", "none");
    for (String member : List.of("logo_uri", "client_uri", "policy_uri", "tos_uri")) {
      said.put(member, uri);
    }
    Reply made = target.post(Registration.PATH, said);
    assertThat(made.status()).as(made.text()).isEqualTo(201);
    assertThat(made.text()).doesNotContain(uri);
    Visitor visitor = target.visitor();
    Reply signIn = authorize(visitor, Provider.request(text(made, "client_id"), TOOL, "openid"));
    Reply consent = visitor.submit(signIn, credentials(email));
    assertThat(consent.text()).contains("Let Tool in?");
    for (Reply page : List.of(signIn, consent)) {
      assertThat(page.text()).doesNotContain(uri, "<img");
    }
  }

  @Test
  void whatARequestSaysIsTextOnPagesAndOneLineInHeaders() {
    String hostile = "'\"><script>alert(1)</script>\r\nSet-Cookie: evil=1";
    Reply page =
        authorize(
            target.visitor(),
            asking("login_hint", hostile, "state", hostile, "nonce", hostile, "display", hostile));
    assertThat(page.text()).contains("&lt;script&gt;alert(1)");
    for (String mode : List.of("query", "form_post")) {
      Reply answer = authorize(letIn(), asking("state", hostile, "response_mode", mode));
      assertThat(answer.headers().toString()).doesNotContain("evil=1]", "\n");
      Map<String, String> given =
          mode.equals("query")
              ? Visitor.parameters(answer.header("Location"))
              : Map.of("state", Objects.requireNonNull(fields(answer).get("state")));
      assertThat(given.get("state")).isIn(hostile, Pages.escaped(hostile));
    }
  }

  // ---- what is good for one thing is good for nothing else ----

  /// @param own the only door at which it is good
  record Kind(String name, String own, Supplier<String> made) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Kind> kinds() {
    return Stream.of(
        new Kind("an authorization code", "code", AbuseTest::code),
        new Kind(
            "the refresh token of an application",
            "refresh",
            () ->
                text(
                    Provider.token(target.server, codeForm("notes-page", PAGE, code())),
                    "refresh_token")),
        new Kind(
            "a device code",
            "device",
            () -> {
              Reply device = device();
              Visitor visitor = target.visitor(email);
              Reply page =
                  visitor.submit(
                      visitor.get(DevicePage.PATH), Map.of("code", text(device, "user_code")));
              visitor.submit(page, Map.of("decision", "allow"));
              return text(device, "device_code");
            }),
        new Kind(
            "the reference to a request",
            "request_uri",
            () -> Objects.requireNonNull(pushed().get("request_uri")).substring(URN.length())),
        new Kind(
            "a ticket for a second factor",
            "",
            () -> {
              target.enrolled(email);
              return text(target.post("/auth/sign-in", credentials(email)), "ticket");
            }),
        new Kind(
            "a refresh token of the API",
            "/auth/refresh",
            () -> text(target.post("/auth/sign-in", credentials(email)), "refreshToken")),
        new Kind(
            "an ID token",
            "",
            () ->
                text(
                    Provider.token(target.server, codeForm("notes-page", PAGE, code())),
                    "id_token")),
        new Kind(
            "a token that resets a password",
            "/auth/password/reset",
            () -> mailed("/auth/password/forgot", "Choose")),
        new Kind(
            "a token that signs in",
            "/auth/sign-in/link/confirm",
            () -> mailed("/auth/sign-in/link", "Sign in")),
        new Kind(
            "a token that confirms an address",
            "/auth/verify-email",
            () -> target.mail(email, "Confirm").token()),
        new Kind(
            "the cookie of a session",
            "cookie",
            () -> Objects.requireNonNull(target.visitor(email).cookies().get("varve-session"))),
        new Kind(
            "the cookie of a browser",
            "",
            () -> Objects.requireNonNull(target.visitor(email).cookies().get("varve-browser"))));
  }

  private static final String URN = "urn:ietf:params:oauth:request_uri:";

  private static String mailed(String path, String subject) {
    String token = target.mail(email, "Confirm").token();
    target.post("/auth/verify-email", Map.of("token", token, "password", Provider.PASSWORD));
    assertThat(target.post(path, Map.of("email", email)).status()).isEqualTo(202);
    return target.mail(email, subject).token();
  }

  private static Map<String, Function<String, Reply>> uses() {
    Map<String, Function<String, Reply>> uses = new LinkedHashMap<>();
    uses.put("code", token -> Provider.token(target.server, codeForm("notes-page", PAGE, token)));
    uses.put(
        "refresh",
        token ->
            Provider.token(
                target.server,
                Map.of(
                    "grant_type",
                    "refresh_token",
                    "client_id",
                    "notes-page",
                    "refresh_token",
                    token)));
    uses.put(
        "device",
        token ->
            Provider.token(
                target.server,
                Map.of(
                    "grant_type",
                    Target.DEVICE_GRANT,
                    "client_id",
                    Target.TELEVISION,
                    "device_code",
                    token)));
    uses.put(
        "request_uri",
        token ->
            authorize(
                target.visitor(), Map.of("client_id", "notes-page", "request_uri", URN + token)));
    uses.put("/auth/refresh", token -> target.post("/auth/refresh", Map.of("refreshToken", token)));
    uses.put(
        "/auth/sign-in/link/confirm",
        token -> target.post("/auth/sign-in/link/confirm", Map.of("token", token)));
    uses.put(
        "/auth/verify-email",
        token ->
            target.post(
                "/auth/verify-email", Map.of("token", token, "password", Provider.PASSWORD)));
    uses.put(
        "/auth/email/confirm",
        token ->
            target.post(
                "/auth/email/confirm", Map.of("token", token, "password", Provider.PASSWORD)));
    uses.put(
        "enrolment", token -> target.post("/auth/sign-in/enrol/totp", Map.of("ticket", token)));
    uses.put(
        "exchange",
        token ->
            target.post("/auth/providers/exchange", Map.of("code", token, "verifier", VERIFIER)));
    uses.put("bearer", token -> target.send("GET", "/auth/sessions", bearer(token), ""));
    uses.put("userinfo", token -> target.send("GET", UserInfo.PATH, bearer(token), ""));
    uses.put(
        "cookie",
        token ->
            target.send(
                "GET",
                "/auth/sessions",
                Map.of("Cookie", "varve-session=" + token, "Sec-Fetch-Site", "same-origin"),
                ""));
    uses.put(
        "/auth/password/reset",
        token ->
            target.post(
                "/auth/password/reset",
                Map.of("token", token, "newPassword", "another horse battery")));
    return uses;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void whatIsGoodForOneThingIsGoodForNothingElse(Kind kind) {
    // what has failed before is forgotten
    target.clock.move(Duration.ofDays(2));
    email = Provider.somebody(target.server);
    String token = kind.made().get();
    uses()
        .forEach((door, use) -> {
          if (!door.equals(kind.own())) {
            Reply reply = use.apply(token);
            assertThat(reply.status()).as("%s at %s: %s", kind, door, reply.text()).isIn(400, 401);
          }
        });
    if (!kind.own().isEmpty()) {
      Reply reply = Objects.requireNonNull(uses().get(kind.own())).apply(token);
      assertThat(reply.status()).as("and is good still: %s", reply.text()).isIn(200, 204);
    }
  }

  // ---- who a request says that the server is ----

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /.well-known/openid-configuration",
        "GET /.well-known/oauth-authorization-server",
        "GET /.well-known/oauth-protected-resource",
        "GET /api/notes",
        "GET /oauth2/userinfo",
        "GET /oauth2/logout",
        "GET /auth/providers",
        "POST /oauth2/device_authorization"
      })
  void aForgedHostStandsInNoAnswer(String line) throws IOException {
    String body = "client_id=television&scope=openid";
    boolean posts = line.startsWith("POST");
    String request =
        "%s HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https\r\n"
                .formatted(line)
            + "Forwarded: host=evil.example;proto=https\r\nX-Original-URL: https://evil.example/\r\nConnection: close\r\n"
            + (posts
                ? "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s"
                    .formatted(body.length(), body)
                : "\r\n");
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), target.server.port())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 ").doesNotContain("evil.example", "HTTP/1.1 5");
    }
  }
}
