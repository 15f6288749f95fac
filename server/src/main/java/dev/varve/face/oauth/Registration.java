package dev.varve.face.oauth;

import dev.varve.face.auth.AccountContext;
import dev.varve.identity.account.Attempts;
import dev.varve.identity.account.FailedAttempts;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.client.Client;
import dev.varve.identity.client.ClientAdministration.WithSecret;
import dev.varve.identity.client.ClientDescription;
import dev.varve.identity.client.ClientMetadata;
import dev.varve.identity.client.ClientRegistration;
import dev.varve.identity.client.Clients;
import dev.varve.identity.client.RegistrationPolicy;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `POST /oauth2/register`: a client says what it is and gets an id (RFC 7591), where the settings let it. It may have what the settings
/// say of such clients, and people are always asked.
final class Registration {
  static final String PATH = "/oauth2/register";
  private static final int BYTES_MAX = 16 * 1_024;
  private static final String BEARER = "Bearer ";
  private static final String UNNAMED = "An application without a name";

  private final AccountContext context;
  private final FailedAttempts failures;
  private final Clients clients;
  private final ClientRegistration registration;
  private final Optional<byte[]> token;

  /// @param token without which nobody registers; nothing where everybody may
  Registration(
      AccountContext context,
      FailedAttempts failures,
      Clients clients,
      ClientRegistration registration,
      Optional<byte[]> token) {
    this.context = context;
    this.failures = failures;
    this.clients = clients;
    this.registration = registration;
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
      ClientDescription asked = ClientMetadata.description(members, method, UNNAMED);
      ClientDescription given = clients.within(asked);
      if (!clients.unreachable(given.features(), Client.Origin.REGISTERED).isEmpty()) {
        throw new OAuthError("invalid_client_metadata", "jwks_uri is not asked: take https");
      }
      if (given.scopes().isEmpty()) {
        throw new OAuthError(
            "invalid_client_metadata", "scope has nothing that such a client may have");
      }
      return told(register(given, ClientMetadata.hasSecret(method), source), given, method);
    } catch (ClientMetadata.Wrong wrong) {
      throw new OAuthError(wrong.code(), wrong.description());
    }
  }

  private WithSecret register(
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

  /// Counted like keys of programs, which it is.
  private void requireToken(Request request, byte[] wanted, RequestSource source) {
    context.attempts().requireKeysUnlocked(source);
    String header = request.header("Authorization").orElse("");
    boolean good =
        header.regionMatches(true, 0, BEARER, 0, BEARER.length())
            && MessageDigest.isEqual(
                wanted, header.substring(BEARER.length()).strip().getBytes(StandardCharsets.UTF_8));
    if (good) {
      return;
    }
    context.write(
        source,
        write -> {
          Attempts.Attempt attempt = context.attempts().countKey(write, source);
          failures.record(write, Kind.PROOF_FAILED, attempt, Optional.empty(), "registration");
          return true;
        });
    throw OAuthError.invalidToken(
        "Registration takes the token that whoever runs this server gives");
  }

  private static Map<?, ?> members(Request request) {
    byte[] bytes = body(request);
    if (bytes.length > BYTES_MAX) {
      throw new OAuthError(
          "invalid_client_metadata", "The body has more than %,d bytes".formatted(BYTES_MAX));
    }
    try {
      @Nullable Object body = bytes.length == 0 ? null : Json.read(bytes);
      if (body instanceof Map<?, ?> members) {
        return members;
      }
    } catch (Problem malformed) {
      throw new OAuthError("invalid_client_metadata", "The body is not JSON");
    }
    throw new OAuthError("invalid_client_metadata", "The body must be a JSON object");
  }

  private static byte[] body(Request request) {
    try {
      return request.hasBody() ? request.body("application/json") : new byte[0];
    } catch (Problem problem) {
      throw new OAuthError("invalid_client_metadata", problem.text());
    }
  }

  private static Answer told(WithSecret made, ClientDescription given, String method) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("client_id", made.client().id());
    members.put("client_id_issued_at", made.client().createdAt().getEpochSecond());
    made.secret()
        .ifPresent(secret -> {
          members.put("client_secret", secret);
          members.put("client_secret_expires_at", 0L);
        });
    members.putAll(ClientMetadata.registered(given, method));
    return OAuthForm.secret(Answer.json(201, Json.bytes(json -> Json.write(json, members))));
  }
}
