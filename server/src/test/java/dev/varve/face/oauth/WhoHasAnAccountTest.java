package dev.varve.face.oauth;

import static dev.varve.face.oauth.Target.asking;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.provider.FakeProvider;
import dev.varve.identity.account.VerificationPolicy;
import dev.varve.kernel.Patience;
import dev.varve.node.TestServer.Reply;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// No page and no endpoint tells whether an address has an account, or what kind of one: not by what it says, not by a header or a
/// cookie, and not by the time that a hash takes. Only the mailbox is told.
class WhoHasAnAccountTest {
  private static final String WRONG = "not the right password";
  // what is random, or counts requests
  private static final Set<String> OTHER_EACH_TIME = Set.of("date", "ratelimit", "x-request-id");

  private static Target target;
  private static Map<String, String> session = Map.of();

  @BeforeAll
  static void start() {
    target = new Target(VerificationPolicy.REQUIRED);
    session = Provider.bearer(Provider.signIn(target.server, Person.CONFIRMED.address()));
  }

  @AfterAll
  static void stop() {
    target.close();
  }

  /// A kind of address. All addresses are of one length.
  enum Person {
    NOBODY {
      @Override
      String address() {
        return "somebody-%s@example.com".formatted(UUID.randomUUID());
      }
    },
    UNCONFIRMED {
      @Override
      String address() {
        return Provider.somebody(target.server);
      }
    },
    CONFIRMED {
      @Override
      String address() {
        String email = Provider.somebody(target.server);
        confirm(email);
        return email;
      }
    },
    DISABLED {
      @Override
      String address() {
        String email = CONFIRMED.address();
        target.server.administration().setDisabled(email, true);
        return email;
      }
    },
    WITH_A_SECOND_FACTOR {
      @Override
      String address() {
        String email = CONFIRMED.address();
        target.enrolled(email);
        return email;
      }
    },
    WITH_A_PROVIDER_AND_NO_PASSWORD {
      @Override
      String address() {
        String email = NOBODY.address();
        comeFromProvider(email);
        return email;
      }
    };

    abstract String address();
  }

  private static void confirm(String email) {
    String token = target.mail(email, "Confirm").token();
    Reply confirmed =
        target.post("/auth/verify-email", Map.of("token", token, "password", Provider.PASSWORD));
    assertThat(confirmed.status()).as(confirmed.text()).isEqualTo(200);
  }

  private static void comeFromProvider(String email) {
    target.provider.person =
        Map.of(
            "sub",
            UUID.randomUUID().toString(),
            "name",
            "Ada",
            "email",
            email,
            "email_verified",
            true);
    Visitor visitor = target.visitor();
    Reply away =
        visitor.send(
            "GET",
            "/auth/providers/staff/start?"
                + Visitor.form(
                    Map.of(
                        "returnTo",
                        Target.RETURN,
                        "challenge",
                        FakeProvider.challenge(Provider.VERIFIER))),
            Map.of(),
            "");
    Reply back = visitor.get(target.provider.visit(away.header("Location")).path());
    assertThat(back.header("Location")).startsWith(Target.RETURN + "?code=");
  }

  /// Where somebody gives an address.
  record Door(String name, Ask ask) {
    @Override
    public String toString() {
      return name;
    }
  }

  @FunctionalInterface
  interface Ask {
    Reply with(String email);
  }

