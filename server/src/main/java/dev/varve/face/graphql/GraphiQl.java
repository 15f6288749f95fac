package dev.varve.face.graphql;

import dev.varve.kernel.Json;
import dev.varve.net.http.Answer;
import dev.varve.net.http.BundledFiles;
import dev.varve.net.http.Route;
import java.util.List;
import java.util.Map;

/// GraphiQL, the page in which a browser writes and runs GraphQL. All of it is served from here.
final class GraphiQl {
  // the editor sets styles as it goes, and has its fonts and pictures within its style sheet
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:;"
          + " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  private static final String SCRIPT = "text/javascript; charset=utf-8";
  private static final String STYLE = "text/css; charset=utf-8";
  private static final String LIBRARY =
      "/META-INF/resources/_static/graphiql/" + BundledFiles.version("org.mvnpm/graphiql") + "/";
  private static final byte[] PAGE = BundledFiles.read("/dev/varve/face/graphql/graphiql.html");
  private static final BundledFiles FILES =
      new BundledFiles()
          .with("react.js", SCRIPT, react("react") + "react.production.min.js")
          .with("react-dom.js", SCRIPT, react("react-dom") + "react-dom.production.min.js")
          .with("graphiql.js", SCRIPT, LIBRARY + "graphiql.min.js")
          .with("graphiql.css", STYLE, LIBRARY + "graphiql.min.css")
          .with("page.js", SCRIPT, "/dev/varve/face/graphql/page.js")
          .with("page.css", STYLE, "/dev/varve/face/graphql/page.css")
          .with("icon.svg", "image/svg+xml", "/dev/varve/net/http/icon.svg");

  private final byte[] samples;

  /// @param models by which the page knows the application
  /// @param samples that it opens with
  GraphiQl(List<String> models, List<String> samples) {
    Map<String, List<String>> all = Map.of("models", models, "operations", samples);
    this.samples = Json.bytes(generator -> Json.write(generator, all));
  }

  private static String react(String library) {
    String version = BundledFiles.version("org.webjars.npm/" + library);
    return "/META-INF/resources/webjars/%s/%s/umd/".formatted(library, version);
  }

  /// Every route of what the page loads.
  List<Route> routes(String path) {
    return List.of(
        Route.unlisted("GET", path + "/samples.json", _ -> Answer.json(200, samples)),
        Route.unlisted(
            "GET", path + "/{file}", request -> FILES.answer(request, request.variable("file"))));
  }

  Answer page() {
    return Answer.html(200, PAGE)
        .with("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        .with("Vary", "Accept");
  }
}
