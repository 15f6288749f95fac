package dev.varve.face.oauth;

import dev.varve.face.auth.AccountContext;
import dev.varve.identity.account.Attempts;
import dev.varve.identity.account.FailedAttempts;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.client.Client;
import dev.varve.identity.client.ClientDescription;
import dev.varve.identity.client.ClientMetadata;
import dev.varve.identity.client.ClientRegistration;
import dev.varve.identity.client.ClientRegistration.Registered;
import dev.varve.identity.client.Clients;
import dev.varve.identity.client.RegistrationPolicy;
import dev.varve.identity.client.StoredClient;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// `POST /oauth2/register`: a client says what it is and gets an id (RFC 7591), where the settings let it. It may have what the settings
/// say of such clients, and people are always asked. With the token that it gets it reads what is kept of it, says it anew, or takes it away
/// (RFC 7592), at `/oauth2/register/{id}`.
final class Registration {
  static final String PATH = "/oauth2/register";
  static final String ONE = PATH + "/{id}";
  private static final int BYTES_MAX = 16 * 1_024;
  private static final String BEARER = "Bearer ";
  private static final String UNNAMED = "An application without a name";
  private static final String WRONG = "invalid_client_metadata";
  // what is told of a client, and not said by it (RFC 7592, section 2.2)
  private static final List<String> TOLD_ALONE =
      List.of(
          "registration_access_token",
          "registration_client_uri",
          "client_secret_expires_at",
          "client_id_issued_at");

  private final AccountContext context;
  private final FailedAttempts failures;
  private final Clients clients;
  private final ClientRegistration registration;
  private final Optional<byte[]> token;
  private final String url;
  private final MutualTls certificates;

  /// @param issuer a URL, before every path here
  /// @param token without which nobody registers; nothing where everybody may
  /// @param certificates that clients can show
  Registration(
      AccountContext context,
      FailedAttempts failures,
      Clients clients,
      ClientRegistration registration,
      String issuer,
      Optional<byte[]> token,
      MutualTls certificates) {
    this.certificates = certificates;
    this.context = context;
    this.failures = failures;
    this.clients = clients;
    this.registration = registration;
    this.url = issuer + PATH;
    this.token = token;
  }

  static boolean isOn(RegistrationPolicy policy) {
    return policy != RegistrationPolicy.OFF;
  }

  Answer post(Request request) {
    RequestSource source = AccountContext.source(request);
    if (token.isPresent()) {
      requireToken(request, token.get(), source);
    }
    Map<?, ?> members = members(request);
    try {
      String method = ClientMetadata.method(members);
      ClientDescription given = given(members, method);
      return told(201, register(given, ClientMetadata.hasSecret(method), source), method);
    } catch (ClientMetadata.Wrong wrong) {
      throw new OAuthError(wrong.code(), wrong.description());
    }
  }

  /// What a client may have of what it asks for.
  private ClientDescription given(Map<?, ?> members, String method) throws ClientMetadata.Wrong {
    if (!certificates.serves(method)) {
      throw new OAuthError(
          WRONG,
          "token_endpoint_auth_method: no such certificates are taken here, see the metadata");
    }
    ClientDescription given = clients.within(ClientMetadata.description(members, method, UNNAMED));
    if (given.features().certificateBoundTokens() && !certificates.isOn()) {
      throw new OAuthError(
          WRONG, "tls_client_certificate_bound_access_tokens: no certificates are taken here");
    }
    if (!clients.unreachable(given.features(), Client.Origin.REGISTERED).isEmpty()) {
      throw new OAuthError(WRONG, "jwks_uri is not asked: take https");
    }
    if (given.scopes().isEmpty()) {
      throw new OAuthError(WRONG, "scope has nothing that such a client may have");
    }
    return given;
  }

  private Registered register(
      ClientDescription description, boolean confidential, RequestSource source) {
    try {
      return registration.register(description, confidential, source);
    } catch (Problem problem) {
      if (problem.code() == ErrorCode.OVERLOADED) {
        throw OAuthError.unavailable(problem.text());
      }
      throw problem;
    }
  }

  /// Tells a client what is kept of it; not its secret.
  Answer get(Request request) {
    StoredClient client = own(request);
    return told(
        200,
        new Registered(client, Optional.empty(), bearer(request)),
        ClientMetadata.method(client));
  }

