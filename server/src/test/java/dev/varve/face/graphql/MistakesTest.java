package dev.varve.face.graphql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.face.graphql.document.GraphQlSettings;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What whoever begins gets wrong, and what they are told.
class MistakesTest {
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = Shop.start(GraphQlSettings.DEFAULT.forDevelopment());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /// The errors of an answer: `line:column message`, with `field message` for each detail.
  private static String told(Reply reply) {
    return Scenario.list(reply.json(), "errors").stream()
        .map(MistakesTest::told)
        .collect(Collectors.joining(" / "));
  }

  private static String told(Object error) {
    String details =
        Scenario.list(error, "extensions", "details").stream()
            .map(detail -> Scenario.at(detail, "field") + " " + Scenario.at(detail, "message"))
            .collect(Collectors.joining(", "));
    Object place = Scenario.list(error, "locations").getFirst();
    return "%s:%s %s"
        .formatted(
            Scenario.at(place, "line"),
            Scenario.at(place, "column"),
            details.isEmpty() ? Scenario.at(error, "message") : details);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // names
        "{ users { nmae } } | 1:11 User has no field 'nmae'. Did you mean 'name'?",
        "{ usr(id: 'ada') { id } } | 1:3 Query has no field 'usr'. Did you mean 'user'?",
        "{ node(id: 'User:ada') { id } } | 1:26 Node has no field 'id'. It has nodeId",
        "{ createOrder(input: {user: 'ada', total: 3}) { id } } | 1:3 Query has no field 'createOrder'. Mutation has: begin the operation with the word mutation",
        "{ pingHistory(id: 'x') { version } } | 1:3 Query has no field 'pingHistory'. Ping keeps no history (@model(history: false))",
        "mutation { restorePing(id: 'x', version: 1) { id } } | 1:12 Mutation has no field 'restorePing'. Ping keeps no history (@model(history: false))",
        "{ user(di: 'ada') { id } } | 1:3 user needs the argument 'id', of type ID! / 1:8 user has no argument 'di'. Did you mean 'id'?",
        "{ orders(first: 5) { id } } | 1:10 orders has no argument 'first'. It takes limit, cursor, where, orderBy",
        "{ users { ...f } } fragment F on User { id } | 1:11 There is no fragment 'f'. Did you mean 'F'? / 1:20 Unused fragment 'F'",
        "query($w: UserWher) { users(where: $w) { id } } | 1:11 There is no type 'UserWher'. Did you mean 'UserWhere'?",
        "query @asof(at: 'position:1') { users { id } } | 1:7 There is no directive '@asof'. Did you mean 'asOf'?",
        "{ user(id: 'ada') { id } user(id: 'bob') { id } } | 1:3 'user' is asked for twice, with differences: give one of them another name in the answer, as in other: user",
        // fields below fields
        "{ users } | 1:3 Query.users gives [User!]!: say which of its fields you want, as in users { id }",
        "{ user(id: 'ada') { address } } | 1:21 User.address gives Address: say which of its fields you want, as in address { street }",
        "{ users { id { x } } } | 1:11 User.id is ID!, which has no fields: leave out the braces behind it",
        // values
        "{ orders(where: {status: {eq: 'PAID'}}) { id } } | 1:10 where.status.eq must be one of DRAFT, PAID, SHIPPED, without quotation marks",
        "{ orders(where: {status: {in: [PAID, PAYD]}}) { id } } | 1:10 where.status.in[1] has no value 'PAYD'. Did you mean 'PAID'?",
        "{ orders(where: {total: 3}) { id } } | 1:10 where.total must be an object with the fields of DecimalFilter, such as {eq: ...}",
        "{ orders(where: {totl: {gt: 3}}) { id } } | 1:10 where.totl is not a field of OrderWhere. Did you mean 'total'?",
        "{ orders(orderBy: 'total') { id } } | 1:10 orderBy must be an object with the fields of OrderOrderBy, such as {total: ASC}",
        "{ orders(orderBy: '-total') { id } } | 1:10 orderBy must be an object with the fields of OrderOrderBy, such as {total: DESC}",
        "{ orders(orderBy: ['nothing']) { id } } | 1:10 orderBy[0] must be an object with the fields of OrderOrderBy, such as {id: ASC}",
        "{ orders(orderBy: [{total: ASC, id: DESC}]) { id } } | 1:10 orderBy[0] must have exactly one field, such as {id: ASC}",
        "{ orders(limit: '5') { id } } | 1:10 limit must be a whole number from -2147483648 to 2147483647",
        "mutation { createOrder(input: {user: {id: 'ada'}, total: 3}) { id } } | 1:24 input.user must be the id of a record alone, as text",
        "{ user(id: null) { id } } | 1:8 id is required",
        "{ user(id: 'ada') { name @include(if: 'x') } } | 1:35 if must be true or false",
        "{ users { ... @skip(if: 1) { id } } } | 1:21 if must be true or false",
        "query($n: Int = 'x') { users(limit: $n) { id } } | 1:7 $n must be a whole number from -2147483648 to 2147483647",
        // all of them at once, beside what is wrong elsewhere
        "mutation { createUser(input: {nmae: 'X', email: 'x'}) { idd } } | 1:23 input.nmae is not a field of CreateUserInput. Did you mean 'name'?, input.name is required, input.email Invalid email format / 1:57 User has no field 'idd'. Did you mean 'id'?",
        // variables
        "query { user(id: $id) { id } } | 1:18 The variable '$id' is not declared: write it with its type in front of the braces, as in query($id: ID!)",
        "query($id: ID) { user(id: $id) { id } } | 1:27 The variable '$id' is declared as ID and stands where ID! is wanted: declare it as that",
        "{ orders(where: {user: {id: {eq: $x}}, total: {gt: 'z'}}) { id } } | 1:10 where.total.gt must be a decimal number, such as \"19.90\" / 1:34 The variable '$x' is not declared: write it with its type in front of the braces, as in query($x: ID!)",
        // time
        "{ users @asOf(at: 'position:1') { id } } | 1:9 @asOf stands behind the word query, and moves all of it: query @asOf(at: \"...\") { ... }",
        "{ users(asOf: 'position:1') { id } } | 1:9 users has no argument 'asOf': write query @asOf(at: \"...\") { ... }, which moves all of it",
        "query @asOf { users { id } } | 1:7 A directive needs the argument 'at'"
      })
  void isNamedWithTheNextStep(String document, String errors) {
    Reply reply = Scenario.ask(server, document);
    assertThat(reply.status()).as(reply.text()).isEqualTo(400);
    assertThat(told(reply)).isEqualTo(errors);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{ users { name  | The document is not GraphQL: it ends too early. Close what is open, such as a brace",
        "{ users { name } ) | 1:18 The document is not GraphQL: ')' is not expected here"
      })
  void whatIsNoDocumentIsToldWhereItBreaksOff(String document, String error) {
    Reply reply = Scenario.ask(server, document);
    assertThat(reply.status()).as(reply.text()).isEqualTo(400);
    assertThat(told(reply)).endsWith(error);
  }

  @Test
  void whatStandsInTheDocumentAndInAVariableIsToldInTheSameWords() {
    String input = "{'nmae':'X','email':'x','address':{'city':7}}";
    Reply literal =
        Scenario.ask(
            server,
            "mutation { createUser(input: {nmae: 'X', email: 'x', address: {city: 7}}) { id } }");
    Reply variable =
        Scenario.send(
            server,
            Map.of(
                "query",
                "mutation($input: CreateUserInput!) { createUser(input: $input) { id } }",
                "variables",
                Map.of(
                    "input",
                    dev.varve.kernel.Json.read(
                        Scenario.quoted(input).getBytes(java.nio.charset.StandardCharsets.UTF_8)))),
            Map.of("Accept", AcceptHeader.GRAPHQL));
    assertThat(Scenario.list(literal.json(), "errors", 0, "extensions", "details"))
        .isEqualTo(Scenario.list(variable.json(), "errors", 0, "extensions", "details"))
        .hasSize(6);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{ orders(cursor: 'abc') { id } } | cursor is not a cursor that a list here gave; use one as it was given, or start without a cursor",
        "{ ordersConnection(after: 'abc') { nodes { id } } } | after is not a cursor that a list here gave; use one as it was given, or start without a cursor",
        "{ orders(limit: 501) { id } } | limit must be a whole number from 1 to 500",
        "{ node(id: 'ada') { nodeId } } | id is no global id: give the nodeId of a record, such as User:42"
      })
  void anArgumentThatCannotBeUsedIsNamed(String document, String detail) {
    Reply reply = Scenario.ask(server, document);
    assertThat(reply.status()).as(reply.text()).isEqualTo(400);
    assertThat(told(reply)).isEqualTo("1:3 " + detail);
  }

  @Test
  void aVariableUnderAnotherNameIsPointedTo() {
    Reply reply =
        Scenario.send(
            server,
            Map.of(
                "query",
                "query($id: ID!) { user(id: $id) { id } }",
                "variables",
                Map.of("userId", "ada")),
            Map.of("Accept", AcceptHeader.GRAPHQL));
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text())
        .contains(
            "\"field\":\"id\",\"message\":\"is required. The request gives 'userId', which is no variable of the operation\"");
  }

  @Test
  void anOperationThatIsNotThereIsAnsweredWithTheOneThatIs() {
    Reply reply =
        Scenario.send(
            server,
            Map.of("query", "query Alpha { __typename }", "operationName", "Alhpa"),
            Map.of("Accept", AcceptHeader.GRAPHQL));
    assertThat(reply.text())
        .contains("The document has no operation named 'Alhpa'. Did you mean 'Alpha'?");
  }

  @Test
  void aDocumentOfMistakesIsAnsweredShortly() {
    String fields = "x ".repeat(400);
    Reply reply = Scenario.ask(server, "{ users { %s } }".formatted(fields));
    assertThat(reply.status()).isEqualTo(400);
    assertThat(Scenario.list(reply.json(), "errors")).hasSizeBetween(1, 100);
  }

  @Test
  void noNamesAreSuggestedWhereTheSchemaIsNotTold() {
    try (TestServer plain = Shop.start()) {
      for (String document :
          List.of(
              "{ users { nmae } }",
              "{ users(wher: 1) { id } }",
              "{ users(where: {nmae: {eq: 'x'}}) { id } }",
              "{ createUse(input: {}) { id } }",
              "{ pingHistory(id: 'x') { version } }",
              "query($w: UserWher) { users(where: $w) { id } }")) {
        assertThat(told(Scenario.ask(plain, document)))
            .doesNotContain("Did you mean", "It has", "It takes", "Mutation", "keeps");
      }
    }
  }
}
