package dev.varve.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.docs.ExampleProgram;
import dev.varve.kernel.FreePort;
import dev.varve.node.InstalledVarve;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.TimeoutException;

/// `examples/oauth` as somebody lives through it in a browser: the page of another application signs them in, calls
/// the API with what it was given, gets new tokens, and signs them out.
class OAuthExampleTest {
  private static final Path EXAMPLE =
      Path.of(System.getProperty("basedir", ".")).resolve("../examples/oauth");
  private static final String EMAIL = "ada@example.com";
  private static final String PASSWORD = "correct horse battery";

  @Test
  void aPageSignsInCallsTheApiGetsNewTokensAndSignsOut(@TempDir Path folder) throws Exception {
    int port = FreePort.choose();
    try (ExampleProgram notes =
            ExampleProgram.start(
                EXAMPLE.resolve("Notes.java"), 0, EXAMPLE.resolve("page").toString());
        InstalledVarve varve = serve(folder, port, notes.port());
        Browser browser = Browser.start()) {
      signUp(varve.port());
      browser.open("http://127.0.0.1:%d/?api=http://127.0.0.1:%d".formatted(notes.port(), port));
      click(browser, "#signIn");

      await(browser, "h1", "Sign in");
      type(browser, "#email", EMAIL);
      type(browser, "#password", PASSWORD);
      click(browser, "button");
      await(browser, "h1", "Let Notes in?");
      assertThat(String.join("", browser.texts("ul")))
          .contains("Read your notes")
          .contains("Write and delete");
      click(browser, "button[value=allow]");

      await(browser, "#who", EMAIL + " is signed in.");
      type(browser, "#text", "Buy milk");
      click(browser, "#write button");
      await(browser, "#notes", "Buy milk");
      click(browser, "#refresh");
      await(browser, "#said", "The tokens are new.");

      click(browser, "#signOut");
      await(browser, "#who", "Nobody is signed in.");
      click(browser, "#signIn");
      await(browser, "h1", "Sign in");
      assertThat(browser.complaints()).isEmpty();
    }
  }

  private static InstalledVarve serve(Path folder, int port, int page) throws IOException {
    Files.copy(EXAMPLE.resolve("schema.graphql"), folder.resolve("schema.graphql"));
    Files.writeString(
        folder.resolve("varve.yaml"),
        Files.readString(EXAMPLE.resolve("varve.yaml"))
            .replace("localhost:8080", "127.0.0.1:" + port)
            .replace("localhost:5500", "127.0.0.1:" + page));
    return InstalledVarve.serve(List.of("dev", folder.toString()), port);
  }

  private static void signUp(int port) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/auth/sign-up".formatted(port)))
            .header("Content-Type", "application/json")
            .POST(
                BodyPublishers.ofString(
                    "{\"email\": \"%s\", \"password\": \"%s\", \"name\": \"Ada\"}"
                        .formatted(EMAIL, PASSWORD)))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isLessThan(300);
    }
  }

  private static void click(Browser browser, String selector) {
    browser.find(selector).click();
  }

  private static void type(Browser browser, String selector, String text) {
    browser.find(selector).sendKeys(text);
  }

  private static void await(Browser browser, String selector, String text) {
    try {
      browser.until(() -> browser.texts(selector).contains(text), selector + " says " + text);
    } catch (TimeoutException e) {
      throw new AssertionError(
          "%s says %s, the page %s, the console %s"
              .formatted(
                  selector, browser.texts(selector), browser.texts("body"), browser.complaints()),
          e);
    }
  }
}
