package dev.varve.face.gateway;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.varve.face.gateway.upstream.IdentityKind;
import dev.varve.face.gateway.upstream.ServiceSettings;
import dev.varve.face.gateway.upstream.Upstream;
import dev.varve.identity.token.AccessTokens;
import dev.varve.lane.access.Caller;
import dev.varve.net.http.HeaderLine;
import dev.varve.net.http.Request;
import dev.varve.schema.record.Entity;
import dev.varve.settings.WrongSetting;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// How services are told who sends a request: in signed headers ([SignedIdentity]), or by a token of a minute whose audience
/// is the name of the service, in the header `Varve-Token`.
public final class Identities {
  private static final String TOKEN = "Varve-Token";
  // half of its life is left to whoever gets a token that was made before
  private static final Duration KEPT = AccessTokens.FOR_SERVICE.dividedBy(2);
  // callers at a time, each with a token of a kilobyte
  private static final int KEPT_MAX = 10_000;

  /// Where there are no services.
  static final Identities NOBODY_ASKS =
      new Identities(
          Optional.empty(),
          () -> {
            throw new IllegalStateException("There is no service that could be told");
          });

  private final Optional<byte[]> secret;
  private final Supplier<AccessTokens> tokens;
  private final Cache<Bearer, String> kept =
      Caffeine.newBuilder().expireAfterWrite(KEPT).maximumSize(KEPT_MAX).build();

  /// Whom a token is about, and for whom it is.
  private record Bearer(String service, String subject, Set<String> roles) {}

  private Identities(Optional<byte[]> secret, Supplier<AccessTokens> tokens) {
    this.secret = secret;
    this.tokens = tokens;
  }

  /// @param secret that signs headers
  /// @param tokens makes tokens for services
  /// @param shared whether tokens are signed with a secret that whoever verifies them has to know
  /// @throws WrongSetting when a service is to be told in a way that there is no secret or no key for
  public static Identities of(
      GatewaySettings settings,
      Optional<byte[]> secret,
      Supplier<AccessTokens> tokens,
      boolean shared) {
    for (ServiceSettings service : settings.services().values()) {
      String key = "gateway.services[%s].identity".formatted(service.name());
      if (service.identity() == IdentityKind.HEADERS && secret.isEmpty()) {
        throw new WrongSetting(
            key,
            "is HEADERS, which are signed with the secret in the environment variable VARVE_GATEWAY_SECRET, and there is none. Make one with: openssl rand -base64 32");
      }
      if (service.identity() == IdentityKind.JWT && shared) {
        throw new WrongSetting(
            key,
            "is JWT, but auth.jwt.algorithm is HS256: a service that can verify such a token can make one. Take RS256, or HEADERS");
      }
    }
    return new Identities(secret, tokens);
  }

  /// The headers for one request to a service.
  ///
  /// @param target path and query as the service gets them
  List<HeaderLine> headers(Upstream upstream, String target, Request request, Caller caller) {
    return switch (upstream.settings().identity()) {
      case NONE -> List.of();
      case HEADERS ->
          new SignedIdentity(secret.orElseThrow(), upstream.name())
              .headers(request, target, caller);
      case JWT ->
          caller.known()
              ? List.of(new HeaderLine(TOKEN, token(upstream.name(), request, caller)))
              : List.of();
    };
  }

  private String token(String service, Request request, Caller caller) {
    String subject = caller.account().map(Entity::id).orElse(caller.actor());
    return kept.get(
        new Bearer(service, subject, caller.roles()),
        bearer ->
            tokens
                .get()
                .issueTo(bearer.service(), bearer.subject(), bearer.roles(), request.startedAt()));
  }
}
