package dev.varve.face.oauth;

import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.Prompt;
import dev.varve.identity.account.SignInMethod;
import dev.varve.identity.client.Client;
import dev.varve.identity.client.Clients;
import dev.varve.identity.client.GrantType;
import dev.varve.identity.token.Audiences;
import dev.varve.identity.token.IdTokens;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.net.http.QueryString;
import dev.varve.schema.EmailAddress;
import dev.varve.schema.Scopes;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/// Reads requests at the authorization endpoint (RFC 6749, section 4.1.1; OpenID Connect Core 1.0, section 3.1.2.1).
///
/// First who asks, and where the answer goes: what is wrong there is told to the person in the browser, never to an address that
/// nobody has registered. Then the rest, of which the client is told.
final class AuthorizationRequests {
  static final String CLIENT_ID = "client_id";
  static final String REQUEST_URI = "request_uri";

  /// The thumbprint of a key (RFC 9449, section 10).
  static final String KEY = "dpop_jkt";

  private static final String REDIRECT_URI = "redirect_uri";
  // what else a client says is passed over, however it is written
  private static final Set<String> PARSED =
      Set.of(
          "response_type",
          CLIENT_ID,
          REDIRECT_URI,
          "code_challenge",
          "code_challenge_method",
          "prompt",
          "login_hint");
  private static final Set<String> RESPONSE_MODES = Set.of("query", "form_post");

  // a SHA-256 in base64url (RFC 7636, section 4.2; RFC 7638)
  private static final int HASH_LENGTH = 43;
  private static final int VALUE_LENGTH_MAX = 2_000;
  // thirty years
  private static final int SECONDS_DIGITS_MAX = 9;

  private final Clients clients;
  private final IdTokens idTokens;
  private final Clock clock;
  private final Audiences audiences;

  /// @param audiences whom access tokens may be for
  AuthorizationRequests(Clients clients, IdTokens idTokens, Clock clock, Audiences audiences) {
    this.clients = clients;
    this.idTokens = idTokens;
    this.clock = clock;
    this.audiences = audiences;
  }

  /// Where an error goes: back to the client, as it asked.
  record Return(String redirectUri, Optional<String> state, boolean formPost) {}

  /// What was read.
  sealed interface Reading {
    record Good(Client client, AuthorizationRequest request) implements Reading {}

    record Bad(Client client, Return back, OAuthError error) implements Reading {}
  }

  /// @param pushed by what the parameters are known that the client has pushed; nothing when a browser brings them
  /// @throws Problem for the person in the browser
  Reading read(QueryString parameters, Optional<String> pushed) {
    Client client = client(parameters);
    String redirectUri = redirectUri(parameters, client);
    Return back = back(parameters, redirectUri);
    try {
      return new Reading.Good(client, request(parameters, client, back, pushed));
    } catch (OAuthError error) {
      return new Reading.Bad(client, back, error);
    }
  }

  private Client client(QueryString parameters) {
    String id =
        once(parameters, CLIENT_ID)
            .orElseThrow(() -> refused("The application does not say which it is (client_id)"));
    return clients
        .resolve(id)
        .orElseThrow(() -> refused("No application with this client_id is known here"));
  }

  private static String redirectUri(QueryString parameters, Client client) {
    String uri =
        once(parameters, REDIRECT_URI)
            .orElseThrow(() ->
                refused("The application does not say where to send you back (redirect_uri)"));
    if (!client.mayBeSentTo(uri)) {
      throw refused(
          "The application asks to send you to an address that it has not registered (redirect_uri)");
    }
    return uri;
  }

  private static Optional<String> once(QueryString parameters, String name) {
    List<String> values = parameters.values(name);
    if (values.size() > 1) {
      throw refused("The application says something twice (%s)".formatted(name));
    }
    return values.stream().filter(value -> !value.isEmpty()).findFirst();
  }

  private static Problem refused(String text) {
    return new Problem(ErrorCode.INVALID_PARAMETER, text);
  }

  private static Return back(QueryString parameters, String redirectUri) {
    List<String> states = parameters.values("state");
    return new Return(
        redirectUri,
        states.size() == 1 ? Optional.of(states.getFirst()) : Optional.empty(),
        parameters.values("response_mode").equals(List.of("form_post")));
  }

  private AuthorizationRequest request(
      QueryString parameters, Client client, Return back, Optional<String> pushed) {
    requireOnce(parameters);
    if (client.profile().pushes() && pushed.isEmpty()) {
      throw invalid("The client must push what it asks for to /oauth2/par first");
    }
    if (!parameters.values("request").isEmpty()) {
      throw new OAuthError("request_not_supported", "Send the parameters themselves");
    }
    if (!parameters.values(REQUEST_URI).isEmpty()) {
      throw new OAuthError("request_uri_not_supported", "Send the parameters themselves");
    }
    String type =
        parameters
            .value("response_type")
            .filter(given -> !given.isEmpty())
            .orElseThrow(() -> invalid("response_type is missing: it must be code"));
    if (!type.equals("code")) {
      throw new OAuthError(OAuthError.UNSUPPORTED_RESPONSE_TYPE, "response_type must be code");
    }
    Optional<String> mode = parameters.value("response_mode");
    if (mode.isPresent() && !RESPONSE_MODES.contains(mode.get())) {
      throw invalid("response_mode must be query or form_post");
    }
    if (!client.grants().contains(GrantType.AUTHORIZATION_CODE)) {
      throw new OAuthError(
          OAuthError.UNAUTHORIZED_CLIENT, "The client is not registered for authorization_code");
    }
    return request(parsed(parameters), parameters, client, back, pushed);
  }

