package dev.varve.face.oauth;

import static dev.varve.face.oauth.Move.move;
import static dev.varve.face.oauth.Provider.authorize;
import static dev.varve.face.oauth.Provider.credentials;
import static dev.varve.face.oauth.Provider.text;
import static dev.varve.face.oauth.Target.asking;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.face.auth.Authenticator;
import dev.varve.node.TestServer.Reply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Forms and cookies that others put into a browser: they do nothing, and are worth nothing. The moves stand in docs/concepts/abuse.md.
class FormAbuseTest {
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
                  Map.of("code", text(target.device(), "user_code")),
                  reply -> assertThat(reply.header("Location")).isEmpty());
            }),
        new Form(
            "letting a device in",
            who -> {
              Reply device = target.device();
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
      assertThat(Target.back(visitor, asking("prompt", "none"))).contains("error=login_required");
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

  private static Reply polled(Reply device) {
    return Provider.token(target.server, Target.deviceForm(text(device, "device_code")));
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
    wrong.put("an empty token", Target.with(fields, "token", ""));
    wrong.put("a guessed token", Target.with(fields, "token", "A".repeat(own.length())));
    wrong.put("the token of another browser", Target.with(fields, "token", token(other.page())));
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
    Matcher field = Target.FIELD.matcher(first);
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
              assertThat(Target.back(attacker, asking("prompt", "none")))
                  .contains("error=login_required");
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
    move.make();
  }
}
