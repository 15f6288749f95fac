package dev.varve.identity.provider;

import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.token.Tokens;
import dev.varve.identity.provider.IdentityProvider.Line;
import dev.varve.net.outgoing.OutgoingCalls.Call;
import dev.varve.net.outgoing.OutgoingCalls.Reply;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// GitHub, which speaks OAuth 2.0 and no OpenID Connect: who it is, is asked of its API. An account has a number for ever, and a login
/// that others may have later; its addresses are told apart from it, with whether they are verified.
record GitHubDialect(Line line) implements Dialect {
  private static final String JSON = "application/vnd.github+json";

  private String base() {
    String base = line.settings().base().toString();
    return base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
  }

  /// Of an Enterprise Server, it is at the same host.
  private String api() {
    return base().equals(Preset.GITHUB.issuer()) ? "https://api.github.com" : base() + "/api/v3";
  }

  @Override
  public URI authorization(Trip trip) {
    return OAuthRequest.to(line.settings(), base() + "/login/oauth/authorize", trip);
  }

  @Override
  public void requireIssuer(Optional<String> issuer) throws ProviderFailed {
    if (issuer.isPresent()
        && !issuer.get().equals(base())
        && !issuer.get().equals(base() + "/login/oauth")) {
      throw ProviderFailed.wrong("its answer says that it is another's");
    }
  }

  @Override
  public CodeExchange exchange() {
    return new CodeExchange(line, URI.create(base() + "/login/oauth/access_token"), true);
  }

  @Override
  public Came somebody(Trip trip, AuthorizationCode code, Map<String, String> answer)
      throws ProviderFailed {
    Tokens tokens = OAuthRequest.tokens(exchange().reply(trip, code));
    String token = tokens.getAccessToken().getValue();
    Claims user = Claims.read(line.get(call("/user", token)));
    if (!(user.members().get("id") instanceof Long id) || id <= 0) {
      throw ProviderFailed.wrong("it tells of nobody: the account has no number");
    }
    Optional<Claims> primary = primary(token);
    Optional<String> email = primary.flatMap(found -> found.email("email"));
    Somebody somebody =
        new Somebody(
            line.settings().name(),
            base(),
            id.toString(),
            email,
            email.isPresent()
                && (line.settings().trustsEmail()
                    || primary.filter(found -> found.isTrue("verified")).isPresent()),
            user.name("name").or(() -> user.name("login")),
            Optional.empty(),
            Optional.empty());
    return new Came(somebody, tokens);
  }

  private Call call(String path, String token) {
    // it answers nobody who does not say what they are
    return new Call(
        "GET",
        URI.create(api() + path),
        Map.of("Accept", JSON, "Authorization", "Bearer " + token, "User-Agent", "Varve"),
        "");
  }

  /// The address that the account is written to. Without the scope for it there is none.
  private Optional<Claims> primary(String token) throws ProviderFailed {
    Reply reply = line.send(call("/user/emails", token));
    if (reply.status() == 403 || reply.status() == 404) {
      return Optional.empty();
    }
    if (reply.status() != 200) {
      throw new ProviderFailed(
          ProviderFailed.Kind.UNAVAILABLE,
          "it does not tell the addresses of the account: %d".formatted(reply.status()));
    }
    @Nullable Object emails = Claims.plain(reply.body());
    return emails instanceof List<?> list
        ? list.stream()
            .flatMap(email -> Claims.of(email).stream())
            .filter(email -> email.isTrue("primary"))
            .findFirst()
        : Optional.empty();
  }
}
