package dev.varve.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Varve's people sign in with Spring Authorization Server, which knows nothing of Varve but its id and its secret.
class SpringProviderTest {
  private static final String PAGE = "https://shop.example/back";
  private static final String VERIFIER = "a-text-of-43-characters-that-the-page-keeps";

  private static SpringProvider spring;
  private static RunningVarve varve;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    int port = FreePorts.next();
    spring =
        new SpringProvider("http://127.0.0.1:%d/auth/providers/spring/callback".formatted(port));
    Files.writeString(
        folder.resolve("schema.graphql"),
        """
        type User @model @account
          @auth(rules: [{allow: owner, ownerField: "id", operations: [READ]}]) {
          name: String!
        }
        """);
    Files.writeString(
        folder.resolve("varve.yaml"),
        """
        http: {host: 127.0.0.1, port: %d}
        auth:
          origin: http://127.0.0.1:%d
          returnOrigins: [https://shop.example]
          providers:
            spring:
              title: Spring
              issuer: %s
              clientId: %s
              secret: SPRING_SECRET
        """
            .formatted(port, port, spring.url(), SpringProvider.CLIENT));
    varve = RunningVarve.start(folder, port, Map.of("SPRING_SECRET", SpringProvider.SECRET));
  }

  @AfterAll
  static void stop() {
    if (varve != null) {
      varve.close();
    }
    spring.close();
  }

  @Test
  void somebodyNewGetsAnAccountAndIsKnownTheNextTime() throws Exception {
    Browser browser = new Browser();
    Browser.Page page = browser.go(start(), PAGE);
    assertThat(page.url().toString()).as(page.text()).startsWith(spring.url() + "/login");
    Browser.Page back =
        browser.submit(
            page,
            Map.of("username", SpringProvider.NAME, "password", SpringProvider.PASSWORD),
            PAGE);
    String first = account(back);

    // the browser is signed in there, so nobody is asked
    assertThat(account(browser.go(start(), PAGE))).isEqualTo(first);
  }

  private static String start() throws Exception {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("returnTo", PAGE);
    parameters.put(
        "challenge",
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(
                MessageDigest.getInstance("SHA-256")
                    .digest(VERIFIER.getBytes(StandardCharsets.US_ASCII))));
    return varve.url + "/auth/providers/spring/start?" + Browser.form(parameters);
  }

  private static String account(Browser.Page back) {
    assertThat(back.location()).as("%s %s", back.url(), back.text()).isPresent();
    Map<String, String> brought = back.brought();
    assertThat(brought).containsKey("code");
    Browser.Page tokens =
        new Browser()
            .post(
                varve.url + "/auth/providers/exchange",
                "application/json",
                "{\"code\": \"%s\", \"verifier\": \"%s\"}"
                    .formatted(brought.get("code"), VERIFIER));
    assertThat(tokens.status()).as(tokens.text()).isEqualTo(200);
    Map<?, ?> account =
        (Map<?, ?>)
            Objects.requireNonNull(
                new JsonMapper().readValue(tokens.text(), Map.class).get("account"));
    assertThat(account.get("email")).isEqualTo(SpringProvider.EMAIL);
    assertThat(account.get("name")).isEqualTo("Ada");
    return String.valueOf(account.get("id"));
  }
}
