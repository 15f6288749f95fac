package dev.varve.face.oauth;

import static dev.varve.face.oauth.Provider.PAGE;
import static dev.varve.face.oauth.Provider.PASSWORD;
import static dev.varve.face.oauth.Provider.authorize;
import static dev.varve.face.oauth.Provider.codeForm;
import static dev.varve.face.oauth.Provider.credentials;
import static dev.varve.face.oauth.Provider.request;
import static dev.varve.face.oauth.Provider.text;
import static dev.varve.face.oauth.Provider.token;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.auth.FactorScene;
import dev.varve.face.auth.FactorScene.Enrolled;
import dev.varve.face.auth.FactorScene.Person;
import dev.varve.identity.account.FactorSettings;
import dev.varve.identity.client.ClientSettings;
import dev.varve.identity.client.OAuthSettings;
import dev.varve.node.TestServer.Reply;
import dev.varve.settings.SettingRecords;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every way in, of an account that has a second factor: nothing is opened, no code and no token is given before that is met.
class EveryWayInTest {
  private static final String ADMIN = "root@example.com";
  private static final String NEW_PASSWORD = "another horse battery";
  private static FactorScene scene;

  @BeforeAll
  static void start() {
    scene =
        new FactorScene(
            Provider.plan()
                .with(FactorScene.settings(FactorSettings.DEFAULT, true))
                .with(withTelevision()));
    scene.server.administration().create(ADMIN, List.of("admin"), Map.of("name", "Root"), PASSWORD);
  }

  private static OAuthSettings withTelevision() {
    Map<String, ClientSettings> clients = new LinkedHashMap<>(Provider.clients().clients());
    clients.put(Target.TELEVISION, Target.television());
    return SettingRecords.changed(Provider.clients(), Map.of("clients", clients));
  }

  @AfterAll
  static void stop() {
    scene.close();
  }

  /// A way in.
  ///
  /// @param before what somebody does before they enrol a factor, and what they have of it then
  /// @param then what somebody does with it who has not met the factor: all that was answered
  record Way(String name, Function<Person, Had> before, Function<Tried, List<Reply>> then) {
    @Override
    public String toString() {
      return name;
    }
  }

  /// What somebody has from before.
  private record Had(Visitor visitor, String text) {}

  private record Tried(Enrolled enrolled, Had had) {
    String email() {
      return enrolled.person().email();
    }
  }

  private static Way way(String name, Function<Tried, List<Reply>> then) {
    return new Way(name, _ -> new Had(new Visitor(scene.server), ""), then);
  }

  private static Reply post(String path, Map<String, ?> body) {
    StringBuilder json = new StringBuilder();
    body.forEach((name, value) ->
        json.append(json.isEmpty() ? "" : ", ")
            .append(
                value instanceof Boolean
                    ? "\"%s\": %s".formatted(name, value)
                    : "\"%s\": \"%s\"".formatted(name, value)));
    return scene.server.send("POST", path, Map.of(), "{" + json + "}");
  }

  private static Map<String, String> asking(String... more) {
    Map<String, String> parameters =
        new LinkedHashMap<>(request("notes-page", PAGE, "openid offline_access notes:read"));
    for (int i = 0; i < more.length; i += 2) {
      parameters.put(more[i], more[i + 1]);
    }
    return parameters;
  }

  private static Reply signIn(Visitor visitor, String email) {
    return visitor.submit(authorize(visitor, asking()), credentials(email));
  }

