package dev.varve.face.graphql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the specification of GraphQL over HTTP asks of a server (https://graphql.github.io/graphql-over-http/draft/,
/// as of August 2026), each requirement in its words. Where it is otherwise here the requirement says so, and
/// docs/reference/graphql.md why.
class HttpAuditTest {
  private static final String GRAPHQL = "application/graphql-response+json";
  private static final String JSON = "application/json";
  private static final String TYPENAME = "{\"query\":\"{ __typename }\"}";
  private static final String PARTIAL =
      "{\"query\":\"{ message(id: \\\"x\\\") { id } __typename }\"}";
  private static final String NULL_DATA = "{\"query\":\"{ messages { id } }\"}";
  private static final String WITH_VARIABLE =
      "{\"query\":\"query($id: ID!) { user(id: $id) { name } }\",\"variables\":%s}";
  private static final String TWO =
      "{\"query\":\"query A { __typename } query B { b: __typename }\"%s}";
  private static final String CREATE = "mutation { createPing(input: {text: \"x\"}) { text } }";

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = Shop.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /// A requirement, a request, and what must come back.
  public static final class Audit {
    private final String requirement;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private String method = "POST";
    private String target = "/graphql";
    private String body = "";
    private int status = 200;
    private String mediaType = GRAPHQL;
    private String contains = "";
    private String lacks = "\u0000";
    private String allow = "";
    private String challenge = "";

    public Audit(String requirement) {
      this.requirement = requirement;
      headers.put("Accept", GRAPHQL);
    }

    public Audit post(String json) {
      body = json;
      return this;
    }

    public Audit get(String... parameters) {
      method = "GET";
      StringBuilder query = new StringBuilder();
      for (int i = 0; i < parameters.length; i += 2) {
        query.append(query.isEmpty() ? "?" : "&");
        query.append(parameters[i]).append('=');
        query.append(URLEncoder.encode(parameters[i + 1], StandardCharsets.UTF_8));
      }
      target = "/graphql" + query;
      return this;
    }

    Audit method(String other) {
      method = other;
      return this;
    }

    public Audit accept(String types) {
      headers.put("Accept", types);
      return this;
    }

    public Audit withoutAccept() {
      headers.remove("Accept");
      return this;
    }

    public Audit contentType(String type) {
      headers.put("Content-Type", type);
      return this;
    }

    public Audit gives(int expected) {
      status = expected;
      return this;
    }

    public Audit as(String type) {
      mediaType = type;
      return this;
    }

    public Audit has(String part) {
      contains = part;
      return this;
    }

    public Audit lacks(String part) {
      lacks = part;
      return this;
    }

    Audit bearing(String token) {
      headers.put("Authorization", "Bearer " + token);
      return this;
    }

    Audit header(String name, String value) {
      headers.put(name, value);
      return this;
    }

    Audit challenges(String scheme) {
      challenge = scheme;
      return this;
    }

    public Audit allows(String methods) {
      allow = methods;
      return this;
    }

    public void check(TestServer server) {
      long position = server.position();
      Reply reply = server.send(method, target, headers, body);
      assertThat(reply.status()).as("%s: %s", requirement, reply.text()).isEqualTo(status);
      assertThat(reply.header("Content-Type")).as(requirement).startsWith(mediaType);
      assertThat(reply.text()).as(requirement).contains(contains).doesNotContain(lacks);
      assertThat(reply.header("Allow")).as(requirement).isEqualTo(allow);
      assertThat(reply.header("WWW-Authenticate")).as(requirement).isEqualTo(challenge);
      if (method.equals("GET")) {
        assertThat(server.position()).as(requirement).isEqualTo(position);
      }
    }

    @Override
    public String toString() {
      return requirement;
    }
  }

  private static Audit must(String requirement) {
    return new Audit("MUST " + requirement);
  }

  private static Audit should(String requirement) {
    return new Audit("SHOULD " + requirement);
  }

  private static Audit may(String requirement) {
    return new Audit("MAY " + requirement);
  }

  static Stream<Audit> audits() {
    return Stream.of(mediaTypes(), requests(), gets(), statuses(), refusals())
        .flatMap(List::stream);
  }

  private static List<Audit> mediaTypes() {
    return List.of(
        must("support responses of application/graphql-response+json").post(TYPENAME),
        must("indicate the media type of a response with Content-Type")
            .post(TYPENAME)
            .has("\"data\""),
        should("indicate the encoding of a response")
            .post(TYPENAME)
            .as(GRAPHQL + "; charset=utf-8"),
        must("respect Accept: the type with the highest quality, graphql")
            .post(TYPENAME)
            .accept("application/json;q=0.8, application/graphql-response+json;q=0.9"),
        must("respect Accept: the type with the highest quality, json")
            .post(TYPENAME)
            .accept("application/graphql-response+json;q=0.8, application/json;q=0.9")
            .as(JSON),
        must("respect Accept: what a client should send")
            .post(TYPENAME)
            .accept("application/graphql-response+json, application/json;q=0.9"),
        must("respect Accept with the encoding that it has anyway")
            .post(TYPENAME)
            .accept("application/graphql-response+json; charset=utf-8"),
        may("choose a type when there is no Accept").post(TYPENAME).withoutAccept().as(JSON),
        may("choose a type when every type is accepted").post(TYPENAME).accept("*/*").as(JSON),
        may("choose a type when any of a kind is accepted")
            .post(TYPENAME)
            .accept("application/*")
            .as(JSON),
        may("choose a type by quality when one of the two is named")
            .post(TYPENAME)
            .accept("application/graphql-response+json, */*;q=0.1"),
        must("reply with 2xx when data is not null, 200 under application/json")
            .post(PARTIAL)
            .withoutAccept()
            .as(JSON),
        may("tell whoever accepts every type by the status too what is refused")
            .post(WITH_VARIABLE.formatted("{}"))
            .withoutAccept()
            .gives(400),
        should("answer a legacy client, which accepts application/json, with that on success")
            .post(TYPENAME)
            .accept(JSON)
            .as(JSON),
        should("answer a legacy client on partial success with application/json")
            .post(PARTIAL)
            .accept(JSON)
            .as(JSON),
        should(
                "answer a legacy client with this specification's statuses: here only to what is no request")
            .post("{\"qeury\":\"{ __typename }\"}")
            .accept(JSON)
            .gives(400)
            .as(GRAPHQL),
        should("answer 400 to a document that cannot be parsed: here 200 to a legacy client")
            .post("{\"query\":\"{\"}")
            .accept(JSON)
            .as(JSON)
            .has("\"errors\"")
            .lacks("\"data\""),
        should("answer 422 to a document that is not valid: here 200 to a legacy client")
            .post("{\"query\":\"{ nothing }\"}")
            .accept("application/json, application/graphql-response+json;q=0")
            .as(JSON)
            .lacks("\"data\""),
        should("answer 422 to what is over a limit: here 200 to a legacy client")
            .post("{\"query\":\"{ users(limit: 500) { orders(limit: 500) { id } } }\"}")
            .accept(JSON)
            .as(JSON)
            .has("TOO_LARGE"),
        should("answer 422 when a variable cannot be coerced: here 200 to a legacy client")
            .post(WITH_VARIABLE.formatted("{\"id\":[1,2]}"))
            .accept(JSON)
            .as(JSON)
            .lacks("\"data\""),
        should("answer 422 when the operation is not clear: here 200 to a legacy client")
            .post(TWO.formatted(""))
            .accept(JSON)
            .as(JSON),
        should("answer 401 to credentials that are not good, to a legacy client too")
            .post(TYPENAME)
            .accept(JSON)
            .bearing("nonsense")
            .gives(401)
            .challenges("Bearer error=\"invalid_token\""),
        should("answer 406 when nothing it supports is accepted")
            .post(TYPENAME)
            .accept("text/plain")
            .gives(406)
            .has("NOT_ACCEPTABLE"),
        must("not use a type that is refused with q=0")
            .post(TYPENAME)
            .accept("*/*, application/graphql-response+json;q=0")
            .as(JSON));
  }

  private static List<Audit> requests() {
    return List.of(
        must("accept POST with application/json").post(TYPENAME),
        must("assume utf-8 where the Content-Type names no encoding")
            .post("{\"query\":\"{ users(where: {name: {eq: \\\"Zoë\\\"}}) { id } }\"}")
            .contentType(JSON)
            .has("\"users\":[]"),
        must("accept POST with application/json in UTF-8")
            .post(TYPENAME)
            .contentType(JSON + "; charset=utf-8"),
        should("reject POST without a Content-Type with 4xx")
            .post(TYPENAME)
            .contentType("")
            .gives(415),
        should("answer 415 to a Content-Type that is not supported")
            .post(TYPENAME)
            .contentType("text/plain")
            .gives(415),
        should("answer 415 to an encoding that is not supported")
            .post(TYPENAME)
            .contentType("application/json; charset=iso-8859-1")
            .gives(415),
        must("not be tricked into a simple request by a form")
            .post("query={__typename}")
            .contentType("application/x-www-form-urlencoded")
            .gives(415),
        must("ignore properties that it does not understand")
            .post("{\"query\":\"{ __typename }\",\"id\":1}"),
        must("take null for an optional parameter as nothing")
            .post(
                "{\"query\":\"{ __typename }\",\"variables\":null,\"operationName\":null,\"extensions\":null}"),
        must("take variables as a map")
            .post(WITH_VARIABLE.formatted("{\"id\":\"ada\"}"))
            .has("\"Ada\""),
        must("take extensions as a map")
            .post("{\"query\":\"{ __typename }\",\"extensions\":{\"x\":1}}"),
        must("carry out the operation of operationName")
            .post(TWO.formatted(",\"operationName\":\"B\""))
            .has("\"b\":\"Query\""),
        should("answer 422 to a query that is no string: here 400")
            .post("{\"query\":7}")
            .gives(400),
        should("answer 422 to no query: here 400")
            .post("{\"qeury\":\"{ __typename }\"}")
            .gives(400),
        should("answer 422 to an operationName that is no string: here 400")
            .post("{\"query\":\"{ __typename }\",\"operationName\":7}")
            .gives(400),
        should("answer 422 to variables that are no map: here 400")
            .post("{\"query\":\"{ __typename }\",\"variables\":[7]}")
            .gives(400),
        should("answer 422 to extensions that are no map: here 400")
            .post("{\"query\":\"{ __typename }\",\"extensions\":\"x\"}")
            .gives(400),
        should("answer 422 to a body that is no object: here 400").post("7").gives(400),
        may("take several requests as an array")
            .post("[" + TYPENAME + "," + TYPENAME + "]")
            .has("[{\"data\":"));
  }

  private static List<Audit> gets() {
    return List.of(
        may("accept GET with the parameters in the query component").get("query", "{ __typename }"),
        may("accept GET with variables as JSON")
            .get(
                "query",
                "query($id: ID!) { user(id: $id) { name } }",
                "variables",
                "{\"id\":\"ada\"}")
            .has("Ada"),
        may("accept GET with operationName")
            .get("query", "query A { __typename } query B { b: __typename }", "operationName", "B")
            .has("\"b\""),
        must("take the empty string for an optional parameter as nothing")
            .get("query", "{ __typename }", "operationName", "", "variables", "", "extensions", ""),
        may("accept GET with extensions")
            .get("query", "{ users { id } }", "extensions", "{\"cost\":true}")
            .has("\"cost\""),
        must("not execute a mutation on GET; 405 is recommended, with Allow")
            .get("query", CREATE)
            .gives(405)
            .allows("POST"),
        must("not execute the mutation of several operations on GET")
            .get(
                "query",
                "query A { __typename } mutation B " + CREATE.substring("mutation ".length()),
                "operationName",
                "B")
            .gives(405)
            .allows("POST"),
        should("answer 400 to variables that are no JSON")
            .get("query", "{ __typename }", "variables", "{")
            .gives(400),
        should("answer 422 to GET without a query: here 400").get("operationName", "A").gives(400));
  }

  private static List<Audit> statuses() {
    return List.of(
        must("answer 2xx when data is not null")
            .post(PARTIAL)
            .gives(294)
            .has("\"data\":{\"message\":null"),
        should("answer 200 with data and without errors").post(TYPENAME).lacks("errors"),
        should("answer 294 with data and errors").post(PARTIAL).gives(294).has("\"errors\""),
        should("answer 294 with null data and errors")
            .post(NULL_DATA)
            .gives(294)
            .has("\"data\":null"),
        should("answer 294 to a mutation that is refused as it is carried out")
            .post("{\"query\":\"mutation { deleteUser(id: \\\"none\\\") { id } }\"}")
            .gives(294)
            .has("\"data\":null"));
  }

  private static List<Audit> refusals() {
    return List.of(
        should("answer 400 to a body that is no JSON")
            .post("NONSENSE")
            .gives(400)
            .lacks("\"data\""),
        should("answer 400 to a body that ends early").post("{\"query\":").gives(400),
        should("answer 400 to a document that cannot be parsed")
            .post("{\"query\":\"{\"}")
            .gives(400)
            .lacks("\"data\""),
        should("answer 422 to a document that is not valid: here 400")
            .post("{\"query\":\"{ nothing }\"}")
            .gives(400)
            .lacks("\"data\""),
        should("answer 422 when the operation is not clear: here 400")
            .post(TWO.formatted(""))
            .gives(400)
            .lacks("\"data\""),
        should("answer 422 when the named operation is not there: here 400")
            .post(TWO.formatted(",\"operationName\":\"C\""))
            .gives(400),
        should("answer 422 when there is no operation: here 400")
            .post("{\"query\":\"fragment A on User { id }\"}")
            .gives(400),
        should("answer 422 when a variable cannot be coerced: here 400")
            .post(WITH_VARIABLE.formatted("{\"id\":[1,2]}"))
            .gives(400)
            .lacks("\"data\""),
        should("answer 422 when a variable is missing: here 400")
            .post(WITH_VARIABLE.formatted("{}"))
            .gives(400),
        should(
                "answer 401 to credentials that are not good, and MUST say how to sign in (RFC 9110)")
            .post(TYPENAME)
            .bearing("nonsense")
            .gives(401)
            .challenges("Bearer error=\"invalid_token\"")
            .has("UNAUTHENTICATED")
            .lacks("\"data\""),
        must("not execute a mutation on GET, nor tell so by an event")
            .get("query", CREATE)
            .accept("text/event-stream")
            .gives(405)
            .allows("POST"),
        should("answer 431 to headers that are too large")
            .post(TYPENAME)
            .header("X-Large", "x".repeat(20_000))
            .gives(431)
            .as(JSON),
        should("answer 405 to another method, with Allow")
            .method("PUT")
            .post(TYPENAME)
            .gives(405)
            .as(JSON)
            .allows("GET, HEAD, POST, OPTIONS"),
        must("not use the GraphQL type for what is no GraphQL response")
            .method("DELETE")
            .gives(405)
            .as(JSON)
            .allows("GET, HEAD, POST, OPTIONS"),
        should("answer 413 to a body that is too large")
            .post("{\"query\":\"{ __typename }\",\"x\":\"" + "x".repeat(1 << 20) + "\"}")
            .gives(413),
        should("answer 414 to a URI that is too large")
            .get("query", "{ __typename }" + " ".repeat(9_000))
            .gives(414)
            .as(JSON));
  }

  @ParameterizedTest
  @MethodSource("audits")
  void meetsTheSpecification(Audit audit) {
    audit.check(server);
  }
}
