package dev.varve.face.provider;

import static dev.varve.face.provider.Traveller.settings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.oauth.Visitor;
import dev.varve.identity.provider.Preset;
import dev.varve.kernel.SteppedClock;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// An account is linked to a provider on its page, and unlinked.
class AccountLinkTest {
  private static final String PAGE = "/auth/account";
  private static final Pattern AWAY = Pattern.compile("href=\"([^\"]*[?]link=[^\"]*)\"");

  private final FakeGoogle google = new FakeGoogle();
  private final SteppedClock clock = SteppedClock.ticking();
  private final TestServer server =
      TestServer.start(Traveller.plan(settings("google", Preset.GOOGLE, google.url())).with(clock));
  private final Traveller traveller = new Traveller(server);
  private final Visitor ada = traveller.browser;

  @BeforeEach
  void somebody() {
    google.person = FakeGoogle.person("g-1", "ada@gmail.example", true);
    traveller.join("ada@example.com");
  }

  @AfterEach
  void stop() {
    server.close();
    google.close();
  }

  private Reply signedIn(Visitor visitor, String email) {
    return visitor.submit(
        visitor.get(PAGE), Map.of("email", email, "password", Traveller.PASSWORD));
  }

  private String away(Reply page) {
    Reply leave = ada.submit(page, PAGE + "/link", Map.of());
    assertThat(leave.text()).contains("Go on to Google");
    Matcher link = AWAY.matcher(leave.text());
    assertThat(link.find()).as(leave.text()).isTrue();
    return link.group(1).substring(link.group(1).indexOf("/auth/"));
  }

  private Reply cameBack(Reply page) {
    Reply back = traveller.back(traveller.there(google, away(page)));
    String location = back.header("Location");
    assertThat(location).contains(PAGE + "/link?code=");
    return ada.get(location.substring(location.indexOf(PAGE)));
  }

  private List<String> links() {
    return server.column(
        "SELECT provider || ' ' || subject FROM varve_link WHERE ended_at IS NULL");
  }

  @Test
  void anAccountIsLinkedAndUnlinked() {
    Reply page = signedIn(ada, "ada@example.com");
    assertThat(page.text()).contains("Your account is linked to no other.", "Link to Google");
    Reply confirm = cameBack(page);
    assertThat(confirm.text()).contains("<h1>Link the account?</h1>");
    assertThat(links()).as("looking links nothing").isEmpty();

    Reply linked = ada.submit(confirm, PAGE + "/link/confirm", Map.of());

    assertThat(linked.text()).contains("It is linked.", "Google, ada@gmail.example");
    assertThat(links()).containsExactly("google g-1");
    assertThat(ada.submit(confirm, PAGE + "/link/confirm", Map.of()).text())
        .as("once")
        .contains("role=\"alert\"");
    assertThat(ada.submit(linked, PAGE + "/link/remove", Map.of()).text())
        .contains("It is removed.", "Your account is linked to no other.");
    assertThat(links()).isEmpty();
    assertThat(traveller.mails("ada@example.com").toString())
        .contains("Google signs you in now", "Google no longer signs you in");
  }

  @Test
  void whatSomebodyElseBroughtBackLinksNothing() {
    Reply confirm = cameBack(signedIn(ada, "ada@example.com"));
    traveller.join("mallory@example.com");
    Visitor mallory = new Visitor(server);
    Reply page = signedIn(mallory, "mallory@example.com");
    Matcher code = Pattern.compile("name=\"code\" value=\"([^\"]*)\"").matcher(confirm.text());
    Matcher token = Pattern.compile("name=\"token\" value=\"([^\"]*)\"").matcher(page.text());
    assertThat(code.find() && token.find()).isTrue();

    Reply refused =
        mallory.post(
            PAGE + "/link/confirm", Map.of("token", token.group(1), "code", code.group(1)));

    assertThat(refused.status()).isBetween(400, 409);
    assertThat(links()).isEmpty();
  }

  @Test
  void aProviderThatDoesNotTellWhenSomebodyWasThereProvesNothingForThePage() {
    Reply confirm = cameBack(signedIn(ada, "ada@example.com"));
    ada.submit(confirm, PAGE + "/link/confirm", Map.of());
    clock.move(Duration.ofMinutes(11));
    Reply proof = ada.get(PAGE + "/authenticator");
    Matcher start = Pattern.compile("href=\"(/auth/providers/[^\"]*)\"").matcher(proof.text());
    assertThat(start.find()).as(proof.text()).isTrue();
    String asked = start.group(1).replace("&amp;", "&");
    assertThat(asked).endsWith("&prompt=login");

    for (String path : List.of(asked, asked.replace("&prompt=login", ""))) {
      Reply back = traveller.back(traveller.there(google, path));
      assertThat(ada.get(back.header("Location")).text())
          .as("whoever sits at an open browser presses a button")
          .contains("<h1>Sign in</h1>")
          .doesNotContain("<svg");
    }
    assertThat(ada.get(PAGE + "/authenticator").text()).doesNotContain("<svg");
  }

  @Test
  void whoChangesTheirMindIsToldSo() {
    signedIn(ada, "ada@example.com");
    assertThat(ada.get(PAGE + "/link?error=denied").text())
        .contains("<h1>Your account</h1>", "You did not sign in there.");
    assertThat(ada.get(PAGE + "/link?error=%3Cscript%3E").text()).containsOnlyOnce("<script>");
  }
}
