package dev.varve.face.graphql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Json;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One line of a table of scenarios: a document with its variables, the answer, and what the log holds then.
///
/// ```
/// scenario("aUserByItsId").ask("{ user(id: 'ada') { name } }").data("{'user':{'name':'Ada'}}")
/// ```
/// Apostrophes stand for quotation marks.
final class Scenario {
  private final String name;
  private final List<String> given = new ArrayList<>();
  private final Map<String, @Nullable Object> body = new LinkedHashMap<>();
  private final Map<String, String> headers =
      new LinkedHashMap<>(Map.of("Accept", AcceptHeader.GRAPHQL));
  private final List<String> parts = new ArrayList<>();
  private final List<String> lacks = new ArrayList<>();
  private final List<String> events = new ArrayList<>();
  private String data = "";
  private int status = 200;

  private Scenario(String name) {
    this.name = name;
  }

  static Scenario scenario(String name) {
    return new Scenario(name);
  }

  static String quoted(String text) {
    return text.replace('\'', '"');
  }

  /// An operation that is carried out before, and must succeed.
  Scenario given(String document) {
    given.add(document);
    return this;
  }

  Scenario ask(String document) {
    body.put("query", quoted(document));
    return this;
  }

  Scenario with(String variables) {
    body.put("variables", Json.read(quoted(variables).getBytes(StandardCharsets.UTF_8)));
    return this;
  }

  Scenario extension(String extensions) {
    body.put("extensions", Json.read(quoted(extensions).getBytes(StandardCharsets.UTF_8)));
    return this;
  }

  Scenario gives(int expected) {
    status = expected;
    return this;
  }

  /// The data of the answer, whole.
  Scenario data(String expected) {
    data = quoted(expected);
    return this;
  }

  /// A part of the answer with its apostrophes as they stand.
  Scenario says(String part) {
    parts.add(part);
    return this;
  }

  Scenario has(String part) {
    parts.add(quoted(part));
    return this;
  }

  Scenario lacks(String part) {
    lacks.add(quoted(part));
    return this;
  }

  /// What the log has got, a unit each. Without it nothing must have been written.
  Scenario events(String... units) {
    events.addAll(List.of(units));
    return this;
  }

  void run(TestServer server) {
    for (String document : given) {
      Reply before = ask(server, document);
      assertThat(before.status()).as("%s: given: %s", name, before.text()).isEqualTo(200);
      assertThat(before.text()).as("%s: given", name).doesNotContain("\"errors\"");
    }
    long position = server.position();
    Reply reply = send(server, body, headers);
    assertThat(reply.status()).as("%s: %s", name, reply.text()).isEqualTo(status);
    if (!data.isEmpty()) {
      assertThat(reply.json() instanceof Map<?, ?> answer ? answer.get("data") : "no data")
          .as("%s: %s", name, reply.text())
          .isEqualTo(Json.read(data.getBytes(StandardCharsets.UTF_8)));
    }
    parts.forEach(part -> assertThat(reply.text()).as(name).contains(part));
    lacks.forEach(part -> assertThat(reply.text()).as(name).doesNotContain(part));
    assertThat(server.events(position)).as("%s: events", name).isEqualTo(events);
  }

  static Reply send(TestServer server, @Nullable Object body, Map<String, String> headers) {
    byte[] bytes = Json.bytes(generator -> Json.write(generator, body));
    return server.send("POST", "/graphql", headers, new String(bytes, StandardCharsets.UTF_8));
  }

  /// A part of an answer, which is known to be there.
  ///
  /// @param steps names of members and indexes of elements
  static Object at(@Nullable Object root, Object... steps) {
    Object part = root;
    for (Object step : steps) {
      part =
          part instanceof List<?> elements && step instanceof Integer index
              ? elements.get(index)
              : part instanceof Map<?, ?> members ? members.get(step) : null;
    }
    return Objects.requireNonNull(part, () -> List.of(steps) + " of " + root);
  }

  /// The elements of a list in an answer.
  static List<?> list(@Nullable Object root, Object... steps) {
    return (List<?>) at(root, steps);
  }

  /// The answer to a document without more.
  static Reply ask(TestServer server, String document) {
    return send(server, Map.of("query", quoted(document)), Map.of("Accept", AcceptHeader.GRAPHQL));
  }

  @Override
  public String toString() {
    return name;
  }
}
