package dev.varve.face.file;

import dev.varve.kernel.Problem;
import dev.varve.kernel.Sha256;
import dev.varve.net.http.AcceptedTypes;
import dev.varve.net.http.Answer;
import dev.varve.net.http.BundledFiles;
import dev.varve.net.http.Request;
import dev.varve.net.http.Route;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/// What stands at `/` where no folder of files does: a page that leads on, for whoever is writing the application, and
/// for all others a refusal that names what there is.
public final class Welcome {
  private static final String PAGE =
      new String(BundledFiles.read("/dev/varve/face/file/welcome.html"), StandardCharsets.UTF_8);
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; img-src 'self'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
          .formatted(Base64.getEncoder().encodeToString(Sha256.of(between("<style>", "</style>"))));

  private final Schema schema;
  private final boolean development;

  /// @param development whether browsers get the page
  public Welcome(Schema schema, boolean development) {
    this.schema = schema;
    this.development = development;
  }

  private static String between(String start, String end) {
    return PAGE.substring(PAGE.indexOf(start) + start.length(), PAGE.indexOf(end));
  }

  public List<Route> routes() {
    return List.of(Route.unlisted("GET", "/", this::answer));
  }

  private Answer answer(Request request) {
    if (development && new AcceptedTypes(request.header("Accept")).navigates()) {
      return Answer.html(200, page(request).getBytes(StandardCharsets.UTF_8))
          .with("Content-Security-Policy", CONTENT_SECURITY_POLICY)
          .varying("Accept");
    }
    throw Problem.notFound(
        "There is nothing at /. Look at /docs for what is here, at /openapi.json for its description, or ask /graphql. The setting files puts pages at /");
  }

  private String page(Request request) {
    String models = schema.models().stream().map(Welcome::line).collect(Collectors.joining());
    String origin = origin(request);
    return PAGE.replace("{models}", models)
        .replace("{curl}", curl(origin))
        .replace("{origin}", origin);
  }

  private static String line(Model model) {
    return "<li><a href=\"/api/%1$s\">/api/%1$s</a></li>\n".formatted(model.path());
  }

  /// How the browser came here, if it says so in plain characters.
  private static String origin(Request request) {
    String origin = request.origin();
    String host = origin.substring(request.scheme().length() + "://".length());
    boolean plain =
        !host.isEmpty()
            && host.chars()
                .allMatch(
                    c -> (c < 0x80 && Character.isLetterOrDigit(c)) || ".-:[]".indexOf(c) >= 0);
    return plain ? origin : request.scheme() + "://localhost:8080";
  }

  /// The certificate for this machine vouches for itself, which a browser is told once and curl each time.
  private static String curl(String origin) {
    return origin.matches("https://(localhost|127\\.0\\.0\\.1|\\[::1])(:\\d+)?")
        ? "curl -k"
        : "curl";
  }
}