  static Stream<Way> ways() {
    return Stream.of(
        way(
            "a password",
            tried ->
                List.of(
                    post("/auth/sign-in", Map.of("email", tried.email(), "password", PASSWORD)))),
        way(
            "a password for a cookie",
            tried ->
                List.of(
                    post(
                        "/auth/sign-in",
                        Map.of("email", tried.email(), "password", PASSWORD, "cookie", true)))),
        way(
            "a ticket without a factor",
            tried -> {
              String ticket =
                  text(
                      post("/auth/sign-in", Map.of("email", tried.email(), "password", PASSWORD)),
                      "ticket");
              return List.of(
                  post("/auth/sign-in/factor", Map.of("ticket", ticket)),
                  post("/auth/sign-in/factor", Map.of("ticket", ticket, "factor", "totp")),
                  post(
                      "/auth/sign-in/factor",
                      Map.of("ticket", ticket, "factor", "totp", "code", "")),
                  post("/auth/sign-in/enrol/totp", Map.of("ticket", ticket)),
                  post("/auth/refresh", Map.of("refreshToken", ticket)),
                  post("/auth/sign-in/link/confirm", Map.of("token", ticket)),
                  scene.server.send("GET", "/auth/sessions", Provider.bearer(ticket), ""));
            }),
        way(
            "a mailed link",
            tried -> {
              String token = scene.mailed(tried.email(), "/auth/sign-in/link");
              return List.of(post("/auth/sign-in/link/confirm", Map.of("token", token)));
            }),
        way(
            "a mailed link to a flow",
            tried -> {
              Visitor visitor = tried.had().visitor();
              Reply page = authorize(visitor, asking());
              int before = scene.mails(tried.email());
              Reply sent = visitor.submit(page, Map.of("email", tried.email(), "decision", "link"));
              String token = scene.mailed(tried.email(), before);
              return List.of(
                  sent, visitor.submit(sent, Map.of("mailed", token, "decision", "mailed")));
            }),
        way(
            "another password by mail",
            tried -> {
              String token = scene.mailed(tried.email(), "/auth/password/forgot");
              return List.of(
                  post("/auth/password/reset", Map.of("token", token, "newPassword", NEW_PASSWORD)),
                  post("/auth/sign-in", Map.of("email", tried.email(), "password", NEW_PASSWORD)));
            }),
        way(
            "a sign-up with the same address",
            tried -> {
              Reply signUp =
                  post(
                      "/auth/sign-up",
                      Map.of("email", tried.email(), "password", PASSWORD, "name", "Ada"));
              return List.of(
                  signUp,
                  post("/auth/verify-email/resend", Map.of("email", tried.email())),
                  post("/auth/sign-in", Map.of("email", tried.email(), "password", PASSWORD)));
            }),
        way(
            "an invitation",
            tried -> {
              String admin = Provider.signIn(scene.server, ADMIN);
              int before = scene.mails(tried.email());
              scene.server.send(
                  "POST",
                  "/auth/invitations",
                  Provider.bearer(admin),
                  "{\"email\": \"%s\"}".formatted(tried.email()));
              String token = scene.mailed(tried.email(), before);
              return List.of(
                  post(
                      "/auth/sign-up",
                      Map.of(
                          "email",
                          tried.email(),
                          "password",
                          NEW_PASSWORD,
                          "name",
                          "Ada",
                          "invitation",
                          token)),
                  post("/auth/sign-in", Map.of("email", tried.email(), "password", PASSWORD)),
                  post("/auth/sign-in", Map.of("email", tried.email(), "password", NEW_PASSWORD)));
            }),
        new Way(
            "a refresh token from before",
            person ->
                new Had(
                    new Visitor(scene.server),
                    text(
                        post(
                            "/auth/sign-in", Map.of("email", person.email(), "password", PASSWORD)),
                        "refreshToken")),
            tried -> List.of(post("/auth/refresh", Map.of("refreshToken", tried.had().text())))),
        new Way(
            "prompt=none in a browser from before",
            person -> {
              Visitor visitor = new Visitor(scene.server);
              visitor.submit(signIn(visitor, person.email()), Map.of("decision", "allow"));
              return new Had(visitor, "");
            },
            tried ->
                List.of(
                    authorize(tried.had().visitor(), asking("prompt", "none")),
                    authorize(tried.had().visitor(), asking()))),
        way(
            "prompt=none after the password",
            tried -> {
              signIn(tried.had().visitor(), tried.email());
              return List.of(authorize(tried.had().visitor(), asking("prompt", "none")));
            }),
        way(
            "a flow that is begun anew",
            tried -> {
              signIn(tried.had().visitor(), tried.email());
              return List.of(authorize(tried.had().visitor(), asking()));
            }),
        way(
            "consent before its turn",
            tried -> {
              Visitor visitor = tried.had().visitor();
              Reply page = signIn(visitor, tried.email());
              return List.of(
                  visitor.submit(page, Map.of("step", "CONSENT", "decision", "allow")),
                  visitor.submit(page, Map.of("step", "DONE")),
                  visitor.submit(page, Map.of("decision", "allow")),
                  visitor.submit(page, Map.of()));
            }),
        new Way(
            "consent on a page from before",
            person -> {
              Visitor visitor = new Visitor(scene.server);
              Reply consent = signIn(visitor, person.email());
              return new Had(visitor, consent.text());
            },
            tried ->
                List.of(
                    tried
                        .had()
                        .visitor()
                        .submit(page(tried.had().text()), Map.of("decision", "allow")))),
        new Way(
            "a code from before",
            person -> {
              Visitor visitor = new Visitor(scene.server);
              return new Had(visitor, Provider.code(visitor, asking(), person.email()));
            },
            tried ->
                List.of(token(scene.server, codeForm("notes-page", PAGE, tried.had().text())))),
        way(
            "a device that is let in by the password alone",
            tried -> {
              Visitor visitor = tried.had().visitor();
              Reply device = device();
              Reply page = visitor.submit(typed(visitor, device), credentials(tried.email()));
              return List.of(
                  page,
                  visitor.submit(page, Map.of("step", "CONSENT", "decision", "allow")),
                  visitor.submit(page, Map.of("decision", "allow")),
                  polled(text(device, "device_code")));
            }),
        new Way(
            "a device that was let in before",
            person -> {
              Visitor visitor = new Visitor(scene.server);
              Reply device = device();
              Reply page = visitor.submit(typed(visitor, device), credentials(person.email()));
              assertThat(visitor.submit(page, Map.of("decision", "allow")).text())
                  .contains("The device goes on");
              return new Had(visitor, text(device, "device_code"));
            },
            tried -> List.of(polled(tried.had().text()))),
        new Way(
            "a refresh token of another application from before",
            person -> {
              Visitor visitor = new Visitor(scene.server);
              String code = Provider.code(visitor, asking(), person.email());
              return new Had(
                  visitor,
                  text(token(scene.server, codeForm("notes-page", PAGE, code)), "refresh_token"));
            },
            tried ->
                List.of(
                    token(
                        scene.server,
                        Map.of(
                            "grant_type",
                            "refresh_token",
                            "client_id",
                            "notes-page",
                            "refresh_token",
                            tried.had().text())))));
  }