  static Stream<Door> doors() {
    return Stream.of(
        new Door(
            "signing in",
            email -> target.post("/auth/sign-in", Map.of("email", email, "password", WRONG))),
        new Door(
            "signing in for a cookie",
            email ->
                target.post(
                    "/auth/sign-in", Map.of("email", email, "password", WRONG, "cookie", true))),
        new Door(
            "signing in on the page",
            email -> {
              Visitor visitor = target.visitor();
              return visitor.submit(
                  Provider.authorize(visitor, asking()), Map.of("email", email, "password", WRONG));
            }),
        new Door(
            "a page with a hint of who it is",
            email -> Provider.authorize(target.visitor(), asking("login_hint", email))),
        new Door(
            "signing up",
            email ->
                target.post(
                    "/auth/sign-up",
                    Map.of("email", email, "password", Provider.PASSWORD, "name", "Ada"))),
        new Door(
            "signing up on the page",
            email ->
                target
                    .visitor()
                    .post(
                        "/auth/sign-up",
                        Map.of("email", email, "password", Provider.PASSWORD, "name", "Ada"))),
        new Door(
            "signing up with a password that is too weak",
            email ->
                target.post(
                    "/auth/sign-up", Map.of("email", email, "password", "short", "name", "Ada"))),
        new Door(
            "beginning to sign up with a passkey",
            email ->
                target.post(
                    "/auth/sign-up/passkey/options", Map.of("email", email, "name", "Ada"))),
        new Door(
            "a forgotten password",
            email -> target.post("/auth/password/forgot", Map.of("email", email))),
        new Door(
            "a forgotten password on the page",
            email -> target.visitor().post("/auth/password/forgot", Map.of("email", email))),
        new Door(
            "asking for the confirmation again",
            email -> target.post("/auth/verify-email/resend", Map.of("email", email))),
        new Door(
            "a link by mail", email -> target.post("/auth/sign-in/link", Map.of("email", email))),
        new Door(
            "a link by mail on the page",
            email -> {
              Visitor visitor = target.visitor();
              return visitor.submit(
                  Provider.authorize(visitor, asking()),
                  Map.of("email", email, "decision", "link"));
            }),
        new Door(
            "another address for one's own account",
            email ->
                target.send(
                    "POST",
                    "/auth/email",
                    session,
                    Target.json(Map.of("newEmail", email, "password", Provider.PASSWORD)))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("doors")
  void whoHasAnAccountIsNotTold(Door door) {
    Told nobody = told(door, Person.NOBODY);
    assertThat(nobody.status()).isLessThan(500).isNotIn(404, 405, 429);
    for (Person person : Person.values()) {
      assertThat(told(door, person)).as(person.name()).isEqualTo(nobody);
    }
  }

  @Test
  void theMailboxIsTold() {
    String known = Person.CONFIRMED.address();
    Provider.signUp(target.server, known);
    assertThat(target.mail(known, "You have an account already").token()).isEmpty();
    String unknown = Person.NOBODY.address();
    target.post("/auth/password/forgot", Map.of("email", unknown));
    target.post("/auth/sign-in/link", Map.of("email", unknown));
    Provider.signUp(target.server, unknown);
    target.mail(unknown, "Confirm");
    assertThat(target.mails(unknown)).as("and nobody else is").hasSize(1);
  }

  /// All that somebody sees of an answer.
  ///
  /// @param hashes that were computed for it: each takes a hundred times as long as all else
  private record Told(int status, Map<String, String> headers, String body, long hashes) {}

  private static Told told(Door door, Person person) {
    String email = person.address();
    long before = hashes();
    Reply reply = door.ask().with(email);
    Map<String, String> headers = new TreeMap<>();
    reply
        .headers()
        .forEach((name, values) -> {
          String lower = name.toLowerCase(Locale.ROOT);
          if (!OTHER_EACH_TIME.contains(lower)) {
            headers.put(lower, masked(String.join("\n", values), email));
          }
        });
    return new Told(reply.status(), headers, masked(reply.text(), email), hashes() - before);
  }

  private static String masked(String text, String email) {
    return text.replace(email, "(address)")
        .replaceAll("\"requestId\":\"[^\"]*\"", "")
        .replaceAll("[A-Za-z0-9_-]{43,}", "(token)");
  }

  /// A hash is counted when its thread has done with it, a moment after its answer may have gone out.
  private static long hashes() {
    Patience.until(
        "no hash is being computed", () -> measure("varve_password_hashes_in_progress") == 0);
    return measure("varve_password_hashes_total");
  }

  private static long measure(String name) {
    return target
        .server
        .get("/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .map(line -> line.substring(name.length()))
        .collect(Collectors.summingLong(text -> (long) Double.parseDouble(text)));
  }
}
