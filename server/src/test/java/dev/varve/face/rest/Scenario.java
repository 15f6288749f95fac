package dev.varve.face.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.openapi.OpenApiContract;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One line of a table of scenarios: what was there, what is asked, what comes back, what the log holds then.
///
/// ```
/// scenario("aNoteIsCreated")
///     .post("/api/notes", "{'text': 'hello'}")
///     .gives(201).header("Location", "/api/notes/...").body("'text':'hello'")
///     .events("CREATE Note")
/// ```
/// Apostrophes in bodies stand for quotation marks. Brackets, quotes and spaces in a query may stand as they are.
final class Scenario {
  // stands in for an apostrophe that is one
  private static final char APOSTROPHE = '\uE000';

  private final String name;
  private final List<Request> given = new ArrayList<>();
  private final List<String> bodyParts = new ArrayList<>();
  private final List<String> bodyLacks = new ArrayList<>();
  private final Map<String, String> headers = new LinkedHashMap<>();
  private final List<String> headersLacking = new ArrayList<>();
  private final List<String> events = new ArrayList<>();
  private Request request = new Request("GET", "/", Map.of(), "");
  private int status = 200;

  private record Request(String method, String target, Map<String, String> headers, String body) {
    Request with(String name, String value) {
      Map<String, String> more = new LinkedHashMap<>(headers);
      more.put(name, value);
      return new Request(method, target, more, body);
    }

    Reply send(TestServer server) {
      return server.send(method, encoded(target), headers, quoted(body));
    }
  }

  private Scenario(String name) {
    this.name = name;
  }

  static Scenario scenario(String name) {
    return new Scenario(name);
  }

  /// Something that happens before, and must succeed.
  Scenario given(String method, String target, String body) {
    given.add(new Request(method, target, Map.of(), body));
    return this;
  }

  /// The same with a header.
  Scenario given(String method, String target, String body, String header, String value) {
    given.add(new Request(method, target, Map.of(header, value), body));
    return this;
  }

  Scenario get(String target) {
    return ask("GET", target, "");
  }

  Scenario post(String target, String body) {
    return ask("POST", target, body);
  }

  Scenario put(String target, String body) {
    return ask("PUT", target, body);
  }

  Scenario patch(String target, String body) {
    return ask("PATCH", target, body);
  }

  Scenario delete(String target) {
    return ask("DELETE", target, "");
  }

  Scenario ask(String method, String target, String body) {
    request = new Request(method, target, Map.of(), body);
    return this;
  }

  /// A header of the request.
  Scenario sending(String name, String value) {
    request = request.with(name, value);
    return this;
  }

  Scenario gives(int expected) {
    status = expected;
    return this;
  }

  /// A header of the answer, whole.
  Scenario header(String name, String value) {
    headers.put(name, value);
    return this;
  }

  Scenario lacksHeader(String name) {
    headersLacking.add(name);
    return this;
  }

  /// Parts of the body, in this order.
  Scenario body(String... parts) {
    bodyParts.addAll(List.of(parts));
    return this;
  }

  /// A part of the body with its apostrophes as they stand: messages have some.
  Scenario says(String part) {
    bodyParts.add(part.replace('\'', APOSTROPHE));
    return this;
  }

  Scenario lacks(String... parts) {
    bodyLacks.addAll(List.of(parts));
    return this;
  }

  /// What the log has got, a unit each. Without it nothing must have been written.
  Scenario events(String... units) {
    events.addAll(List.of(units));
    return this;
  }

  void run(TestServer server, OpenApiContract contract) {
    for (Request before : given) {
      Reply reply = before.send(server);
      assertThat(reply.status())
          .as("%s: given %s: %s", name, before, reply.text())
          .isBetween(200, 299);
    }
    long position = server.position();
    Reply reply = request.send(server);
    assertThat(reply.status()).as("%s: %s: %s", name, request, reply.text()).isEqualTo(status);
    headers.forEach((header, value) ->
        assertThat(reply.header(header)).as("%s: %s", name, header).isEqualTo(value));
    headersLacking.forEach(
        header -> assertThat(reply.header(header)).as("%s: %s", name, header).isEmpty());
    assertThat(reply.text()).as(name).containsSubsequence(quoted(bodyParts));
    bodyLacks.forEach(part -> assertThat(reply.text()).as(name).doesNotContain(quoted(part)));
    assertThat(server.events(position)).as("%s: events", name).isEqualTo(events);
    contract.check(request.method(), request.target(), reply);
  }

  private static List<String> quoted(List<String> texts) {
    // nothing is a part of everything
    List<String> quoted = new ArrayList<>(List.of(""));
    texts.forEach(text -> quoted.add(quoted(text)));
    return quoted;
  }

  private static String quoted(String text) {
    return text.replace('\'', '"').replace(APOSTROPHE, '\'');
  }

  private static String encoded(String target) {
    int question = target.indexOf('?');
    if (question < 0) {
      return target;
    }
    List<String> parameters = new ArrayList<>();
    for (String parameter : target.substring(question + 1).split("(?<!&)&(?!&)", -1)) {
      String[] pair = parameter.split("=", 2);
      parameters.add(encodedPart(pair[0]) + (pair.length == 1 ? "" : "=" + encodedPart(pair[1])));
    }
    return target.substring(0, question) + "?" + String.join("&", parameters);
  }

  private static String encodedPart(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return name;
  }
}
