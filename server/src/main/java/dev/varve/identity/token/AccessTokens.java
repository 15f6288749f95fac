package dev.varve.identity.token;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// Signs and verifies access tokens (RFC 9068), which are JWTs:
///
/// ```
/// header  {"typ": "at+jwt", "alg": "RS256", "kid": "..."}
/// claims  {"iss": "https://shop.example", "aud": "https://shop.example", "sub": account, "sid": session,
///          "client_id": "varve", "iat": seconds, "exp": seconds, "jti": "..."}
/// ```
///
/// One for another application names that in `client_id`, has a `scope`, and for an account `auth_time`, `acr` and `amr`. One that is
/// good with a key or a certificate alone has its thumbprint: `"cnf": {"jkt": "...", "x5t#S256": "..."}` ([TokenBinding]).
public final class AccessTokens {
  /// Long enough for a request to be queued and sent again, and short enough that a token which is lost is of no use.
  public static final Duration FOR_SERVICE = Duration.ofMinutes(1);

  // tokens of Varve have about a tenth of it
  private static final int LENGTH_MAX = 8_192;
  // of two machines that share a secret, or of one whose clock was set back
  private static final Duration CLOCKS_APART_MAX = Duration.ofMinutes(1);

  // everybody who signs in here without another client in between
  public static final String CLIENT = "varve";

  private final SigningKeys keys;
  private final String issuer;
  private final String audience;
  private final Audiences audiences;
  private final Duration lifetime;
  private final Supplier<String> ids;

  /// What a token that was verified says.
  ///
  /// @param audience whom it is for
  /// @param subject an account, or an application that acts for itself
  /// @param session in which an account has signed in; nothing when there is none
  /// @param application that was given the token; nothing for the application that Varve serves itself
  /// @param path the segments below which it is good; none when it is good everywhere
  /// @param binding what has to come with it
  public record Claims(
      String audience,
      String subject,
      Optional<String> session,
      Optional<Caller.Application> application,
      List<String> path,
      TokenBinding binding,
      Instant issuedAt,
      Instant expiresAt) {}

  /// @param issuer a URL
  /// @param audience whom they are for
  /// @param lifetime how long one is good
  /// @param ids makes the ids of tokens
  public AccessTokens(
      SigningKeys keys, String issuer, String audience, Duration lifetime, Supplier<String> ids) {
    this.keys = keys;
    this.issuer = issuer;
    this.audience = audience;
    this.audiences = new Audiences(issuer, audience);
    this.lifetime = lifetime;
    this.ids = ids;
  }

  /// A token for an account in one of its sessions, good from `at` for [#lifetimeSeconds].
  public String issue(String accountId, String sessionId, Instant at) {
    return signed(
        at,
        lifetime,
        audience,
        accountId,
        CLIENT,
        json -> json.writeStringProperty("sid", sessionId));
  }

  /// What an application was given.
  ///
  /// @param subject the account for which it acts, or its own id
  /// @param session in which it acts for an account; nothing when it acts for itself
  /// @param resource whom the token is for; nothing stands for this server (RFC 8707)
  /// @param authenticated when the account has signed in, and how; nothing when there is none
  /// @param binding without which the token is good for nothing
  public record Given(
      String subject,
      String client,
      Set<String> scopes,
      Optional<String> session,
      Optional<String> resource,
      Optional<Authenticated> authenticated,
      TokenBinding binding) {
    public Given {
      scopes = Set.copyOf(scopes);
    }

    /// What an application was given for itself.
    public static Given ofItself(String client, Set<String> scopes, Optional<String> resource) {
      return new Given(
          client, client, scopes, Optional.empty(), resource, Optional.empty(), TokenBinding.NONE);
    }

    /// The same, good with that alone.
    public Given boundTo(TokenBinding other) {
      return new Given(subject, client, scopes, session, resource, authenticated, other);
    }
  }

