package dev.varve.face.graphql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.graphql.document.GraphQlSettings;
import dev.varve.kernel.Patience;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import graphql.introspection.IntrospectionQuery;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is meant to exhaust the server is refused at once, with the limit named, and nothing is read or written.
class AbuseTest {
  // what is carried out instead of being refused takes hours
  private static final Duration AT_ONCE = Duration.ofSeconds(Patience.SECONDS);

  private static TestServer server;
  private static TestServer open;

  @BeforeAll
  static void start() {
    server = Shop.start();
    open = Shop.start(GraphQlSettings.DEFAULT.forDevelopment());
  }

  @AfterAll
  static void stop() {
    server.close();
    open.close();
  }

  private static String many(int count, String text) {
    return IntStream.range(0, count)
        .mapToObj(i -> text.replace("#", Integer.toString(i)))
        .collect(Collectors.joining(" "));
  }

  /// Each fragment spreads the next one twice.
  private static String fanOut(int fragments) {
    return "{ ...F0 } "
        + IntStream.range(0, fragments)
            .mapToObj(i ->
                "fragment F%d on Query { a%d: users(limit: 1) { id } ...F%d }"
                    .formatted(i, i, i + 1))
            .collect(Collectors.joining(" "))
        + " fragment F%d on Query { __typename }".formatted(fragments);
  }

  /// Each fragment has the next one below two fields: 2 to the power of their number.
  private static String explosion(int fragments) {
    return "{ user(id: \"ada\") { ...F0 } } "
        + IntStream.range(0, fragments)
            .mapToObj(i ->
                "fragment F%1$d on User { a: orders { user { ...F%2$d } } b: orders { user { ...F%2$d } } }"
                    .formatted(i, i + 1))
            .collect(Collectors.joining(" "))
        + " fragment F%d on User { id }".formatted(fragments);
  }

  private static String deep(int levels) {
    return "{ user(id: \"ada\") "
        + "{ orders { user ".repeat(levels)
        + "{ id }"
        + " } }".repeat(levels)
        + " }";
  }

