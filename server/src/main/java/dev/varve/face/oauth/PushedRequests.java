package dev.varve.face.oauth;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.RequestProofs;
import dev.varve.face.oauth.AuthorizationRequests.Reading;
import dev.varve.identity.account.SingleUse;
import dev.varve.identity.client.Client;
import dev.varve.identity.client.Flows;
import dev.varve.identity.token.KeyProofs;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.WriteContext;
import dev.varve.net.http.Answer;
import dev.varve.net.http.QueryString;
import dev.varve.net.http.Request;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// `POST /oauth2/par`: a client sends what it asks for itself, authenticated, and browsers carry nothing but a reference to it (RFC 9126).
/// It is looked at here, and once more when a browser comes with the reference, which is good until somebody has answered.
///
/// ```
/// {"request_uri": "urn:ietf:params:oauth:request_uri:...", "expires_in": 60}
/// ```
final class PushedRequests {
  static final String PATH = "/oauth2/par";
  private static final String URI = "urn:ietf:params:oauth:request_uri:";
  private static final String CLIENT = "client";
  private static final String PARAMETERS = "parameters";
  // of one client, which are 83 sign-ins that begin each second; those of a client that anybody can
  // say to be take 30 megabytes
  static final int OPEN_MAX = 5_000;
  // with an ID token as a hint, and then as much again
  private static final int LENGTH_MAX = 20_000;
  // of a client that anybody can say to be
  private static final int PUBLIC_LENGTH_MAX = 6_000;

  private final AccountContext context;
  private final ClientProof proof;
  private final RequestProofs keys;
  private final AuthorizationRequests requests;
  private final SingleUse singleUse;

  PushedRequests(
      AccountContext context,
      ClientProof proof,
      RequestProofs keys,
      AuthorizationRequests requests,
      SingleUse singleUse) {
    this.context = context;
    this.proof = proof;
    this.keys = keys;
    this.requests = requests;
    this.singleUse = singleUse;
  }

  Answer post(Request request) {
    QueryString form = OAuthForm.of(request);
    Optional<KeyProofs.Good> looked = keys.look(request);
    Client client = proof.meet(request, form);
    Optional<String> key = keys.use(looked);
    if (!form.values(AuthorizationRequests.REQUEST_URI).isEmpty()) {
      throw new OAuthError(
          OAuthError.INVALID_REQUEST, "A request that is pushed has no request_uri");
    }
    String parameters = parameters(form, client, key);
    requireGood(QueryString.parse(parameters));
    OpaqueToken token =
        context.write(
            AccountContext.source(request),
            write ->
                singleUse
                    .issue(
                        write,
                        SingleUse.Kind.PUSHED_REQUEST,
                        Map.of(CLIENT, client.id(), PARAMETERS, parameters),
                        client.id(),
                        OPEN_MAX)
                    .orElseThrow(PushedRequests::tooMany));
    Map<String, Object> members =
        Map.of(
            AuthorizationRequests.REQUEST_URI,
            URI + token.text(),
            "expires_in",
            SingleUse.Kind.PUSHED_REQUEST.lifetime().toSeconds());
    return OAuthForm.secret(Answer.json(201, Json.bytes(json -> Json.write(json, members))));
  }

  private static Problem tooMany() {
    long seconds = SingleUse.Kind.PUSHED_REQUEST.lifetime().toSeconds();
    return Problem.tooMany(
        "The client has %,d requests that nobody has answered yet, and no more: each is forgotten after %d s"
            .formatted(OPEN_MAX, seconds),
        seconds);
  }

  /// What is kept: all but what proves the client, with the key that it has proven.
  private static String parameters(QueryString form, Client client, Optional<String> key) {
    Optional<String> named = OAuthForm.value(form, AuthorizationRequests.KEY);
    if (key.isPresent() && named.isPresent() && !named.equals(key)) {
      throw KeyProofs.missing("The proof of the key (DPoP) is of another key than dpop_jkt");
    }
    StringBuilder kept =
        new StringBuilder(
            form.all().stream()
                .filter(field -> !ClientProof.PARAMETERS.contains(field.name()))
                .map(field -> encoded(field.name(), field.value()))
                .collect(Collectors.joining("&")));
    if (OAuthForm.value(form, AuthorizationRequests.CLIENT_ID).isEmpty()) {
      kept.append('&').append(encoded(AuthorizationRequests.CLIENT_ID, client.id()));
    }
    if (named.isEmpty() && key.isPresent()) {
      kept.append('&').append(encoded(AuthorizationRequests.KEY, key.get()));
    }
    int lengthMax = client.confidential() ? LENGTH_MAX : PUBLIC_LENGTH_MAX;
    if (kept.length() > lengthMax) {
      throw new OAuthError(
          OAuthError.INVALID_REQUEST,
          "The request is longer than %,d characters".formatted(lengthMax));
    }
    return kept.toString();
  }

  private static String encoded(String name, String value) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8)
        + "="
        + URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  private void requireGood(QueryString parameters) {
    try {
      if (requests.read(parameters, Optional.of(PATH)) instanceof Reading.Bad bad) {
        throw bad.error();
      }
    } catch (Problem problem) {
      throw new OAuthError(OAuthError.INVALID_REQUEST, problem.text());
    }
  }

  /// Notes that one was answered, which may be long after it could be found.
  ///
  /// @return whether it had not been answered before
  static boolean finish(WriteContext write, String id) throws SQLException {
    // whoever loads the page once more is told
    SingleUse.finish(write, SingleUse.Kind.PUSHED_REQUEST, id);
    Instant lastPage =
        write.at().plus(SingleUse.Kind.PUSHED_REQUEST.lifetime()).plus(Flows.LIFETIME);
    return SingleUse.spend(write, SingleUse.Kind.ANSWERED_REQUEST, id, lastPage);
  }

  /// What a client has pushed.
  ///
  /// @param id by what it is known
  record Known(String id, QueryString parameters) {}

  /// What the request of a browser refers to; nothing when it refers to nothing of this server.
  ///
  /// @throws Problem for the person in the browser, when it is not good any more
  Optional<Known> find(QueryString query) {
    List<String> uris = query.values(AuthorizationRequests.REQUEST_URI);
    if (uris.size() != 1 || !uris.getFirst().startsWith(URI)) {
      return Optional.empty();
    }
    String id = uris.getFirst().substring(URI.length());
    Instant now = context.stages().clock().instant();
    Optional<Map<String, Object>> content =
        context
            .stages()
            .database()
            .lookup(session -> SingleUse.find(session, SingleUse.Kind.PUSHED_REQUEST, id, now));
    return Optional.of(
        content
            .filter(found ->
                query
                    .values(AuthorizationRequests.CLIENT_ID)
                    .equals(List.of(String.valueOf(found.get(CLIENT)))))
            .map(found -> new Known(id, QueryString.parse(String.valueOf(found.get(PARAMETERS)))))
            .orElseThrow(() ->
                new Problem(
                    ErrorCode.INVALID_PARAMETER,
                    "What the application asks for is none of its requests, was answered before, or has expired (request_uri). Go back to it and start again")));
  }
}
