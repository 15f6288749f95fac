package dev.varve.face.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.face.oauth.Provider;
import dev.varve.face.oauth.Visitor;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import dev.varve.settings.WrongSetting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Pages and mails are written in the language that somebody asks for, of Varve's own and of files beside the settings.
class LanguageTest {
  @TempDir Path folder;

  private void write(String name, String text) {
    try {
      Files.writeString(folder.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private PageSettings settings() {
    return new PageSettings("", "", "#1b5e7a", "#8cc7e0", folder.toString());
  }

  @Test
  void whatIsSaidInEnglishIsSaidInGermanWithTheSamePlaces() {
    Texts english = Languages.OWN.of(Locale.ENGLISH);
    Texts german = Languages.OWN.of(Locale.GERMAN);
    assertThat(german.all().keySet()).isEqualTo(english.all().keySet());
    Pattern place = Pattern.compile("%.");
    new TreeMap<>(english.all())
        .forEach((key, text) ->
            assertThat(place.matcher(german.pattern(key)).results().map(found -> found.group()))
                .as(key)
                .containsExactlyElementsOf(
                    place.matcher(text).results().map(found -> found.group()).toList()));
  }

  @Test
  void aFileAddsALanguageOrSaysSomethingOtherwise() {
    write("fr.properties", "signIn.title=Se connecter\nsignIn.text=%s : connectez-vous.\n");
    write("de-AT.properties", "signIn.title=Grüß Gott\nfactor.trust=%1$d Tage, 100 %%\n");
    write("de.properties", "signIn.button=Los\n");
    write("en.properties", "mail.emailChanging.text=It will be %1$s.\n");
    write("README.md", "not a language");
    Languages languages = Languages.of(settings());
    Texts french = languages.of(Locale.FRENCH);
    assertThat(french.get("signIn.title")).isEqualTo("Se connecter");
    assertThat(french.get("signIn.text", "Notes")).isEqualTo("Notes : connectez-vous.");
    assertThat(french.get("signIn.button")).as("as before").isEqualTo("Sign in");
    Texts austrian = languages.of(Locale.forLanguageTag("de-AT"));
    assertThat(austrian.get("signIn.title")).isEqualTo("Grüß Gott");
    assertThat(austrian.get("factor.trust", 3)).isEqualTo("3 Tage, 100 %");
    assertThat(austrian.get("signIn.button")).as("of the other file").isEqualTo("Los");
    assertThat(austrian.get("signIn.password")).as("of Varve's own German").isEqualTo("Passwort");
    assertThat(languages.of(Locale.ENGLISH).get("mail.emailChanging.text", "a@b.c"))
        .isEqualTo("It will be a@b.c.");
    assertThat(Languages.OWN.of(Locale.GERMAN).get("signIn.button")).isEqualTo("Anmelden");
  }

  @Test
  void whatALanguageLeavesOutIsTheEnglishOfTheApplication() {
    write("en.properties", "signIn.title=Hello\n");
    write("cs.properties", "");
    write("fr.properties", "");
    write("zh-Hant.properties", "");
    Languages languages = Languages.of(settings());
    for (String tag : List.of("cs", "en", "en-GB", "fr", "zh-Hant")) {
      assertThat(languages.nearest(Locale.forLanguageTag(tag)).get("signIn.title"))
          .as(tag)
          .isEqualTo("Hello");
    }
    assertThat(languages.of(Locale.GERMAN).get("signIn.title")).isEqualTo("Anmelden");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          fr.properties | signIn.titel=x | fr.properties has 'signIn.titel', and there is no such text. Did you mean 'signIn.title'? Take it out
          fr.properties | signIn.text=Connectez-vous | fr.properties has 'signIn.text' with other places for what is put in than 'Sign in to go on to %s.' has. Write each of them once, as %s or %1$s, and a percent sign as %%
          fr.properties | signIn.title=Bonjour %s | with other places
          fr.properties | signIn.text=%s %s | with other places
          fr.properties | signIn.text=%1$s %1$s | with other places
          fr.properties | signIn.text=%d | with other places
          fr.properties | signIn.text=%s 100% | with other places
          fr.properties | signIn.text=%s %n | with other places
          fr.properties | signIn.text=%2$s | with other places
          fr.properties | signIn.title=\\u12 | fr.properties has a \\u without four digits. Write the character itself
          french.properties.properties | signIn.title=x | french.properties.properties is named after no language. Name it as BCP 47 does, such as fr.properties or de-AT.properties
          de-at.properties | signIn.title=x | de-at.properties is named after no language
          """)
  void aFileThatCannotBeUsedIsRefused(String name, String text, String says) {
    write(name, text);
    assertThatThrownBy(() -> Languages.of(settings()))
        .isInstanceOf(WrongSetting.class)
        .hasMessageStartingWith("pages.languages is " + folder)
        .hasMessageContaining(says);
  }

  @Test
  void everyMistakeIsToldAtOnce() {
    write("fr.properties", "a.b=x\nsignIn.text=y\n");
    write("it.properties", "#" + "x".repeat(256 * 1024));
    assertThatThrownBy(() -> Languages.of(settings()))
        .hasMessageContaining("'a.b'")
        .hasMessageContaining("'signIn.text'")
        .hasMessageContaining("it.properties is larger than 256 KiB. Keep nothing in it but texts");
  }

  @Test
  void whatIsNoTextOrNoFolderIsRefused() throws IOException {
    Files.write(folder.resolve("fr.properties"), new byte[] {'a', '=', (byte) 0xff});
    assertThatThrownBy(() -> Languages.of(settings()))
        .hasMessageContaining("fr.properties is not UTF-8 text. Save it as UTF-8");
    PageSettings nowhere =
        new PageSettings("", "", "#1b5e7a", "#8cc7e0", folder.resolve("no").toString());
    assertThatThrownBy(() -> Languages.of(nowhere))
        .hasMessageContaining("which is no folder. Make it, or leave the setting out");
  }

  private static List<Map<?, ?>> mails(TestServer server, String email) {
    Reply mails = server.send("GET", "/dev/mails", Map.of("Accept", "application/json"), "");
    Map<?, ?> json = (Map<?, ?>) Objects.requireNonNull(mails.json());
    return ((List<?>) Objects.requireNonNull(json.get("items")))
        .stream()
            .<Map<?, ?>>map(mail -> (Map<?, ?>) mail)
            .filter(mail -> email.equals(mail.get("to")))
            .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"en", "de", "fr"})
  void pagesAndMailsSpeakTheLanguageOfTheRequest(String tag) {
    write(
        "fr.properties",
        "forgotten.title=Mot de passe oublié ?\nmail.reset.subject=Un autre mot de passe\n");
    Map<String, String> titles =
        Map.of(
            "en", "Forgotten your password?",
            "de", "Passwort vergessen?",
            "fr", "Mot de passe oublié ?");
    Map<String, String> subjects =
        Map.of(
            "en", "Choose a new password",
            "de", "Wählen Sie ein neues Passwort",
            "fr", "Un autre mot de passe");
    try (TestServer server = TestServer.start(Provider.plan().with(settings()))) {
      String email = Provider.somebody(server);
      Map<String, String> speaks = Map.of("Accept-Language", tag + "-CH, en;q=0.1");
      Reply page = server.send("GET", "/auth/password/forgot", speaks, "");
      assertThat(new String(page.bytes(), StandardCharsets.UTF_8))
          .contains("<html lang=\"%s\">".formatted(tag), titles.get(tag));

      server.send("POST", "/auth/password/forgot", speaks, "{\"email\": \"%s\"}".formatted(email));

      Map<?, ?> mail =
          mails(server, email).stream()
              .filter(found -> Objects.equals(subjects.get(tag), found.get("subject")))
              .findFirst()
              .orElseThrow();
      assertThat(String.valueOf(mail.get("text")))
          .contains("/auth/password/reset?token=" + mail.get("token"));
    }
  }

  @Test
  void aFormOfAPageSpeaksTheLanguageToo() {
    write("fr.properties", "signIn.title=Se connecter\n");
    try (TestServer server = TestServer.start(Provider.plan().with(settings()))) {
      Visitor visitor = new Visitor(server);
      Reply away = visitor.send("GET", "/auth/account", Map.of(), "");
      Reply page =
          visitor.send("GET", away.header("Location"), Map.of("Accept-Language", "fr"), "");
      assertThat(page.text()).contains("<h1>Se connecter</h1>", "<html lang=\"fr\">");
    }
  }

  @Test
  void aLanguageThatNobodySpeaksIsEnglish() {
    try (TestServer server = TestServer.start(Provider.plan())) {
      for (String header : List.of("-", "--", "en,-;q=0.1", ";", "*")) {
        Reply page =
            server.send("GET", "/auth/password/forgot", Map.of("Accept-Language", header), "");
        assertThat(page.status()).as(header).isEqualTo(200);
        assertThat(page.text()).as(header).contains("<html lang=\"en\">");
      }
    }
  }
}