  private static Reply device() {
    return new Visitor(scene.server)
        .post(DeviceRequests.PATH, Map.of("client_id", Target.TELEVISION, "scope", "openid"));
  }

  private static Reply typed(Visitor visitor, Reply device) {
    return visitor.submit(visitor.get(DevicePage.PATH), Map.of("code", text(device, "user_code")));
  }

  private static Reply polled(String code) {
    return token(scene.server, Target.deviceForm(code));
  }

  private static Reply page(String html) {
    return new Reply(200, Map.of(), html.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void nothingIsGivenBeforeTheFactorIsMet(Way way) {
    Person person = scene.join();
    Had had = way.before().apply(person);
    Enrolled enrolled = person.enrol();
    long sessions = scene.sessions(person.email());
    List<Reply> replies = new ArrayList<>(way.then().apply(new Tried(enrolled, had)));
    assertThat(replies).isNotEmpty();
    for (Reply reply : replies) {
      assertThat(reply.text())
          .as(reply.status() + " " + reply.text())
          .doesNotContain("accessToken", "access_token", "refreshToken", "refresh_token");
      assertThat(reply.header("Location")).doesNotContain("code=");
      assertThat(reply.header("Set-Cookie")).doesNotContain("varve-session=");
    }
    assertThat(scene.sessions(person.email())).as("sessions").isEqualTo(sessions);
    assertThat(
            scene.server.column(
                "SELECT count(*) FROM varve_session WHERE ended_at IS NULL AND methods NOT LIKE '%otp%'"
                    + " AND account = (SELECT id FROM users WHERE email = '"
                    + person.email()
                    + "')"))
        .as("sessions that are open and have not met it")
        .containsExactly("0");
    if (!had.visitor().cookies().isEmpty()) {
      Reply silent = authorize(had.visitor(), asking("prompt", "none"));
      assertThat(Objects.requireNonNull(Visitor.parameters(silent.header("Location"))))
          .containsEntry("error", "login_required");
    }
  }
}
