package dev.varve.face.graphql;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.graphql.document.GraphQlSettings;
import dev.varve.kernel.Json;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What GraphiQL opens with: it must be right for every schema, without a look at its data.
class SamplesTest {
  @Test
  void theyShowWhatAnybodyMayReadAndMake() throws IOException {
    try (TestServer server = start(example("shop"))) {
      assertThat(samples(server))
          .containsExactly(
              """
              # Run: Ctrl-Enter. Suggestions: Ctrl-Space.
              # All types are in the book on the left.
              # Next: the past, a change, live changes.
              query Users {
                users(limit: 5) {
                  id
                  name
                  email
                  orders(limit: 3) {
                    id
                    status
                    total
                  }
                }
              }\
              """,
              """
              # The same as of an earlier moment: a log
              # position, or such as 2026-03-01T00:00:00Z.
              query UsersBefore @asOf(at: "position:1") {
                users(limit: 5) {
                  id
                  name
                  email
                  orders(limit: 3) {
                    id
                    status
                    total
                  }
                }
              }\
              """,
              """
              # The fields of a mutation are one unit:
              # kept together, or refused together.
              mutation CreateUser {
                createUser(input: {
                  name: "Some name"
                  email: "someone@example.com"
                }) {
                  id
                  name
                  email
                }
              }\
              """,
              """
              # Start this, then make or change a User elsewhere:
              # in a second window, at /docs or with curl.
              # It is shown here as it is committed.
              subscription UserChanges {
                userChanged {
                  operation
                  at
                  actor
                  changed
                  record {
                    id
                    name
                    email
                  }
                }
              }\
              """);
    }
  }

  @Test
  void theyComeWithTheModelsThatTellOneApplicationFromAnother() throws IOException {
    try (TestServer server = start(example("cafe"))) {
      assertThat(served(server).get("models")).isEqualTo(List.of("Guest", "Drink", "Order"));
    }
  }

  @Test
  void theySayWhenSomebodyMustBeSignedIn() throws IOException {
    try (TestServer server = start(example("cafe"))) {
      List<String> samples = samples(server);
      assertThat(samples.get(0)).contains("drinks(limit: 5)").doesNotContain("Sign in");
      assertThat(samples.get(2))
          .contains("createDrink(", "# Sign in for this: the key on the left.\n");
    }
  }

  @Test
  void theyMakeUpWhatANewRecordNeeds() {
    String schema =
        """
        type Trip @model(history: false) @auth(rules: [{allow: public}]) {
          title: String! @length(min: 12, max: 20)
          code: String! @length(max: 3)
          mood: Mood!
          seats: Int! @range(min: 2, max: 9)
          price: Decimal! @scale(digits: 2)
          height: Float! @range(max: 0.5)
          open: Boolean!
          day: Date!
          start: DateTime!
          key: UUID!
          page: Url!
          more: JSON!
          place: Place!
          tags: [String!]! @length(min: 1, max: 3)
          links: [Url!]!
          stars: Int! @default(value: 3)
          note: String
        }
        type Coded @model @auth(rules: [{allow: public}]) { code: String! @pattern(regex: "[A-Z]{3}") }
        type Place { street: String! city: String }
        enum Mood { CALM WILD }
        """;
    try (TestServer server = start(schema)) {
      List<String> samples = samples(server);
      // no history: no past
      assertThat(samples).hasSize(3);
      assertThat(samples.get(1))
          .contains(
              """
                  title: "Some title.."
                  code: "Som"
                  mood: CALM
                  seats: 2
                  price: "1.00"
              """);
      Reply made = run(server, samples.get(1));
      assertThat(made.text()).contains("\"createTrip\":{\"id\":").doesNotContain("errors");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"shop", "cafe", "chinook"})
  void eachOfThemIsTakenByTheServer(String example) throws IOException {
    try (TestServer server = start(example(example))) {
      List<String> samples = samples(server);
      assertThat(samples).hasSize(4);
      for (String sample : samples) {
        Reply reply = run(server, sample);
        if (sample.contains("subscription ")) {
          assertThat(reply.text()).contains("NOT_ACCEPTABLE");
        } else if (sample.contains("position:1")) {
          // nothing was written yet
          assertThat(reply.text()).contains("the log ends at position 0");
        } else if (!sample.contains("Sign in")) {
          assertThat(reply.text()).contains("\"data\":{\"").doesNotContain("errors");
        } else {
          assertThat(reply.text()).contains("UNAUTHENTICATED");
        }
      }
    }
  }

  private static TestServer start(String schema) {
    return TestServer.start(schema, GraphQlSettings.DEFAULT.forDevelopment());
  }

  private static String example(String name) throws IOException {
    return Files.readString(Path.of("..", "examples", name, "schema.graphql"));
  }

  @Test
  void thereAreNoneWhereNobodyMayAskForTheSchema() {
    GraphQlSettings settings =
        new GraphQlSettings(
            false, true, "", 12, 500, 50, 20, 50, 10, 50_000, 65_536, 10_000, 10, 500_000);
    try (TestServer server =
        TestServer.start(
            "type Secret @model @auth(rules: [{allow: authenticated}]) { text: String }",
            settings)) {
      assertThat(samples(server)).isEmpty();
    }
  }

  private static List<String> samples(TestServer server) {
    return ((List<?>) requireNonNull(served(server).get("operations")))
        .stream().map(String.class::cast).toList();
  }

  private static Map<?, ?> served(TestServer server) {
    return (Map<?, ?>) requireNonNull(server.get("/graphql/samples.json").json());
  }

  private static Reply run(TestServer server, String sample) {
    byte[] body = Json.bytes(generator -> Json.write(generator, Map.of("query", sample)));
    return server.send(
        "POST", "/graphql", Map.of(), new String(body, java.nio.charset.StandardCharsets.UTF_8));
  }
}
