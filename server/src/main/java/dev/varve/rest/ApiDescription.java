package dev.varve.rest;

import dev.varve.http.Answer;
import dev.varve.http.EntityTags;
import dev.varve.http.Request;
import dev.varve.kernel.Problem;
import dev.varve.schema.Schema;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/// Answers `/openapi.json`, and `/docs`, the page that shows it. The page is Swagger UI, served from here.
final class ApiDescription {
  // Swagger UI sets style attributes and has its pictures within its style sheet
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final byte[] document;
  private final String documentTag;
  private final byte[] page = resource("/dev/varve/rest/docs.html");
  private final Map<String, File> files = new HashMap<>();

  private record File(String mediaType, byte[] content, String tag) {}

  ApiDescription(Schema schema, int schemaVersion, RestSettings settings) {
    this.document = OpenApi.document(schema, schemaVersion, settings);
    this.documentTag = tag(document);
    String library = "/META-INF/resources/webjars/swagger-ui/" + version() + "/";
    add("swagger-ui.css", "text/css; charset=utf-8", library + "swagger-ui.css");
    add("swagger-ui.js", "text/javascript; charset=utf-8", library + "swagger-ui-bundle.js");
    add("docs.css", "text/css; charset=utf-8", "/dev/varve/rest/docs.css");
    add("docs.js", "text/javascript; charset=utf-8", "/dev/varve/rest/docs.js");
    add("favicon.png", "image/png", library + "favicon-32x32.png");
  }

  private static String version() {
    String properties = "/META-INF/maven/org.webjars/swagger-ui/pom.properties";
    return new String(resource(properties), StandardCharsets.ISO_8859_1)
        .lines()
        .filter(line -> line.startsWith("version="))
        .map(line -> line.substring("version=".length()).strip())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("No version in " + properties));
  }

  private void add(String name, String mediaType, String resource) {
    byte[] content = resource(resource);
    files.put(name, new File(mediaType, content, tag(content)));
  }

  private static byte[] resource(String name) {
    try (InputStream in = ApiDescription.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("The class path lacks " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String tag(byte[] content) {
    CRC32C checksum = new CRC32C();
    checksum.update(content);
    return "\"%08x\"".formatted(checksum.getValue());
  }

  Answer document(Request request) {
    return conditional(request, documentTag, Answer.json(200, document));
  }

  Answer page(Request request) {
    return Answer.html(200, page).with("Content-Security-Policy", CONTENT_SECURITY_POLICY);
  }

  Answer file(Request request) {
    File file = files.get(request.variable("file"));
    if (file == null) {
      throw Problem.notFound("There is nothing at " + request.path());
    }
    return conditional(request, file.tag(), Answer.bytes(200, file.mediaType(), file.content()));
  }

  private static Answer conditional(Request request, String tag, Answer answer) {
    Optional<EntityTags> ifNoneMatch = request.ifNoneMatch();
    return ifNoneMatch.isPresent() && ifNoneMatch.get().matchWeakly(tag)
        ? Answer.notModified(tag)
        : answer.with("ETag", tag);
  }
}