  /// A token for an application.
  public String issue(Given given, Instant at) {
    return signed(
        at,
        lifetime,
        given.resource().orElse(audience),
        given.subject(),
        given.client(),
        json -> {
          given.session().ifPresent(session -> json.writeStringProperty("sid", session));
          json.writeStringProperty("scope", String.join(" ", new TreeSet<>(given.scopes())));
          writeBinding(json, given.binding());
          given.authenticated().ifPresent(authenticated -> authenticated.write(json));
        });
  }

  private static void writeBinding(JsonGenerator json, TokenBinding binding) {
    if (!binding.isNone()) {
      json.writeName(TokenBinding.CLAIM);
      Json.write(json, binding.members());
    }
  }

  /// A token that tells a service behind this server who sends a request to it, good for [#FOR_SERVICE]. It is none of this
  /// server: it has another audience, and belongs to no session.
  ///
  /// @param service its audience
  /// @param subject an account, or the name of another caller
  public String issueTo(String service, String subject, Set<String> roles, Instant at) {
    return signed(
        at,
        FOR_SERVICE,
        service,
        subject,
        CLIENT,
        json -> {
          json.writeArrayPropertyStart("roles");
          new TreeSet<>(roles).forEach(json::writeString);
          json.writeEndArray();
        });
  }

  private String signed(
      Instant at,
      Duration life,
      String audienceOfToken,
      String subject,
      String client,
      Consumer<JsonGenerator> more) {
    long issuedAt = at.getEpochSecond();
    byte[] claims =
        Json.bytes(json -> {
          json.writeStartObject();
          json.writeStringProperty("iss", issuer);
          json.writeStringProperty("aud", audienceOfToken);
          json.writeStringProperty("sub", subject);
          more.accept(json);
          json.writeStringProperty("client_id", client);
          json.writeNumberProperty("iat", issuedAt);
          json.writeNumberProperty("exp", issuedAt + life.toSeconds());
          json.writeStringProperty("jti", ids.get());
          json.writeEndObject();
        });
    return keys.signing(at).sign(TokenType.ACCESS, claims);
  }

  /// Reads a token that one of the own keys has signed. Only then are its claims looked at, and all that a token of
  /// Varve has must be there.
  ///
  /// @throws Problem UNAUTHENTICATED when it is no token of this server, TOKEN_EXPIRED when it was one
  public Claims verify(String token, Instant at) {
    if (token.length() > LENGTH_MAX) {
      throw refused("it is longer than %,d characters".formatted(LENGTH_MAX));
    }
    int headerEnd = token.indexOf('.');
    int payloadEnd = token.indexOf('.', headerEnd + 1);
    if (headerEnd < 0 || payloadEnd < 0 || token.indexOf('.', payloadEnd + 1) >= 0) {
      throw refused("it has not the three parts of a signed JWT");
    }
    SigningKey key = keys.verifying(TokenType.ACCESS, token.substring(0, headerEnd), at);
    if (key == null) {
      throw refused("no key of this server signs tokens with such a header");
    }
    if (!key.verify(
        TokenType.ACCESS, token.substring(0, payloadEnd), token.substring(payloadEnd + 1))) {
      throw refused("its signature is wrong");
    }
    return claims(payload(token.substring(headerEnd + 1, payloadEnd)), at);
  }

  private static Map<?, ?> payload(String base64) {
    try {
      byte[] json = Base64.getUrlDecoder().decode(base64.getBytes(StandardCharsets.US_ASCII));
      if (Json.read(json) instanceof Map<?, ?> claims) {
        return claims;
      }
    } catch (Problem | IllegalArgumentException e) {
      throw refused("its claims are not well-formed");
    }
    throw refused("its claims are not well-formed");
  }

