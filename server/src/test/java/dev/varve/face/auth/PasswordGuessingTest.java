package dev.varve.face.auth;

import static dev.varve.face.auth.People.ADA;
import static dev.varve.face.auth.People.PASSWORD;
import static dev.varve.face.auth.People.bearer;
import static dev.varve.face.auth.People.join;
import static dev.varve.face.auth.People.post;
import static dev.varve.face.auth.People.signIn;
import static dev.varve.face.auth.People.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.graphql.document.GraphQlSettings;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Many guesses at one password in few requests, or in ways that look different: each counts.
class PasswordGuessingTest {
  private static final Pattern NAME = Pattern.compile("\"name\":\"([^\"]+)\"");
  private static final int FREE = 10;

  @Test
  void graphQlHasNoPlaceForAPassword() {
    try (TestServer server =
        TestServer.start(People.plan().with(GraphQlSettings.DEFAULT.forDevelopment()))) {
      String question =
          """
          { __schema { types { name
              fields { name args { name } }
              inputFields { name }
              enumValues { name } }
            directives { name args { name } } } }
          """;
      Reply reply = post(server, "/graphql", Map.of("query", question));
      assertThat(reply.status()).as(reply.text()).isEqualTo(200);
      List<String> names = new ArrayList<>();
      Matcher name = NAME.matcher(reply.text());
      while (name.find()) {
        names.add(name.group(1));
      }
      // it is the whole schema
      assertThat(names).contains("createUser", "UpdateUserInput", "nickname", "userHistory");
      // so a thousand aliases guess nothing
      assertThat(names)
          .noneMatch(known ->
              known.matches("(?i).*(password|passwd|secret|credential|hash|token|signin|login).*"));
    }
  }

  @Test
  void aListOfGuessesIsNone() {
    try (TestServer server = TestServer.start(People.plan())) {
      join(server, ADA);
      String one = "{\"email\": \"%s\", \"password\": \"%s\"}".formatted(ADA, PASSWORD);
      List<String> lists =
          List.of(
              "[" + one + "]",
              "[" + (one + ",").repeat(100) + one + "]",
              "{\"email\": \"%s\", \"password\": [\"a\", \"%s\"]}".formatted(ADA, PASSWORD),
              "{\"email\": [\"%s\"], \"password\": \"%s\"}".formatted(ADA, PASSWORD),
              "{\"email\": \"%s\", \"password\": \"a\", \"password\": \"%s\"}"
                  .formatted(ADA, PASSWORD),
              one + one);
      for (String list : lists) {
        Reply reply = server.send("POST", "/auth/sign-in", Map.of(), list);
        assertThat(reply.status()).as(list).isEqualTo(400);
      }
      String batch =
          "{\"operations\": [{\"method\": \"POST\", \"path\": \"/auth/sign-in\", \"body\": %s}]}"
              .formatted(one);
      assertThat(server.send("POST", "/api/batch", Map.of(), batch).status()).isBetween(400, 499);
      assertThat(server.column("SELECT count(*) FROM varve_session")).containsExactly("1");
    }
  }

  @Test
  void guessesOverOneConnectionAtATimeAreCounted() {
    try (TestServer server = TestServer.start(People.plan());
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
      join(server, ADA);
      // the first request makes it HTTP/2
      send(client, server, "GET", "/health/live", "").join();
      List<CompletableFuture<HttpResponse<String>>> guesses = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        String body = text(Map.of("email", ADA, "password", "guess number " + i));
        guesses.add(send(client, server, "POST", "/auth/sign-in", body));
      }
      List<HttpResponse<String>> answers = guesses.stream().map(CompletableFuture::join).toList();
      assertThat(answers).allMatch(answer -> answer.version() == HttpClient.Version.HTTP_2);
      assertThat(answers).filteredOn(answer -> answer.statusCode() == 401).hasSize(FREE);
      assertThat(answers).filteredOn(answer -> answer.statusCode() == 429).hasSize(40 - FREE);
      assertThat(signIn(server, ADA, PASSWORD).status()).isEqualTo(429);
    }
  }

  private static CompletableFuture<HttpResponse<String>> send(
      HttpClient client, TestServer server, String method, String path, String body) {
    return client.sendAsync(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .header("Content-Type", "application/json")
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void anAddressCountsHoweverItIsWritten() {
    try (TestServer server = TestServer.start(People.plan())) {
      join(server, ADA);
      List<String> spellings =
          List.of(
              "ada@example.com",
              "ADA@example.com",
              "Ada@Example.Com",
              "ada@EXAMPLE.COM",
              "\\u0061da@example.com",
              "ada\\u0040example.com");
      for (int i = 0; i < FREE; i++) {
        assertThat(guess(server, spellings.get(i % spellings.size()), "guess").status())
            .isEqualTo(401);
      }
      for (String spelling : spellings) {
        assertThat(guess(server, spelling, PASSWORD).status()).as(spelling).isEqualTo(429);
      }
      // all of them are the one address
      assertThat(server.column("SELECT count(*) FROM varve_attempt WHERE subject LIKE 'both:%'"))
          .containsExactly("1");
    }
  }

  /// @param email as JSON writes it
  private static Reply guess(TestServer server, String email, String password) {
    return server.send(
        "POST",
        "/auth/sign-in",
        Map.of(),
        "{\"email\": \"%s\", \"password\": \"%s\"}".formatted(email, password));
  }

  @Test
  void guessesInDifferentPlacesAreCountedTogether() {
    try (TestServer server = TestServer.start(People.plan())) {
      Map<String, String> ada = bearer(text(join(server, ADA), "accessToken"));
      for (int i = 0; i < FREE; i++) {
        assertThat(inPlace(server, ada, i % 3, "guess number " + i).status())
            .as("place %d", i % 3)
            .isBetween(400, 403);
      }
      for (int place = 0; place < 3; place++) {
        assertThat(inPlace(server, ada, place, PASSWORD).status()).isEqualTo(429);
      }
    }
  }

  private static Reply inPlace(
      TestServer server, Map<String, String> headers, int place, String password) {
    Map<String, String> body = new HashMap<>();
    return switch (place) {
      case 0 -> signIn(server, ADA, password);
      case 1 -> {
        body.put("currentPassword", password);
        body.put("newPassword", "another long password");
        yield post(server, "/auth/password", headers, body);
      }
      default -> {
        body.put("newEmail", "evil@example.com");
        body.put("password", password);
        yield post(server, "/auth/email", headers, body);
      }
    };
  }
}
