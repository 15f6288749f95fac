package dev.varve.face.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.identity.account.AuthSettings;
import dev.varve.identity.account.FactorSettings;
import dev.varve.identity.account.SignUpPolicy;
import dev.varve.identity.account.VerificationPolicy;
import dev.varve.kernel.SteppedClock;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import dev.varve.settings.SettingRecords;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A server whose accounts have second factors, with a clock that tests move, and what people do there.
public final class FactorScene implements AutoCloseable {
  static final int ASKING = 20;

  // in a link, or in a line of its own
  private static final Pattern TOKEN = Pattern.compile("(?m)(?:\\?[a-z]+=|^)([A-Za-z0-9_-]{43})$");

  public final SteppedClock clock = SteppedClock.ticking();
  public final TestServer server;

  FactorScene() {
    this(People.plan().with(People.settings(SignUpPolicy.OPEN, VerificationPolicy.OPTIONAL)));
  }

  /// Settings of accounts that are made at once.
  public static AuthSettings settings(FactorSettings factors, boolean mailLinks) {
    return SettingRecords.changed(
        People.settings(SignUpPolicy.OPEN, VerificationPolicy.OPTIONAL),
        Map.of("factors", factors, "mailLinks", mailLinks));
  }

  public FactorScene(TestServer.Plan plan) {
    this.server = TestServer.start(plan.with(clock));
  }

  /// Somebody with an account whose address is confirmed, and a session.
  public record Person(FactorScene scene, String email, String accessToken, String refreshToken) {
    Map<String, String> bearer() {
      return People.bearer(accessToken);
    }

    Reply get(String path) {
      return scene.server.send("GET", path, bearer(), "");
    }

    Reply delete(String path) {
      return scene.server.send("DELETE", path, bearer(), "");
    }

    Reply post(String path, Map<String, ?> body) {
      return People.post(scene.server, path, bearer(), body);
    }

    Reply signIn() {
      return People.signIn(scene.server, email, People.PASSWORD);
    }

    /// The same person in a session that is new.
    Person again(Reply signedIn) {
      return scene.person(email, signedIn);
    }

    /// The same session with tokens that are new.
    Person refreshed() {
      return again(
          People.post(scene.server, "/auth/refresh", Map.of("refreshToken", refreshToken)));
    }

    Reply begin() {
      Reply begun = post("/auth/factors/totp", Map.of());
      assertThat(begun.status()).as(begun.text()).isEqualTo(200);
      return begun;
    }

    public Enrolled enrol() {
      Reply begun = begin();
      Authenticator authenticator = new Authenticator(People.text(begun, "secret"), scene.clock);
      Reply confirmed =
          post(
              "/auth/factors/totp/confirm",
              Map.of(
                  "enrolment",
                  People.text(begun, "enrolment"),
                  "code",
                  authenticator.code(),
                  "name",
                  "Phone"));
      assertThat(confirmed.status()).as(confirmed.text()).isEqualTo(201);
      return new Enrolled(
          this, authenticator, People.text(confirmed, "id"), texts(confirmed, "recoveryCodes"));
    }
  }

  /// Somebody who has an authenticator application.
  public record Enrolled(
      Person person, Authenticator authenticator, String factor, List<String> recoveryCodes) {
    /// A ticket, for which a second factor is owed.
    String ticket() {
      Reply owed = person.signIn();
      assertThat(owed.status()).as(owed.text()).isEqualTo(202);
      return People.text(owed, "ticket");
    }

    Reply prove(String ticket, String factor, String code) {
      return People.post(
          person.scene().server,
          "/auth/sign-in/factor",
          Map.of("ticket", ticket, "factor", factor, "code", code));
    }

    /// With a code that was not used before.
    public Person signIn() {
      Reply reply = prove(ticket(), "totp", authenticator.nextCode());
      assertThat(reply.status()).as(reply.text()).isEqualTo(200);
      return person.again(reply);
    }
  }

  /// The address of somebody who has an account.
  public String joinOnly() {
    String email = "somebody-%s@example.com".formatted(UUID.randomUUID());
    People.signUp(server, email);
    assertThat(People.confirm(server, People.token(server, email), People.PASSWORD).status())
        .isEqualTo(200);
    return email;
  }

  public Person join() {
    String email = joinOnly();
    return person(email, People.signIn(server, email, People.PASSWORD));
  }

  private Person person(String email, Reply signedIn) {
    assertThat(signedIn.status()).as(signedIn.text()).isEqualTo(200);
    return new Person(
        this, email, People.text(signedIn, "accessToken"), People.text(signedIn, "refreshToken"));
  }

  /// How many mails have come to an address.
  public int mails(String email) {
    return People.mails(server, email).size();
  }

  /// The token in the mail that comes when somebody asks for it at a path.
  public String mailed(String email, String path) {
    int before = mails(email);
    assertThat(People.post(server, path, Map.of("email", email)).status()).isEqualTo(202);
    return mailed(email, before);
  }

  /// The token in the mail that comes after so many others.
  public String mailed(String email, int before) {
    String mail = People.mails(server, email, before + 1).getFirst();
    Matcher token = TOKEN.matcher(mail);
    assertThat(token.find()).as(mail).isTrue();
    return token.group(1);
  }

  static List<String> texts(Reply reply, String member) {
    return ((List<?>) Objects.requireNonNull(People.json(reply).get(member)))
        .stream().map(String::valueOf).toList();
  }

  /// How many sessions an account has had.
  public long sessions(String email) {
    return Long.parseLong(
        server
            .column(
                "SELECT count(*) FROM varve_session WHERE account = (SELECT id FROM users WHERE email = '%s')"
                    .formatted(email))
            .getFirst());
  }

  /// The kinds of the security events of an address, oldest first.
  List<String> events(String email) {
    return server.column(
        "SELECT kind FROM security_events WHERE email = '%s' ORDER BY id".formatted(email));
  }

  @Override
  public void close() {
    server.close();
  }
}
