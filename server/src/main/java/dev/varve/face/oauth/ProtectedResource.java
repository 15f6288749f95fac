package dev.varve.face.oauth;

import dev.varve.identity.client.Clients;
import dev.varve.identity.token.Audiences;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Answer;
import dev.varve.net.http.OwnPaths;
import dev.varve.net.http.Request;
import dev.varve.schema.Scopes;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What tells a client that was refused where to get tokens (RFC 9728): the metadata of this server as a resource, and of each path of it
/// that something behind it answers, such as `/mcp`.
///
/// ```
/// GET /.well-known/oauth-protected-resource/mcp
/// {"resource": "https://shop.example/mcp", "authorization_servers": ["https://shop.example"], "scopes_supported": [...],
///  "bearer_methods_supported": ["header"]}
/// ```
final class ProtectedResource {
  static final String PATH = "/.well-known/oauth-protected-resource";
  static final String PATTERN = PATH + "/{path...}";

  private final Audiences audiences;
  private final Clients clients;
  private final MutualTls certificates;
  private final String origin;
  // of an issuer that has one
  private final String issuerPath;

  /// @param certificates that clients can show
  ProtectedResource(Audiences audiences, Clients clients, MutualTls certificates) {
    this.certificates = certificates;
    this.audiences = audiences;
    this.clients = clients;
    URI issuer = URI.create(audiences.issuer());
    this.origin = issuer.getScheme() + "://" + issuer.getRawAuthority();
    this.issuerPath =
        issuer.getRawPath() == null || issuer.getRawPath().equals("/") ? "" : issuer.getRawPath();
  }

  /// @throws Problem NOT_FOUND when no token can be for such a path
  Answer answer(Request request) {
    String path = String.join("/", request.tail());
    String asked = path.isEmpty() ? audiences.issuer() : origin + "/" + path;
    String resource =
        audiences
            .named(asked)
            .orElseThrow(() -> Problem.notFound("No resource of this server has such a path"));
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("resource", resource);
    members.put("authorization_servers", List.of(audiences.issuer()));
    members.put("scopes_supported", List.copyOf(scopes()));
    members.put("bearer_methods_supported", List.of("header"));
    if (certificates.isOn()) {
      members.put("tls_client_certificate_bound_access_tokens", true);
    }
    return Answer.json(200, Json.bytes(json -> Json.write(json, members)));
  }

  /// Those that open something here. Who it is, and for how long, is between the client and the authorization server.
  private Set<String> scopes() {
    Set<String> scopes = new TreeSet<>(clients.scopes());
    scopes.removeAll(Scopes.OWN);
    return scopes;
  }

  /// Where the metadata is of the resource that a request is for; nothing when there is no client that could use it. What Varve answers
  /// itself is one resource, what something behind it answers is one for each route.
  Optional<String> location(Request request) {
    if (clients.isEmpty()) {
      return Optional.empty();
    }
    List<String> path = new ArrayList<>();
    String pattern = request.pattern();
    if (!OwnPaths.KEPT_FREE.contains(OwnPaths.firstSegment(pattern))) {
      for (String segment : pattern.substring(1).split("/", -1)) {
        if (segment.startsWith("{")) {
          break;
        }
        path.add(segment);
      }
    }
    String way = path.isEmpty() ? issuerPath : issuerPath + "/" + String.join("/", path);
    return audiences.named(origin + way).map(_ -> origin + PATH + way);
  }
}
