package dev.varve.face.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.varve.face.rest.RestSettings;
import dev.varve.face.rest.Shop;
import dev.varve.lane.access.Access;
import dev.varve.lane.access.RulesResult;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Route;
import dev.varve.node.OnSqlite;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import dev.varve.schema.Schema;
import dev.varve.schema.sdl.Schemas;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The description of the API, by readers that others wrote.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenApiTest {
  private final TestServer server = TestServer.start(Shop.SCHEMA);
  private final Reply reply = server.get("/openapi.json");
  private final JsonNode document = JsonMapper.shared().readTree(reply.bytes());

  @AfterAll
  void stop() {
    server.close();
  }

  @Test
  void aParserOfOpenApiFindsNothingWrong() {
    SwaggerParseResult result = new OpenAPIV3Parser().readContents(reply.text(), null, null);
    assertThat(result.getMessages()).isEmpty();
    assertThat(result.getOpenAPI().getPaths()).hasSize(document.path("paths").size());
  }

  @Test
  void everySchemaIsAJsonSchema() {
    com.networknt.schema.Schema meta =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
    document
        .at("/components/schemas")
        .properties()
        .forEach(schema ->
            assertThat(meta.validate(schema.getValue().toString(), InputFormat.JSON))
                .as(schema.getKey())
                .isEmpty());
  }

  @Test
  void everyReferenceLeadsSomewhere() {
    List<String> references = new ArrayList<>();
    collect(document, references);
    assertThat(references).isNotEmpty();
    assertThat(references)
        .allSatisfy(
            reference -> assertThat(document.at(reference.substring(1)).isMissingNode()).isFalse());
  }

  private static void collect(JsonNode node, List<String> references) {
    if (node.path("$ref").isString()) {
      references.add(node.path("$ref").asString());
    }
    node.forEach(child -> collect(child, references));
  }

  @Test
  void aNewRecordIsDescribedByItsFields() {
    assertThat(document.at("/components/schemas/Order.Create").toString())
        .isEqualTo(
            """
            {"type":"object","properties":{
            "id":{"type":"string","minLength":1,"maxLength":128,"description":"The id of the record. It keeps the value it was created with."},
            "user":{"type":"string","minLength":1,"maxLength":128,"description":"The id of a record of User. It keeps the value it was created with."},
            "status":{"$ref":"#/components/schemas/OrderStatus","description":"Without it `\\"DRAFT\\"`."},
            "total":{"type":["string","number"],"format":"decimal","pattern":"^-?[0-9]{1,16}(\\\\.[0-9]{1,2})?$","description":"At least 0."},
            "shipTo":{"anyOf":[{"$ref":"#/components/schemas/Address.Input"},{"type":"null"}]},
            "tags":{"type":"array","items":{"type":"string"},"maxItems":3,"description":"Without it `[]`."},
            "note":{"type":["string","null"]}},
            "required":["user","total"],"additionalProperties":false}\
            """
                .replace("\n", ""));
  }

  @Test
  void aWholeRecordIsDescribedByAllItsFields() {
    JsonNode replace = document.at("/components/schemas/Order.Replace");
    assertThat(replace.path("required").toString()).isEqualTo("[\"total\"]");
    assertThat(replace.at("/properties/version/readOnly").asBoolean()).isTrue();
    JsonNode merge = document.at("/components/schemas/Order.Merge");
    assertThat(merge.has("required")).isFalse();
    assertThat(merge.at("/properties/shipTo/anyOf/0/$ref").asString())
        .isEqualTo("#/components/schemas/Address.Merge");
  }

  @Test
  void aRecordThatIsReadHasAllFieldsThatAreNotUnderARule() {
    JsonNode order = document.at("/components/schemas/Order");
    assertThat(order.path("required").toString())
        .isEqualTo(
            "[\"id\",\"user\",\"status\",\"total\",\"shipTo\",\"tags\",\"createdAt\",\"updatedAt\",\"version\"]");
    assertThat(order.at("/properties/total").toString())
        .isEqualTo(
            "{\"type\":\"string\",\"format\":\"decimal\",\"pattern\":\"^-?[0-9]{1,16}\\\\.[0-9]{2}$\",\"description\":\"At least 0.\"}");
  }

  @Test
  void aListGivesRecordsWithAllThatTheyAlwaysHave() {
    assertThat(document.at("/components/schemas/Order.Page/properties/items/items/$ref").asString())
        .isEqualTo("#/components/schemas/Order.Expanded");
    assertThat(document.at("/components/schemas/Order.Expanded/required"))
        .isEqualTo(document.at("/components/schemas/Order/required"));
    assertThat(document.at("/components/schemas/Order.Cut").has("required")).isFalse();
    assertThat(document.at("/paths/~1api~1orders/get/parameters").toString())
        .contains("records of the schema `Order.Cut`");
  }

  @Test
  void nothingThatMayBeLeftOutIsTakenForThereByMakersOfTypedClients() {
    document
        .at("/components/schemas")
        .properties()
        .forEach(schema ->
            assertThat(schema.getValue().findValues("default")).as(schema.getKey()).isEmpty());
  }

  @Test
  void everyRefusalHasOneShape() {
    document
        .at("/components/responses")
        .properties()
        .forEach(answer ->
            assertThat(answer.getValue().path("content").size())
                .as(answer.getKey())
                .isLessThanOrEqualTo(1));
    assertThat(
            document
                .at("/components/responses/status404/content/application~1json/schema/$ref")
                .asString())
        .isEqualTo("#/components/schemas/Varve.Error");
    assertThat(document.at("/components/responses/problem/content").propertyNames())
        .containsExactly("application/problem+json");
  }

  @Test
  void pagesBehindLinksInMailsAreDescribed() {
    for (String path :
        List.of("/auth/verify-email", "/auth/password/reset", "/auth/email/confirm")) {
      JsonNode page = document.path("paths").path(path).path("get");
      assertThat(page.at("/parameters/0/name").asString()).as(path).isEqualTo("token");
      assertThat(page.at("/responses/200/content").has("text/html")).as(path).isTrue();
      assertThat(server.get(path + "?token=x").header("Content-Type")).startsWith("text/html");
    }
  }

  @Test
  void everyOperationAndEveryTagIsDescribed() {
    List<String> tags = new ArrayList<>();
    for (JsonNode tag : document.path("tags")) {
      assertThat(tag.path("description").asString("")).as(tag.toString()).isNotEmpty();
      tags.add(tag.path("name").asString());
    }
    List<String> names = new ArrayList<>();
    operations((key, operation) -> {
      assertThat(operation.path("description").asString("")).as(key).isNotEmpty();
      assertThat(tags).as(key).contains(operation.at("/tags/0").asString());
      names.add(operation.path("operationId").asString());
    });
    assertThat(names).doesNotHaveDuplicates().hasSizeGreaterThan(80);
  }

  private void operations(BiConsumer<String, JsonNode> reader) {
    for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
      for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
        if (!operation.getKey().equals("parameters")) {
          reader.accept(operation.getKey() + " " + path.getKey(), operation.getValue());
        }
      }
    }
  }

  @Test
  void whatNeedsSigningInSaysSoAndNothingElseDoes() {
    assertThat(document.has("security")).isFalse();
    operations((key, operation) -> {
      String method = key.split(" ", 2)[0].toUpperCase(Locale.ROOT);
      String target = key.split(" ", 2)[1].replaceAll("\\{\\w+}", "x");
      if (target.equals("/api/events")) {
        return; // its answer does not end
      }
      String body = method.equals("GET") || method.equals("DELETE") ? "" : "{}";
      int status = server.send(method, target, Map.of(), body).status();
      boolean needed = operation.path("security").toString().equals("[{\"bearer\":[]}]");
      if (target.startsWith("/auth/") && !target.equals("/auth/sign-out")) {
        assertThat(status == 401).as(key).isEqualTo(needed);
      } else if (!operation.has("security")) {
        assertThat(status).as(key).isNotIn(401, 403);
      }
    });
    assertThat(document.at("/paths/~1api~1users/get").has("security")).isFalse();
    assertThat(document.at("/paths/~1api~1countries/post/security").toString())
        .isEqualTo("[{\"bearer\":[]}]");
    // the note of an order is shown by a rule
    assertThat(document.at("/paths/~1api~1orders/get/security").toString())
        .isEqualTo("[{},{\"bearer\":[]}]");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "ifMatch       | \"7\"              | true",
        "ifMatch       | *                    | true",
        "ifMatch       | \"7\", W/\"8\"   | true",
        "ifMatch       | 7                    | false",
        "ifMatch       | \"7\" \"8\"      | false",
        "ifNoneMatch   | W/\"x.y\"          | true",
        "ifNoneMatch   | \"7                 | false",
        "idempotencyKey| 5f0d-1               | true",
        "idempotencyKey| 5f 0d                | false",
        "asOf          | position:0           | true",
        "asOf          | position:            | false",
        "asOf          | 2020-01-31T00:00:00Z | true",
        "asOf          | 2020-01-31           | false",
        "asOf          | 2020-13-31T00:00:00Z | false",
        "asOf          | 0001-01-31T00:00:00Z | true",
        "asOf          | 0000-01-31T00:00:00Z | false",
        "position      | 0                    | true",
        "position      | -1                   | false",
        "position      | 1234567890123456789  | false",
        "cursor        | a b                  | false",
        "filter        | name == 'Ada'        | true",
        "filter        | ` `                  | false"
      })
  void aParameterIsTakenOrRefusedAsItsPatternSays(String component, String value, boolean taken) {
    JsonNode parameter = document.at("/components/parameters/" + component);
    String pattern = parameter.at("/schema/pattern").asString();
    assertThat(Pattern.compile(pattern).matcher(value).find()).as(pattern).isEqualTo(taken);
    String name = parameter.path("name").asString();
    boolean write = name.equals("If-Match") || name.equals("Idempotency-Key");
    boolean header = parameter.path("in").asString().equals("header");
    String query =
        header ? "" : "?" + name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
    Map<String, String> headers = header ? Map.of(name, value) : Map.of();
    Reply answer =
        write
            ? server.send("DELETE", "/api/users/nobody", headers, "")
            : server.send("GET", "/api/users" + query, headers, "");
    assertThat(answer.status() != 400).as(answer.text()).isEqualTo(taken);
  }

  @Test
  void whatShowsRecordsTakesAPosition() {
    operations((key, operation) -> {
      boolean shows = key.contains(" /api/") || key.endsWith(" /graphql");
      assertThat(operation.path("parameters").toString().contains("parameters/position"))
          .as(key)
          .isEqualTo(shows);
      assertThat(!shows || operation.path("responses").has("409")).as(key).isTrue();
    });
    Reply beyond = server.send("GET", "/api/users", Map.of("Varve-Position", "123456789"), "");
    assertThat(beyond.status()).as(beyond.text()).isEqualTo(409);
  }

  /// One process on a file is told of by nobody.
  @Test
  @OnSqlite
  void nodesAreToldOfAsTheDescriptionSays() {
    assertThat(document.at("/paths/~1health~1nodes/get/operationId").asString()).isEqualTo("nodes");
    assertThat(server.get("/health/nodes").json()).isEqualTo(Map.of("nodes", List.of()));
  }

  @Test
  void everyListHasAnExampleOfAFilterThatItTakes() {
    List<String> examples = new ArrayList<>();
    document
        .at("/paths")
        .properties()
        .forEach(path ->
            path.getValue()
                .at("/get/parameters")
                .forEach(parameter -> {
                  if (parameter.path("name").asString().equals("filter")) {
                    String example = parameter.at("/schema/examples/0").asString();
                    Reply answer =
                        server.get(
                            path.getKey()
                                + "?filter="
                                + URLEncoder.encode(example, StandardCharsets.UTF_8));
                    assertThat(answer.status()).as(example + answer.text()).isNotEqualTo(400);
                    examples.add(example);
                  }
                }));
    assertThat(examples).hasSizeGreaterThan(3);
  }

  @Test
  void whatCannotBeEmptyInABodyIsDescribedSo() {
    JsonNode body =
        document.at("/paths/~1auth~1sign-in/post/requestBody/content/application~1json/schema");
    assertThat(body.at("/properties/password/minLength").asInt()).isEqualTo(1);
    Reply empty =
        server.send(
            "POST", "/auth/sign-in", Map.of(), "{\"email\":\"a@example.com\",\"password\":\"\"}");
    assertThat(empty.status()).isEqualTo(400);
  }

  @Test
  void theStreamOfChangesIsDescribedMessageByMessage() throws Exception {
    server.send("POST", "/api/pings", Map.of(), "{\"text\":\"heard\"}");
    com.networknt.schema.Schema message = schema("Varve.Event");
    HttpResponse<Stream<String>> stream =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.port() + "/api/events?after=0"))
                    .build(),
                BodyHandlers.ofLines());
    Map<String, Object> read = new LinkedHashMap<>();
    List<String> events = new ArrayList<>();
    try (Stream<String> lines = stream.body()) {
      Iterator<String> each = lines.iterator();
      while (events.size() < 2) {
        String line = each.next();
        if (!line.isEmpty()) {
          String value = line.substring(line.indexOf(':') + 1).strip();
          String name = line.substring(0, line.indexOf(':'));
          read.put(name, name.equals("retry") ? Integer.valueOf(value) : value);
        } else {
          JsonNode json = JsonMapper.shared().valueToTree(read);
          assertThat(message.validate(json)).as(json.toString()).isEmpty();
          JsonNode data = JsonMapper.shared().readTree(json.path("data").asString());
          assertThat(schema("Varve.Event", "/properties/data/contentSchema").validate(data))
              .as(data.toString())
              .isEmpty();
          events.add(json.path("event").asString());
          read.clear();
        }
      }
    }
    assertThat(events).containsExactly("start", "change");
  }

  private com.networknt.schema.Schema schema(String name) {
    return schema(name, "");
  }

  private com.networknt.schema.Schema schema(String name, String part) {
    ObjectNode root = ((ObjectNode) document.at("/components/schemas/" + name + part)).deepCopy();
    root.set("components", document.path("components"));
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(root);
  }

  @Test
  void aRouteThatIsNotDescribedAndADescriptionWithoutRouteAreRefused() {
    Schema schema =
        Schemas.parse("type Note @model @auth(rules: [{allow: public}]) { text: String! }");
    Access access = ((RulesResult.Compiled) Access.compile(schema)).access();
    Route strange =
        new Route(
            "GET",
            "/strange",
            _ -> Answer.noContent(),
            new Route.Operation(
                "strange", "Server", "Strange", "", Route.Caller.ANYBODY, new Route.Special()));
    assertThatThrownBy(
            () -> OpenApi.document(schema, 1, RestSettings.DEFAULT, access, List.of(strange)))
        .hasMessage("Nothing says what goes in and out at GET /strange");
    assertThatThrownBy(() -> OpenApi.document(schema, 1, RestSettings.DEFAULT, access, List.of()))
        .hasMessageStartingWith("These are described and have no route: [GET /api/")
        .hasMessageContaining("POST /api/notes/{id}/restore");
  }

  @Test
  void modelsAreDescribedAsTheSchemaFileDoes() {
    assertThat(document.path("tags").path(0).toString())
        .isEqualTo("{\"name\":\"User\",\"description\":\"Who buys.\"}");
    assertThat(document.at("/components/schemas/Address/description").asString())
        .isEqualTo("Where things go.");
  }

  @Test
  void aModelWithoutHistoryIsDescribedWithoutIt() {
    assertThat(document.path("paths").has("/api/pings/{id}/history")).isFalse();
    assertThat(document.path("paths").has("/api/pings/{id}/restore")).isFalse();
    assertThat(document.path("paths").path("/api/pings").path("get").toString())
        .doesNotContain("asOf");
  }

  @Test
  void theDescriptionIsNotSentAgainWhileItIsTheSame() {
    Map<String, String> known = Map.of("If-None-Match", reply.header("ETag"));
    assertThat(server.send("GET", "/openapi.json", known, "").status()).isEqualTo(304);
  }

  @Test
  void anAnswerThatIsNotAsDescribedIsFound() {
    OpenApiContract contract = OpenApiContract.of(server);
    Map<String, List<String>> headers =
        Map.of(
            "content-type", List.of("application/json"),
            "etag", List.of("\"1\""),
            "varve-position", List.of("1"),
            "x-request-id", List.of("r"));
    assertThatThrownBy(() ->
            contract.check(
                "GET",
                "/api/orders/1",
                new Reply(
                    200,
                    headers,
                    "{\"total\":1}".getBytes(java.nio.charset.StandardCharsets.UTF_8))))
        .hasMessageContaining("string expected");
    assertThatThrownBy(() ->
            contract.check(
                "GET",
                "/api/orders/1",
                new Reply(
                    200,
                    headers,
                    "{\"more\":1}".getBytes(java.nio.charset.StandardCharsets.UTF_8))))
        .hasMessageContaining("more");
  }

  @Test
  void theReferencePageComesWhollyFromHere() {
    Reply page = server.get("/docs");
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.header("Content-Security-Policy"))
        .startsWith("default-src 'none'; script-src 'self'; style-src 'self'");
    assertThat(page.text()).doesNotContain("http:", "https:");
    for (String file :
        List.of("swagger-ui.js", "swagger-ui.css", "docs.js", "docs.css", "icon.svg")) {
      assertThat(page.text() + "docs.js").contains(file);
      assertThat(server.get("/docs/" + file).status()).as(file).isEqualTo(200);
    }
    assertThat(server.get("/docs/other.js").status()).isEqualTo(404);
  }
}
