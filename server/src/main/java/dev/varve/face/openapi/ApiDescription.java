package dev.varve.face.openapi;

import dev.varve.face.rest.RestSettings;
import dev.varve.kernel.Lazy;
import dev.varve.lane.access.Access;
import dev.varve.net.http.Answer;
import dev.varve.net.http.BundledFiles;
import dev.varve.net.http.Health;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.schema.Schema;
import java.util.List;
import java.util.stream.Stream;

/// Answers `/openapi.json`, and `/docs`, the page that shows it. The page is Swagger UI, served from here.
public final class ApiDescription {
  // Swagger UI has its pictures within its style sheet
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private static final String SCRIPT = "text/javascript; charset=utf-8";
  private static final String STYLE = "text/css; charset=utf-8";
  private static final String LIBRARY =
      "/META-INF/resources/webjars/swagger-ui/"
          + BundledFiles.version("org.webjars/swagger-ui")
          + "/";
  private static final byte[] PAGE = BundledFiles.read("/dev/varve/face/openapi/docs.html");
  private static final BundledFiles FILES =
      new BundledFiles()
          .with("swagger-ui.css", STYLE, LIBRARY + "swagger-ui.css")
          .with("swagger-ui.js", SCRIPT, LIBRARY + "swagger-ui-bundle.js")
          .with("docs.css", STYLE, "/dev/varve/face/openapi/docs.css")
          .with("docs.js", SCRIPT, "/dev/varve/face/openapi/docs.js")
          .with("icon.svg", "image/svg+xml", "/dev/varve/net/http/icon.svg");

  static final String PATH = "/openapi.json";

  private final Lazy<Document> document;

  private record Document(byte[] bytes, String tag) {}

  /// @param faces the routes of all faces
  public ApiDescription(
      Schema schema, int schemaVersion, RestSettings settings, Access access, List<Route> faces) {
    List<Route> all = Stream.concat(faces.stream(), Stream.of(documentRoute())).toList();
    this.document =
        new Lazy<>(() -> {
          byte[] bytes = OpenApi.document(schema, schemaVersion, settings, access, all);
          return new Document(bytes, BundledFiles.tag(bytes));
        });
  }

  private Route documentRoute() {
    return new Route(
        "GET",
        PATH,
        this::document,
        new Route.Operation(
            "describe",
            Health.TAG,
            "This description",
            "OpenAPI 3.1, made from the schema and the routes that are served. It stays the same, and has the same `ETag`, until the schema changes.",
            Route.Caller.ANYBODY,
            new Route.Special()));
  }

  public List<Route> routes() {
    return List.of(
        documentRoute(),
        Route.unlisted("GET", "/docs", this::page),
        Route.unlisted("GET", "/docs/{file}", this::file));
  }

  private Answer document(Request request) {
    Document known = document.get();
    return BundledFiles.conditional(request, known.tag(), Answer.json(200, known.bytes()));
  }

  private Answer page(Request request) {
    return Answer.html(200, PAGE).with("Content-Security-Policy", CONTENT_SECURITY_POLICY);
  }

  private Answer file(Request request) {
    return FILES.answer(request, request.variable("file"));
  }
}
