package dev.varve.rest;

import dev.varve.access.Access;
import dev.varve.http.Answer;
import dev.varve.http.BundledFiles;
import dev.varve.http.Request;
import dev.varve.schema.Schema;

/// Answers `/openapi.json`, and `/docs`, the page that shows it. The page is Swagger UI, served from here.
final class ApiDescription {
  // Swagger UI sets style attributes and has its pictures within its style sheet
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final byte[] document;
  private final String documentTag;
  private final byte[] page = BundledFiles.read("/dev/varve/rest/docs.html");
  private final BundledFiles files;

  ApiDescription(Schema schema, int schemaVersion, RestSettings settings, Access access) {
    this.document = OpenApi.document(schema, schemaVersion, settings, access);
    this.documentTag = BundledFiles.tag(document);
    String library =
        "/META-INF/resources/webjars/swagger-ui/"
            + BundledFiles.version("org.webjars/swagger-ui")
            + "/";
    this.files =
        new BundledFiles()
            .with("swagger-ui.css", "text/css; charset=utf-8", library + "swagger-ui.css")
            .with(
                "swagger-ui.js", "text/javascript; charset=utf-8", library + "swagger-ui-bundle.js")
            .with("docs.css", "text/css; charset=utf-8", "/dev/varve/rest/docs.css")
            .with("docs.js", "text/javascript; charset=utf-8", "/dev/varve/rest/docs.js")
            .with("favicon.png", "image/png", library + "favicon-32x32.png");
  }

  Answer document(Request request) {
    return BundledFiles.conditional(request, documentTag, Answer.json(200, document));
  }

  Answer page(Request request) {
    return Answer.html(200, page).with("Content-Security-Policy", CONTENT_SECURITY_POLICY);
  }

  Answer file(Request request) {
    return files.answer(request, request.variable("file"));
  }
}