  private static void requireOnce(QueryString parameters) {
    Set<String> seen = new TreeSet<>();
    for (QueryString.Parameter parameter : parameters.all()) {
      if (!parameter.name().equals(OAuthForm.RESOURCE) && !seen.add(parameter.name())) {
        throw invalid("A parameter is given more than once; give each once");
      }
      if (parameter.value().length() > VALUE_LENGTH_MAX && !parameter.name().endsWith("_hint")) {
        throw invalid("A parameter is longer than %,d characters".formatted(VALUE_LENGTH_MAX));
      }
    }
  }

  /// As the protocol has it; what the client says of OpenID Connect counts with the scope openid alone, and does no harm
  /// without.
  private static AuthenticationRequest parsed(QueryString parameters) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    for (QueryString.Parameter parameter : parameters.all()) {
      if (PARSED.contains(parameter.name())) {
        values.put(parameter.name(), List.of(parameter.value()));
      }
    }
    Set<String> scopes = new LinkedHashSet<>(scopes(parameters));
    scopes.add(Scopes.OPENID);
    values.put("scope", List.of(String.join(" ", scopes)));
    try {
      return AuthenticationRequest.parse(values);
    } catch (ParseException e) {
      throw invalid(
          e.getErrorObject() == null || e.getErrorObject().getDescription() == null
              ? "The request is malformed"
              : e.getErrorObject().getDescription());
    }
  }

  private static Set<String> scopes(QueryString parameters) {
    Set<String> scopes = new LinkedHashSet<>();
    for (String scope : parameters.value("scope").orElse("").split(" ", -1)) {
      if (!scope.isEmpty()) {
        scopes.add(scope);
      }
    }
    return scopes;
  }

  private AuthorizationRequest request(
      AuthenticationRequest parsed,
      QueryString parameters,
      Client client,
      Return back,
      Optional<String> pushed) {
    return new AuthorizationRequest(
        client.id(),
        back.redirectUri(),
        granted(scopes(parameters), client),
        back.state(),
        parameters.value("nonce").filter(nonce -> !nonce.isEmpty()),
        back.formPost(),
        challenge(parsed),
        OAuthForm.resource(parameters, audiences),
        prompts(parsed),
        maxAge(parameters),
        Optional.ofNullable(parsed.getLoginHint())
            .filter(hint -> hint.length() <= EmailAddress.LENGTH_MAX),
        subject(parameters, client),
        key(parameters),
        pushed,
        Optional.empty(),
        secondFactor(parameters));
  }

  /// Scopes that nobody knows are passed over (OpenID Connect Core 1.0, section 3.1.2.1), and those that the client may not
  /// have.
  static Set<String> granted(Set<String> asked, Client client) {
    Set<String> granted = new LinkedHashSet<>(asked);
    granted.retainAll(client.scopes());
    if (granted.isEmpty()) {
      throw new OAuthError(
          OAuthError.INVALID_SCOPE, "The client may have none of the scopes that it asks for");
    }
    return granted;
  }

  private static String challenge(AuthenticationRequest parsed) {
    if (parsed.getCodeChallenge() == null) {
      throw invalid("code_challenge is missing: send one of PKCE with code_challenge_method=S256");
    }
    if (!CodeChallengeMethod.S256.equals(parsed.getCodeChallengeMethod())) {
      throw invalid("code_challenge_method must be S256");
    }
    return hash("code_challenge", parsed.getCodeChallenge().getValue());
  }

  private static String hash(String name, String text) {
    boolean wellFormed =
        text.length() == HASH_LENGTH && text.chars().allMatch(AuthorizationRequests::isBase64Url);
    if (!wellFormed) {
      throw invalid("%s must be a SHA-256 in base64url: 43 characters".formatted(name));
    }
    return text;
  }

  private static Optional<String> key(QueryString parameters) {
    return parameters.value(KEY).filter(given -> !given.isEmpty()).map(given -> hash(KEY, given));
  }

  private static boolean isBase64Url(int c) {
    return (c >= 'A' && c <= 'Z')
        || (c >= 'a' && c <= 'z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '_';
  }

  private static Set<String> prompts(AuthenticationRequest parsed) {
    Set<String> prompts = new LinkedHashSet<>();
    if (parsed.getPrompt() != null) {
      for (Prompt.Type type : parsed.getPrompt()) {
        prompts.add(type.toString());
      }
    }
    return prompts;
  }

  /// What is wanted first is named first (OpenID Connect Core 1.0, section 3.1.2.1), and it is a wish: whoever has no second factor is
  /// signed in without.
  private static boolean secondFactor(QueryString parameters) {
    return parameters
        .value("acr_values")
        .filter(wishes -> wishes.strip().split(" ", -1)[0].equals(SignInMethod.LEVEL_TWO))
        .isPresent();
  }

  private static OptionalLong maxAge(QueryString parameters) {
    Optional<String> text = parameters.value("max_age").filter(given -> !given.isEmpty());
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    boolean number =
        text.get().length() <= SECONDS_DIGITS_MAX
            && text.get().chars().allMatch(c -> c >= '0' && c <= '9');
    if (!number) {
      throw invalid("max_age must be a number of seconds from 0");
    }
    return OptionalLong.of(Long.parseLong(text.get()));
  }

  private Optional<String> subject(QueryString parameters, Client client) {
    Optional<String> hint = parameters.value("id_token_hint").filter(text -> !text.isEmpty());
    if (hint.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        idTokens
            .hint(hint.get(), clock.instant())
            .filter(known -> known.client().equals(client.id()))
            .map(IdTokens.Hint::account)
            .orElseThrow(() -> invalid("id_token_hint is no ID token of this client")));
  }

  private static OAuthError invalid(String description) {
    return new OAuthError(OAuthError.INVALID_REQUEST, description);
  }
}