  /// Takes what a client says of itself now in place of what it said before.
  Answer put(Request request) {
    StoredClient before = own(request);
    Map<?, ?> members = members(request);
    requireOwn(before, members);
    try {
      String method = ClientMetadata.method(members);
      if (ClientMetadata.hasSecret(method) == before.secrets().isEmpty()) {
        throw new OAuthError(
            WRONG,
            "token_endpoint_auth_method: a client with a secret keeps it, and others get none. Register anew");
      }
      ClientDescription given = given(members, method);
      Registered changed =
          still(() ->
              registration.change(
                  before.id(), given, bearer(request), AccountContext.source(request)));
      return told(200, changed, method);
    } catch (ClientMetadata.Wrong wrong) {
      throw new OAuthError(wrong.code(), wrong.description());
    }
  }

  /// What says which client it is must be right, and nobody chooses a secret.
  private void requireOwn(StoredClient client, Map<?, ?> members) {
    if (!client.id().equals(members.get("client_id"))) {
      throw new OAuthError(WRONG, "client_id must be that of the client");
    }
    for (String name : TOLD_ALONE) {
      if (members.containsKey(name)) {
        throw new OAuthError(WRONG, name + " is told here: leave it out");
      }
    }
    @Nullable Object secret = members.get("client_secret");
    Instant now = context.stages().clock().instant();
    boolean good =
        secret == null
            || clients
                .find(client.id())
                .filter(known -> known.hasSecret(String.valueOf(secret), now))
                .isPresent();
    if (!good) {
      throw new OAuthError(WRONG, "client_secret is not that of the client: leave it out");
    }
  }

  Answer delete(Request request) {
    StoredClient client = own(request);
    still(() -> {
      registration.delete(client.id(), bearer(request), AccountContext.source(request));
      return true;
    });
    return OAuthForm.secret(Answer.noContent());
  }

  /// What a client does whose token was good a moment ago: it may have ended since, and so may the client.
  private static <T> T still(Supplier<T> act) {
    try {
      return act.get();
    } catch (Problem problem) {
      if (problem.code() == ErrorCode.UNAUTHENTICATED || problem.code() == ErrorCode.NOT_FOUND) {
        throw OAuthError.invalidToken(problem.text());
      }
      throw problem;
    }
  }

  /// The client that a request is about, and whose token came with it. Whether there is one nobody else learns.
  private StoredClient own(Request request) {
    RequestSource source = AccountContext.source(request);
    context.attempts().requireKeysUnlocked(source);
    Optional<StoredClient> client =
        registration.find(request.variable("id"), bearer(request), source);
    if (client.filter(found -> found.origin() == Client.Origin.REGISTERED).isEmpty()) {
      throw refused(source, "The registration access token is not one of this client");
    }
    return client.get();
  }

  /// Empty for none.
  private static String bearer(Request request) {
    String header = request.header("Authorization").orElse("");
    return header.regionMatches(true, 0, BEARER, 0, BEARER.length())
        ? header.substring(BEARER.length()).strip()
        : "";
  }

  private void requireToken(Request request, byte[] wanted, RequestSource source) {
    context.attempts().requireKeysUnlocked(source);
    byte[] given = bearer(request).getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(wanted, given)) {
      throw refused(source, "Registration takes the token that whoever runs this server gives");
    }
  }

  /// Counted like keys of programs, which it is.
  private OAuthError refused(RequestSource source, String why) {
    context.write(
        source,
        write -> {
          Attempts.Attempt attempt = context.attempts().countKey(write, source);
          failures.record(write, Kind.PROOF_FAILED, attempt, Optional.empty(), "registration");
          return true;
        });
    return OAuthError.invalidToken(why);
  }

  private static Map<?, ?> members(Request request) {
    byte[] bytes = body(request);
    if (bytes.length > BYTES_MAX) {
      throw new OAuthError(WRONG, "The body has more than %,d bytes".formatted(BYTES_MAX));
    }
    try {
      @Nullable Object body = bytes.length == 0 ? null : Json.read(bytes);
      if (body instanceof Map<?, ?> members) {
        return members;
      }
    } catch (Problem malformed) {
      throw new OAuthError(WRONG, "The body is not JSON");
    }
    throw new OAuthError(WRONG, "The body must be a JSON object");
  }

  private static byte[] body(Request request) {
    try {
      return request.hasBody() ? request.body("application/json") : new byte[0];
    } catch (Problem problem) {
      throw new OAuthError(WRONG, problem.text());
    }
  }

  private Answer told(int status, Registered made, String method) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("client_id", made.client().id());
    members.put("client_id_issued_at", made.client().createdAt().getEpochSecond());
    made.secret()
        .ifPresent(secret -> {
          members.put("client_secret", secret);
          members.put("client_secret_expires_at", 0L);
        });
    members.putAll(ClientMetadata.registered(made.client().description(), method));
    members.put("registration_client_uri", url + "/" + made.client().id());
    members.put("registration_access_token", made.token());
    return OAuthForm.secret(Answer.json(status, Json.bytes(json -> Json.write(json, members))));
  }
}
