package dev.varve.face.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import dev.varve.node.TestServer;
import dev.varve.node.TestServer.Reply;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The server's own `/openapi.json`, against which its answers are held: every status, header and body must be
/// as described, and no member may come that is not.
public final class OpenApiContract {
  private static final JsonMapper MAPPER = JsonMapper.shared();

  private static final String PROBLEM = "application/problem+json";

  private final JsonNode document;
  private final Map<JsonNode, Schema> schemas = new HashMap<>();

  private OpenApiContract(JsonNode document) {
    this.document = document;
  }

  public static OpenApiContract of(TestServer server) {
    JsonNode document = MAPPER.readTree(server.get("/openapi.json").bytes());
    close(document.at("/components/schemas"));
    return new OpenApiContract(document);
  }

  /// The description leaves room for members that a later version adds; this one must not have any.
  private static void close(JsonNode node) {
    if (node instanceof ObjectNode object
        && object.path("properties").isObject()
        && object.has("type")
        && !object.has("additionalProperties")) {
      object.put("additionalProperties", false);
    }
    node.forEach(OpenApiContract::close);
  }

  public void check(String method, String target, Reply reply) {
    String path = target.split("\\?", 2)[0];
    JsonNode operation = operation(method.equals("HEAD") ? "GET" : method, path);
    if (operation.isMissingNode()) {
      // what is not described is refused
      assertThat(reply.status()).as("%s %s", method, path).isIn(200, 204, 304, 404, 405);
      return;
    }
    JsonNode response = resolve(operation.path("responses").path(Integer.toString(reply.status())));
    assertThat(response.isMissingNode())
        .as("%s %s describes %d", method, path, reply.status())
        .isFalse();
    checkHeaders(response, reply);
    if (!method.equals("HEAD")) {
      checkBody(
          reply.header("Content-Type").equals(PROBLEM)
              ? document.at("/components/responses/problem")
              : response,
          reply,
          target.contains("fields="));
    }
  }

  private JsonNode operation(String method, String path) {
    for (Map.Entry<String, JsonNode> entry : document.path("paths").properties()) {
      if (Pattern.matches(entry.getKey().replaceAll("\\{[^}]+}", "[^/]+"), path)) {
        return entry.getValue().path(method.toLowerCase(java.util.Locale.ROOT));
      }
    }
    return MAPPER.missingNode();
  }

  private JsonNode resolve(JsonNode node) {
    return node.has("$ref") ? document.at(node.path("$ref").asString().substring(1)) : node;
  }

  private void checkHeaders(JsonNode response, Reply reply) {
    for (String header :
        List.of("ETag", "Location", "Link", "Varve-Position", "Retry-After", "X-Request-Id")) {
      if (!reply.header(header).isEmpty()) {
        assertThat(response.path("headers").has(header))
            .as("%d describes the header %s", reply.status(), header)
            .isTrue();
      }
    }
    for (String header : List.of("Location", "Varve-Position", "Retry-After", "X-Request-Id")) {
      if (response.path("headers").has(header)) {
        assertThat(reply.header(header)).as(header).isNotEmpty();
      }
    }
  }

  private void checkBody(JsonNode response, Reply reply, boolean cut) {
    if (!response.has("content")) {
      assertThat(reply.text()).isEmpty();
      return;
    }
    JsonNode media = response.path("content").path(reply.header("Content-Type"));
    assertThat(media.isMissingNode())
        .as("%d describes %s", reply.status(), reply.header("Content-Type"))
        .isFalse();
    List<Error> errors =
        schemas
            .computeIfAbsent(cut ? cut(media.path("schema")) : media.path("schema"), this::schema)
            .validate(MAPPER.readTree(reply.bytes()));
    assertThat(errors).as(reply.text()).isEmpty();
  }

  /// What `fields` makes of the records of an answer, as the parameter says.
  private static JsonNode cut(JsonNode schema) {
    ObjectNode cut = ((ObjectNode) schema).deepCopy();
    String whole = schema.path("$ref").asString("");
    if (whole.endsWith(".Page") || whole.endsWith(".Expanded")) {
      cut.put("$ref", whole.replace(".Page", ".CutPage").replace(".Expanded", ".Cut"));
    }
    return cut;
  }

  private Schema schema(JsonNode node) {
    ObjectNode root = ((ObjectNode) node).deepCopy();
    root.set("components", document.path("components"));
    return SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            registry ->
                registry.schemaRegistryConfig(
                    SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()))
        .getSchema(root);
  }
}