  private Claims claims(Map<?, ?> claims, Instant at) {
    if (!issuer.equals(claims.get("iss"))) {
      throw refused("it is from another issuer");
    }
    String forWhom = text(claims, "aud");
    if (!audiences.contains(forWhom)) {
      throw refused("it is for another audience");
    }
    long issuedAt = seconds(claims, "iat");
    long expiresAt = seconds(claims, "exp");
    String subject = text(claims, "sub");
    Optional<Caller.Application> application = application(claims);
    Optional<String> session = session(claims, subject, application);
    text(claims, "jti");
    if (issuedAt > at.getEpochSecond() + CLOCKS_APART_MAX.toSeconds()) {
      throw refused("it was issued in the future");
    }
    long lifetime = expiresAt - issuedAt;
    if (lifetime <= 0 || lifetime > SigningKeys.TOKEN_LIFETIME_MAX.toSeconds()) {
      throw refused("it would live longer than a token may");
    }
    Claims read =
        new Claims(
            forWhom,
            subject,
            session,
            application,
            audiences.pathOf(forWhom),
            binding(claims),
            Instant.ofEpochSecond(issuedAt),
            Instant.ofEpochSecond(expiresAt));
    requireAlive(read, at);
    return read;
  }

  /// An application that acts for itself has none; everybody else has one.
  private static Optional<String> session(
      Map<?, ?> claims, String subject, Optional<Caller.Application> application) {
    boolean forItself =
        !claims.containsKey("sid")
            && application.isPresent()
            && application.get().client().equals(subject);
    return forItself ? Optional.empty() : Optional.of(text(claims, "sid"));
  }

  /// Anything else that a token might be bound to is none of this server's.
  private static TokenBinding binding(Map<?, ?> claims) {
    if (!claims.containsKey(TokenBinding.CLAIM)) {
      return TokenBinding.NONE;
    }
    if (!(claims.get(TokenBinding.CLAIM) instanceof Map<?, ?> members)) {
      throw refused("its claim 'cnf' is no object");
    }
    TokenBinding binding =
        new TokenBinding(
            optional(members, TokenBinding.KEY), optional(members, TokenBinding.CERTIFICATE));
    if (binding.isNone()) {
      throw refused("it is bound to what nobody here can look at");
    }
    return binding;
  }

  private static Optional<String> optional(Map<?, ?> members, String name) {
    return members.containsKey(name) ? Optional.of(text(members, name)) : Optional.empty();
  }

  private static Optional<Caller.Application> application(Map<?, ?> claims) {
    String client = text(claims, "client_id");
    if (client.equals(CLIENT)) {
      return Optional.empty();
    }
    return Optional.of(
        new Caller.Application(client, Set.of(text(claims, "scope").split(" ", -1))));
  }

  /// @throws Problem TOKEN_EXPIRED
  public static void requireAlive(Claims claims, Instant at) {
    if (!at.isBefore(claims.expiresAt())) {
      throw Problem.badToken(
          ErrorCode.TOKEN_EXPIRED,
          "The access token has expired: get a new one with your refresh token, or sign in again");
    }
  }

  private static long seconds(Map<?, ?> claims, String name) {
    if (claims.get(name) instanceof Long seconds && seconds >= 0) {
      return seconds;
    }
    throw refused("its claim '%s' is missing or no instant".formatted(name));
  }

  private static String text(Map<?, ?> claims, String name) {
    @Nullable Object value = claims.get(name);
    if (value instanceof String text && !text.isEmpty()) {
      return text;
    }
    throw refused("its claim '%s' is missing or no text".formatted(name));
  }

  private static Problem refused(String reason) {
    return Problem.badToken(
        ErrorCode.UNAUTHENTICATED,
        "The access token is not good: %s. Sign in to get one".formatted(reason));
  }

  /// Whether a token says that it is of this server, which nobody has looked at yet.
  public boolean isOwn(String token) {
    int headerEnd = token.indexOf('.');
    int payloadEnd = token.indexOf('.', headerEnd + 1);
    if (token.length() > LENGTH_MAX || headerEnd < 0 || payloadEnd < 0) {
      return false;
    }
    try {
      return issuer.equals(payload(token.substring(headerEnd + 1, payloadEnd)).get("iss"));
    } catch (Problem other) {
      return false;
    }
  }

  /// Whom tokens are for that are for no other.
  public String audience() {
    return audience;
  }

  public long lifetimeSeconds() {
    return lifetime.toSeconds();
  }
}
