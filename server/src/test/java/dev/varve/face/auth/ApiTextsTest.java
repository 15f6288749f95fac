package dev.varve.face.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.Main;
import dev.varve.face.oauth.Provider;
import dev.varve.face.oauth.Visitor;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.StringEntry;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is refused is said on a page in its language, too.
class ApiTextsTest {
  private static final Texts GERMAN = Languages.OWN.of(Locale.GERMAN);

  /// Whoever says a refusal in other words finds here that the texts of pages do not know it any more.
  @Test
  void eachTextIsOneThatIsSaid() throws IOException, URISyntaxException {
    Set<String> said = new HashSet<>();
    Path classes = Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (Stream<Path> files = Files.walk(classes.resolve("dev/varve"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".class")).toList()) {
        for (PoolEntry entry : ClassFile.of().parse(file).constantPool()) {
          if (entry instanceof StringEntry text) {
            said.add(withoutPlaces(text.stringValue()));
          }
        }
      }
    }
    Languages.OWN
        .of(Locale.ENGLISH)
        .all()
        .forEach((key, text) -> {
          // numbers of things are put together
          if (key.startsWith(ApiTexts.PREFIX) && !key.startsWith(ApiTexts.PREFIX + "count.")) {
            assertThat(said).as(key).contains(withoutPlaces(text));
          }
        });
  }

  /// Places as the compiler marks them where texts are added to each other.
  private static String withoutPlaces(String text) {
    return text.replace("%,d", "\u0001").replace("%d", "\u0001").replace("%s", "\u0001");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          The session has ended: sign in again | Die Sitzung ist beendet: Melden Sie sich noch einmal an
          Too many failed attempts: try again in 17 seconds | Zu viele Fehlversuche: Versuchen Sie es in 17 Sekunden noch einmal
          What you have at a (b) $1 is linked to another account here | Was Sie bei a (b) $1 haben, ist hier mit einem anderen Konto verknüpft
          must be at most 20 characters long (it has 21) | darf höchstens 20 Zeichen lang sein (es sind 21)
          must be at least 1 character long (it has 0) | muss mindestens 1 Zeichen lang sein (es sind 0)
          must be at least 18 | muss mindestens 18 sein
          is not what anybody has words for | is not what anybody has words for
          An account has at most some passkeys: remove one first | An account has at most some passkeys: remove one first
          """)
  void aTextIsSaidInAnotherLanguageWithWhatIsPutIn(String english, String german) {
    assertThat(GERMAN.told(english)).isEqualTo(german);
    assertThat(Languages.OWN.of(Locale.ENGLISH).told(english)).isEqualTo(english);
  }

  /// What somebody else has a say in is said as it is, however it is made.
  @Test
  void whatIsPutInIsNotTakenForATextItself() {
    String id = "You have no open session '".repeat(100);
    assertThat(GERMAN.told("You have no open session '%s'".formatted("is taken")))
        .isEqualTo("Sie haben keine offene Sitzung „is taken“");
    assertThat(GERMAN.told("You have no open session '%s'".formatted("%s 100%")))
        .isEqualTo("Sie haben keine offene Sitzung „%s 100%“");
    assertThat(GERMAN.told("You have no open session '%s'".formatted(id)))
        .isEqualTo("You have no open session '%s'".formatted(id));
  }

  @Test
  void whatIsWrongWithAFieldIsOneSentence() {
    Problem problem =
        Problem.invalid(
            List.of(
                new FieldError("password", "must have at least 8 characters"),
                new FieldError("email", "Invalid email format")));
    assertThat(PageForm.told(GERMAN, problem))
        .isEqualTo(
            "Das Passwort muss mindestens 8 Zeichen haben. Die E-Mail-Adresse: Das ist keine E-Mail-Adresse");
    assertThat(
            PageForm.told(
                GERMAN,
                new Problem(
                    ErrorCode.CONFLICT,
                    "The links of the account have changed since: begin again")))
        .isEqualTo(
            "Die Verknüpfungen des Kontos haben sich inzwischen geändert: Beginnen Sie noch einmal");
  }

  @Test
  void pagesRefuseInTheLanguageOfTheBrowser() {
    try (TestServer server = TestServer.start(Provider.plan())) {
      Visitor visitor =
          new Visitor((method, path, headers, body) -> {
            Map<String, String> all = new HashMap<>(headers);
            all.put("Accept-Language", "de");
            return server.send(method, path, all, body);
          });

      Reply signIn =
          visitor.submit(
              visitor.get("/auth/account"),
              Map.of("email", "nobody@example.com", "password", "a varve a year for ages"));
      assertThat(signIn.text())
          .contains("Die E-Mail-Adresse oder das Passwort ist falsch")
          .doesNotContain("The e-mail address");

      Reply signUp =
          visitor.submit(
              visitor.get("/auth/sign-up"),
              Map.of("email", "new@example.com", "password", "short"));
      assertThat(signUp.status()).isEqualTo(400);
      assertThat(signUp.text()).contains("Das Passwort muss mindestens 8 Zeichen haben");
    }
  }
}
