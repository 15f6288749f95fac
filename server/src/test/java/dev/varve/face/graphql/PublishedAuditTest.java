package dev.varve.face.graphql;

import dev.varve.face.graphql.HttpAuditTest.Audit;
import dev.varve.face.graphql.document.GraphQlSettings;
import dev.varve.node.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The 61 checks that graphql-http 1.23 publishes for any server (https://github.com/graphql/graphql-http, audits/server),
/// each with its id. They ask about the schema, so it is told here.
class PublishedAuditTest {
  private static final String GRAPHQL = "application/graphql-response+json";
  private static final String JSON = "application/json";
  private static final String TYPENAME = "{\"query\":\"{ __typename }\"}";
  private static final String WITH = "{\"query\":\"{ __typename }\",\"%s\":%s}";
  private static final String TYPE_QUERY =
      "query Type($name: String!) { __type(name: $name) { name } }";
  private static final String TYPE =
      "{\"query\":\"%s\",\"variables\":{\"name\":\"sometype\"}}".formatted(TYPE_QUERY);
  private static final String NULL_TYPE = "{\"data\":{\"__type\":null}";
  private static final String NO_FIELD = "{\"query\":\"{ 8f31403dfe404bccbb0e835f2629c6a7 }\"}";
  private static final String NO_COERCION =
      "{\"query\":\"query CoerceFailure($id: ID!){ __typename }\",\"variables\":{\"id\":null}}";

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = Shop.start(GraphQlSettings.DEFAULT.forDevelopment());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  static Stream<Audit> audits() {
    return Stream.of(mediaTypes(), requests(), parameters(), wrongParameters(), refusals())
        .flatMap(List::stream);
  }

  private static Audit audit(String id, String requirement) {
    return new Audit(id + " " + requirement).withoutAccept().as(JSON).lacks("\"errors\"");
  }

  /// Refused, under whatever media type.
  private static Audit refused(String id, String requirement) {
    return new Audit(id + " " + requirement).withoutAccept().gives(400).lacks("\"data\"");
  }

  private static List<Audit> mediaTypes() {
    return List.of(
        audit("22EB", "SHOULD accept application/graphql-response+json and match the content-type")
            .post(TYPENAME)
            .accept(GRAPHQL)
            .as(GRAPHQL),
        audit("4655", "MUST accept application/json and match the content-type")
            .post(TYPENAME)
            .accept(JSON),
        audit("47DE", "SHOULD accept */* and use application/json for the content-type")
            .post(TYPENAME)
            .accept("*/*"),
        audit("80D8", "SHOULD assume application/json content-type when accept is missing")
            .post(TYPENAME),
        audit("82A3", "MUST use utf-8 encoding when responding")
            .post(TYPENAME)
            .as(JSON + "; charset=utf-8"),
        audit("BF61", "MUST accept utf-8 encoded request")
            .post("{\"query\":\"{ __type(name: \\\"Run🏃Swim🏊\\\") { name } }\"}")
            .contentType(JSON + "; charset=utf-8")
            .has(NULL_TYPE),
        audit("78D5", "MUST assume utf-8 in request if encoding is unspecified")
            .post("{\"query\":\"{ __type(name: \\\"Run🏃\\\") { name } }\"}")
            .has(NULL_TYPE));
  }

  private static List<Audit> requests() {
    return List.of(
        audit("2C94", "MUST accept POST requests").post(TYPENAME),
        audit("5A70", "MAY accept application/x-www-form-urlencoded formatted GET requests")
            .get("query", "{ __typename }"),
        refused("9C48", "MAY NOT allow executing mutations on GET requests")
            .get("query", "mutation { __typename }")
            .accept(GRAPHQL)
            .gives(405)
            .allows("POST"),
        refused("9ABE", "SHOULD respond with 4xx if content-type is not supplied on POST requests")
            .post(TYPENAME)
            .contentType("text/plain;charset=UTF-8")
            .gives(415),
        audit("03D4", "MUST accept application/json POST requests").post(TYPENAME),
        refused("A5BF", "MAY use 400 status code when request body is missing on POST")
            .contentType(JSON),
        refused("B6DC", "MAY use any status code on JSON parsing failure").post("{ \"not a JSON"),
        refused("BCF8", "SHOULD use 400 status code on JSON parsing failure, application/json")
            .post("{ \"not a JSON")
            .accept(JSON),
        refused("B7N8", "SHOULD use 400 status code on JSON parsing failure, graphql")
            .post("{ \"not a JSON")
            .accept(GRAPHQL));
  }

  private static List<Audit> parameters() {
    List<Audit> audits = new ArrayList<>();
    for (String type : List.of(GRAPHQL, JSON)) {
      boolean graphql = type.equals(GRAPHQL);
      audits.add(
          audit(graphql ? "34A2" : "13EE", "MUST allow string {query}")
              .post(TYPENAME)
              .accept(type)
              .as(type));
      audits.add(
          audit(graphql ? "8161" : "B8B3", "MUST allow string {operationName}")
              .post("{\"operationName\":\"Query\",\"query\":\"query Query { __typename }\"}")
              .accept(type)
              .as(type));
      List<String> optional = List.of("variables", "operationName", "extensions");
      for (int i = 0; i < optional.size(); i++) {
        String parameter = optional.get(i);
        audits.add(
            audit((graphql ? "94B" : "022") + i, "MUST allow null {%s}".formatted(parameter))
                .post(WITH.formatted(parameter, "null"))
                .accept(type)
                .as(type));
      }
      audits.add(
          audit(graphql ? "2EA1" : "28B9", "MUST allow map {variables}")
              .post(TYPE)
              .accept(type)
              .as(type)
              .has(NULL_TYPE));
      audits.add(
          audit(graphql ? "D6D5" : "6A70", "MAY allow URL-encoded JSON {variables} in GETs")
              .get("query", TYPE_QUERY, "variables", "{\"name\":\"sometype\"}")
              .accept(type)
              .as(type)
              .has(NULL_TYPE));
      audits.add(
          audit(graphql ? "428F" : "1B7A", "MUST allow map {extensions}")
              .post(WITH.formatted("extensions", "{\"some\":\"value\"}"))
              .accept(type)
              .as(type));
    }
    return audits;
  }

  private static List<Audit> wrongParameters() {
    List<Audit> audits = new ArrayList<>();
    audits.add(
        refused("423L", "MAY use 400 status code on missing {query}")
            .post("{\"notquery\":\"{ __typename }\"}")
            .accept(GRAPHQL));
    audits.add(
        refused("8764", "MAY use 4xx or 5xx status codes if parameters are invalid")
            .post("{\"qeury\":\"{ __typename }\"}"));
    audits.add(
        refused("3E3A", "MAY use 400 status code if parameters are invalid")
            .post("{\"qeury\":\"{ __typename }\"}"));
    List<String> noStrings = List.of("{\"obj\":\"ect\"}", "0", "false", "[\"array\"]");
    List<String> noMaps = List.of("\"string\"", "0", "false", "[\"array\"]");
    for (int i = 0; i < noStrings.size(); i++) {
      audits.add(
          refused("LKJ" + i, "MAY use 400 status code on {query} of another type")
              .post("{\"query\":%s}".formatted(noStrings.get(i))));
      audits.add(wrong("6C0" + i, "operationName", noStrings.get(i)));
      audits.add(wrong("476" + i, "variables", noMaps.get(i)));
      audits.add(wrong("58B" + i, "extensions", noMaps.get(i)));
    }
    return audits;
  }

  private static Audit wrong(String id, String parameter, String value) {
    return refused(id, "MAY use 400 status code on {%s} of another type".formatted(parameter))
        .post(WITH.formatted(parameter, value));
  }

  private static List<Audit> refusals() {
    return List.of(
        inJson("572B", "document parsing failure").post("{\"query\":\"{\"}"),
        inJson("FDE2", "document validation failure").post(NO_FIELD),
        inJson("7B9B", "variable coercion failure").post(NO_COERCION),
        refused("865D", "SHOULD use 4xx or 5xx on document parsing failure")
            .post("{\"query\":\"{\"}")
            .accept(GRAPHQL),
        refused("556A", "SHOULD use 400 on document parsing failure")
            .post("{\"query\":\"{\"}")
            .accept(GRAPHQL),
        refused("D586", "SHOULD not contain the data entry on document parsing failure")
            .post("{\"query\":\"{\"}")
            .accept(GRAPHQL),
        refused("51FE", "SHOULD use 4xx or 5xx on document validation failure")
            .post(NO_FIELD)
            .accept(GRAPHQL),
        refused("74FF", "SHOULD use 400 on document validation failure")
            .post(NO_FIELD)
            .accept(GRAPHQL),
        refused("5E5B", "SHOULD not contain the data entry on document validation failure")
            .post(NO_FIELD)
            .accept(GRAPHQL),
        refused("86EE", "SHOULD use 400 on variable coercion failure")
            .post(NO_COERCION)
            .accept(GRAPHQL));
  }

  private static Audit inJson(String id, String failure) {
    return refused(id, "SHOULD use 200 on %s when accepting application/json".formatted(failure))
        .accept(JSON)
        .gives(200)
        .as(JSON)
        .has("\"errors\"");
  }

  @ParameterizedTest
  @MethodSource("audits")
  void passes(Audit audit) {
    audit.check(server);
  }
}
