package dev.varve.face.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.varve.face.rest.Shop;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

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
    assertThat(result.getOpenAPI().getPaths()).hasSize(54);
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
            "status":{"$ref":"#/components/schemas/OrderStatus","default":"DRAFT"},
            "total":{"type":["string","number"],"format":"decimal","pattern":"^-?[0-9]{1,16}(\\\\.[0-9]{1,2})?$","description":"At least 0."},
            "shipTo":{"anyOf":[{"$ref":"#/components/schemas/Address.Input"},{"type":"null"}]},
            "tags":{"type":"array","items":{"type":"string"},"maxItems":3,"default":[]},
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
