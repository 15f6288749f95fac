package dev.varve.face.auth;

import static dev.varve.face.auth.People.PASSWORD;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.auth.FactorScene.Enrolled;
import dev.varve.face.auth.FactorScene.Person;
import dev.varve.identity.account.AuthSettings;
import dev.varve.node.TestServer;
import dev.varve.settings.SettingRecords;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Whoever guesses at an account from all over the world locks out others who are nobody to it, and not its owner. Requests come from
/// many addresses of this machine.
class LockoutTest {
  private static final int FREE = 10;
  private static final int NETWORKS = 10;
  private static final AtomicInteger USED = new AtomicInteger(1);

  private static FactorScene scene;

  @BeforeAll
  static void start() {
    AuthSettings settings = SettingRecords.changed(TestServer.CHEAP, Map.of("mailLinks", true));
    scene = new FactorScene(People.plan().with(settings));
  }

  @AfterAll
  static void stop() {
    scene.close();
  }

  /// @param text the whole answer
  private record Reply(int status, String text) {}

  /// A network of its own, from which nobody has come before.
  private record Place(String address) {
    static Place elsewhere() {
      int number = USED.incrementAndGet();
      return new Place("127.0.%d.%d".formatted(1 + number / 200, 1 + number % 200));
    }

    Reply post(String path, Map<String, String> headers, Map<String, ?> body) {
      byte[] json = People.text(body).getBytes(StandardCharsets.UTF_8);
      StringBuilder head =
          new StringBuilder(
              "POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
                  .formatted(path, json.length));
      headers.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
      try (Socket socket = new Socket()) {
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(address), 0));
        socket.connect(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), scene.server.port()));
        socket.getOutputStream().write((head + "\r\n").getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(json);
        String text = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Reply(Integer.parseInt(text.split(" ", 3)[1]), text);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    Reply signIn(String email, String password) {
      return signIn(email, password, Map.of());
    }

    Reply signIn(String email, String password, Map<String, String> headers) {
      return post("/auth/sign-in", headers, Map.of("email", email, "password", password));
    }
  }

  /// Guesses until nobody who is unknown to it may try the account any more.
  private static void guessFromAllOver(String email) {
    for (int network = 0; network < NETWORKS; network++) {
      Place place = Place.elsewhere();
      for (int i = 0; i < FREE; i++) {
        assertThat(place.signIn(email, "guess number " + i).status()).isEqualTo(401);
      }
    }
    assertThat(Place.elsewhere().signIn(email, PASSWORD).status())
        .as("from a network that guessed nothing")
        .isEqualTo(429);
  }

  @Test
  void theOwnerComesInFromWhereTheyCameInBefore() {
    String email = scene.joinOnly();
    Place home = Place.elsewhere();
    assertThat(home.signIn(email, PASSWORD).status()).isEqualTo(200);
    guessFromAllOver(email);
    for (int i = 0; i < 3; i++) {
      assertThat(home.signIn(email, PASSWORD).status()).isEqualTo(200);
    }
    assertThat(Place.elsewhere().signIn(email, PASSWORD).status())
        .as("nobody out there has more guesses for it")
        .isEqualTo(429);
    // who guesses at home is locked there as anywhere else
    for (int i = 0; i < FREE; i++) {
      assertThat(home.signIn(email, "guess").status()).isEqualTo(401);
    }
    assertThat(home.signIn(email, PASSWORD).status()).isEqualTo(429);
  }

  @Test
  void whereNobodyEverCameInAnAccountAndNoneLookTheSame() {
    String email = scene.joinOnly();
    for (String tried : List.of(email, "nobody-" + email)) {
      guessFromAllOver(tried);
      Reply refused = Place.elsewhere().signIn(tried, PASSWORD);
      assertThat(refused.text())
          .contains("TOO_MANY_REQUESTS", "Too many failed attempts: try again in ", "Retry-After");
    }
  }

  @Test
  void aNetworkIsKnownForASeasonAndNoLongerThanThePassword() {
    String email = scene.joinOnly();
    Place office = Place.elsewhere();
    Place home = Place.elsewhere();
    assertThat(office.signIn(email, PASSWORD).status()).isEqualTo(200);
    assertThat(home.signIn(email, PASSWORD).status()).isEqualTo(200);
    String reset = scene.mailed(email, "/auth/password/forgot");
    assertThat(
            home.post(
                    "/auth/password/reset",
                    Map.of(),
                    Map.of("token", reset, "newPassword", "another horse battery"))
                .status())
        .isEqualTo(204);
    guessFromAllOver(email);
    assertThat(office.signIn(email, "another horse battery").status())
        .as("where the old one was known")
        .isEqualTo(429);
    assertThat(home.signIn(email, "another horse battery").status())
        .as("where the new one was chosen")
        .isEqualTo(200);
    scene.clock.move(Duration.ofDays(91));
    guessFromAllOver(email);
    assertThat(home.signIn(email, "another horse battery").status())
        .as("after a season")
        .isEqualTo(429);
  }

  @Test
  void anAccountKnowsTwentyNetworksAndForgetsTheOldest() {
    String email = scene.joinOnly();
    Place first = Place.elsewhere();
    Place second = Place.elsewhere();
    assertThat(first.signIn(email, PASSWORD).status()).isEqualTo(200);
    assertThat(second.signIn(email, PASSWORD).status()).isEqualTo(200);
    for (int i = 0; i < 19; i++) {
      assertThat(Place.elsewhere().signIn(email, PASSWORD).status()).isEqualTo(200);
    }
    guessFromAllOver(email);
    assertThat(first.signIn(email, PASSWORD).status()).isEqualTo(429);
    assertThat(second.signIn(email, PASSWORD).status()).isEqualTo(200);
  }

  @Test
  void aTrustedBrowserIsNotLockedByItsNeighbours() {
    Enrolled enrolled = scene.join().enrol();
    Person person = enrolled.person();
    Place cafe = Place.elsewhere();
    Map<String, Object> proof = new HashMap<>();
    proof.put("ticket", enrolled.ticket());
    proof.put("factor", "totp");
    proof.put("code", enrolled.authenticator().nextCode());
    proof.put("trust", true);
    TestServer.Reply trusting = People.post(scene.server, "/auth/sign-in/factor", proof);
    Map<String, String> cookie = Map.of("Cookie", trusting.header("Set-Cookie").split(";", 2)[0]);
    guessFromAllOver(person.email());
    assertThat(cafe.signIn(person.email(), PASSWORD).status()).isEqualTo(429);
    assertThat(cafe.signIn(person.email(), PASSWORD, cookie).status()).isEqualTo(200);
    // the network is known from then on, and its neighbours guess
    for (int i = 0; i < FREE; i++) {
      assertThat(cafe.signIn(person.email(), "guess").status()).isEqualTo(401);
    }
    for (int i = 0; i < 3; i++) {
      assertThat(cafe.signIn(person.email(), "guess").status()).isEqualTo(429);
      assertThat(cafe.signIn(person.email(), PASSWORD, cookie).status()).isEqualTo(200);
    }
    Map<String, String> forged = Map.of("Cookie", cookie.get("Cookie") + "x");
    assertThat(cafe.signIn(person.email(), PASSWORD, forged).status()).isEqualTo(429);
    // whoever has stolen it guesses no more than others
    for (int i = 0; i < FREE; i++) {
      assertThat(cafe.signIn(person.email(), "guess", cookie).status()).isEqualTo(401);
    }
    assertThat(cafe.signIn(person.email(), PASSWORD, cookie).status()).isEqualTo(429);
  }

  @Test
  void otherWaysInAreNotLockedByGuessesAtThePassword() {
    String email = scene.joinOnly();
    guessFromAllOver(email);
    Place place = Place.elsewhere();
    String link = scene.mailed(email, "/auth/sign-in/link");
    assertThat(place.post("/auth/sign-in/link/confirm", Map.of(), Map.of("token", link)).status())
        .as("a link")
        .isEqualTo(200);
    assertThat(place.signIn(email, PASSWORD).status())
        .as("from where the owner came in by then")
        .isEqualTo(200);
    String locked = scene.joinOnly();
    guessFromAllOver(locked);
    String reset = scene.mailed(locked, "/auth/password/forgot");
    assertThat(
            place
                .post(
                    "/auth/password/reset",
                    Map.of(),
                    Map.of("token", reset, "newPassword", "another horse battery"))
                .status())
        .as("another password")
        .isEqualTo(204);
  }

  @Test
  void aSignUpIsConfirmedHoweverMuchOthersGuessAtItsAddress() {
    String email = "new-%d@example.com".formatted(USED.get());
    People.signUp(scene.server, email);
    String token = scene.mailed(email, 0);
    guessFromAllOver(email);
    assertThat(People.confirm(scene.server, token, PASSWORD).status()).isEqualTo(200);
  }

  @Test
  void guessesAtASecondFactorDoNotLockItForItsOwner() {
    Enrolled enrolled = scene.join().enrol();
    String email = enrolled.person().email();
    // somebody knows the password
    int guesses = 0;
    while (guesses < 100) {
      Place place = Place.elsewhere();
      Reply owed = place.signIn(email, PASSWORD);
      assertThat(owed.status()).as(owed.text()).isEqualTo(202);
      String ticket = ticket(owed);
      for (int i = 0; i < 5; i++) {
        assertThat(factor(place, ticket, enrolled.authenticator().wrongCode()).status())
            .isEqualTo(400);
        guesses++;
      }
    }
    // a code takes half a minute: until the lock lasts longer than that
    for (int i = 0; i < 6; i++) {
      scene.clock.move(Duration.ofMinutes(15));
      Place place = Place.elsewhere();
      String ticket = ticket(place.signIn(email, PASSWORD));
      assertThat(factor(place, ticket, enrolled.authenticator().wrongCode()).status())
          .isEqualTo(400);
    }
    Place stranger = Place.elsewhere();
    assertThat(
            factor(
                    stranger,
                    ticket(stranger.signIn(email, PASSWORD)),
                    enrolled.authenticator().nextCode())
                .status())
        .isEqualTo(429);
    assertThat(enrolled.signIn().email()).as("where they enrolled it").isEqualTo(email);
  }

  private static String ticket(Reply owed) {
    return owed.text().replaceFirst("(?s).*\"ticket\":\"([^\"]*)\".*", "$1");
  }

  private static Reply factor(Place place, String ticket, String code) {
    return place.post(
        "/auth/sign-in/factor", Map.of(), Map.of("ticket", ticket, "factor", "totp", "code", code));
  }
}