  static Stream<Arguments> abuses() {
    return Stream.of(
        Arguments.of("depth", deep(10), "graphql.depthMax"),
        Arguments.of("depth beyond the parser", deep(2_000), "too deep"),
        Arguments.of("aliases", "{ " + many(60, "a#: __typename") + " }", "graphql.rootFieldsMax"),
        Arguments.of(
            "aliases below the root",
            "{ user(id: \"ada\") { " + many(1_000, "a#: id") + " } }",
            "graphql.fieldsMax"),
        Arguments.of(
            "a few aliases too many",
            "{ user(id: \"ada\") { " + many(51, "a#: id") + " } }",
            "graphql.aliasesMax"),
        Arguments.of(
            "guessing by aliases",
            "mutation { "
                + many(100, "a#: updateUser(id: \"ada\", input: {name: \"#\"}) { id }")
                + " }",
            "graphql.rootFieldsMax"),
        Arguments.of(
            "fields", "{ user(id: \"ada\") { " + many(600, "id") + " } }", "graphql.fieldsMax"),
        Arguments.of(
            "fragments",
            "{ ...F0 } " + many(51, "fragment F# on Query { __typename }"),
            "graphql.fragmentsMax"),
        Arguments.of("fragments within each other", fanOut(49), "graphql.rootFieldsMax"),
        Arguments.of("fragments that double", explosion(40), "graphql.fieldsMax"),
        Arguments.of("operations", many(11, "query Q# { __typename }"), "graphql.operationsMax"),
        Arguments.of(
            "characters", "{ __typename }" + " ".repeat(70_000), "graphql.documentCharactersMax"),
        Arguments.of("tokens", "{ " + "a ".repeat(12_000) + " }", "graphql.documentTokensMax"),
        Arguments.of(
            "directives",
            "{ __typename " + "@skip(if: false) ".repeat(3_000) + " }",
            "graphql.documentTokensMax"),
        Arguments.of(
            "pages within pages",
            "{ users(limit: 500) { orders(limit: 500) { lines(limit: 500) { id } } } }",
            "graphql.costMax"),
        Arguments.of(
            "a fragment within itself", "{ ...A } fragment A on Query { ...A }", "Fragment cycles"),
        Arguments.of(
            "fragments in a circle",
            "{ user(id: \"ada\") { ...A } } fragment A on User { orders { user { ...B } } } fragment B on User { orders { user { ...A } } }",
            "Fragment cycles"),
        Arguments.of(
            "a list of lists in a filter",
            "{ users(where: " + "{and: [".repeat(40) + "]}".repeat(40) + ") { id } }",
            "goes deeper than 16 levels"),
        Arguments.of(
            "a filter of many tests",
            "{ users(where: {or: [" + many(60, "{name: {eq: \"#\"}}") + "]}) { id } }",
            "more than 50 tests"),
        Arguments.of(
            "a long way over relations",
            "{ orders(where: {user: {id: {eq: \"1\"}}}, orderBy: ["
                + many(6, "{id: ASC}")
                + "]) { id } }",
            "more than 5 fields"),
        Arguments.of(
            "a number of many digits",
            "{ orders(where: {total: {gt: " + "9".repeat(4_000) + "}}) { id } }",
            "decimal number"),
        Arguments.of(
            "a number of a huge exponent",
            "{ orders(where: {total: {gt: 1e999999999}}) { id } }",
            "decimal number"),
        Arguments.of(
            "a small number of a huge exponent",
            "{ orders(where: {total: {gt: 1e-999999999}}) { id } }",
            "decimal number"),
        Arguments.of(
            "a float beyond every float",
            "{ products(where: {weight: {gt: 1e999}}) { id } }",
            "too large"),
        Arguments.of(
            "a long beyond every long",
            "{ products(where: {stock: {gt: 1e999999999}}) { id } }",
            "must be a whole number"),
        Arguments.of(
            "numbers beyond an Int",
            "{ users(limit: 99999999999999999999) { id } }",
            "must be a whole number"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("abuses")
  void isRefusedByItsLimit(String what, String document, String limit) {
    long position = server.position();
    Reply reply =
        Assertions.assertTimeoutPreemptively(
            AT_ONCE,
            () ->
                Scenario.send(
                    server, Map.of("query", document), Map.of("Accept", AcceptHeader.GRAPHQL)));
    assertThat(reply.status()).as("%s: %s", what, reply.text()).isBetween(400, 499);
    assertThat(reply.text()).as(what).contains(limit).doesNotContain("\"data\"");
    assertThat(reply.bytes().length).as(what).isLessThan(20_000);
    assertThat(server.position()).isEqualTo(position);
  }

  @Test
  void anArrayOfRequestsIsBounded() {
    List<Map<String, String>> requests = Collections.nCopies(11, Map.of("query", "{ __typename }"));
    Reply reply = Scenario.send(server, requests, Map.of("Accept", AcceptHeader.GRAPHQL));
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text()).contains("graphql.requestsMax");
  }

  @Test
  void eachRequestOfAnArrayIsCarriedOutForItself() {
    String create = "mutation { createPing(input: {text: \"x\"}) { text } }";
    long position = server.position();
    Reply reply =
        Scenario.send(
            server,
            List.of(
                Map.of("query", create),
                Map.of("query", "{"),
                Map.of("query", create),
                Map.of("qwery", create)),
            Map.of("Accept", AcceptHeader.GRAPHQL));
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.text()).startsWith("[{\"data\":{\"createPing\":{\"text\":\"x\"}}");
    assertThat(server.events(position)).containsExactly("CREATE Ping", "CREATE Ping");
  }

  @Test
  void theSchemaIsToldOnlyWhereThatIsAllowed() {
    Map<String, String> headers = Map.of("Accept", AcceptHeader.GRAPHQL);
    Map<String, String> question = Map.of("query", IntrospectionQuery.INTROSPECTION_QUERY);
    Reply refused = Scenario.send(server, question, headers);
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.text()).contains("graphql.introspection").doesNotContain("\"data\"");
    Reply told = Scenario.send(open, question, headers);
    assertThat(told.status()).as(told.text()).isEqualTo(200);
    assertThat(told.text()).contains("CreateOrderInput", "Where things go.", "OrderWhere");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{ a: __type(name: 'User') { name } b: __type(name: 'Order') { name } }",
        "{ __type(name: 'Order') { fields { name type { ofType { name fields { name type { ofType { name } } } } } } } }",
        "{ __schema { types { name } } __type(name: 'User') { name } }"
      })
  void aFewQuestionsAboutTheSchemaAreAnswered(String document) {
    Reply reply = Scenario.ask(open, document);
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    assertThat(reply.text()).contains("\"name\":\"User\"").doesNotContain("errors");
  }

  @Test
  void questionsAboutTheSchemaDoNotGoInCircles() {
    String circle =
        "{ __type(name: 'Node') "
            + "{ possibleTypes { interfaces ".repeat(9)
            + "{ name }"
            + " } }".repeat(9)
            + " }";
    Reply reply = Scenario.ask(open, circle);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text())
        .contains("TOO_LARGE", "values: ask for less at a time")
        .doesNotContain("\"data\"");
    assertThat(
            Scenario.ask(open, "{ __type(name: 'User') { name fields { name } } a: __typename }")
                .text())
        .contains("\"__type\":{\"name\":\"User\"", "\"a\":\"Query\"");
  }
}
