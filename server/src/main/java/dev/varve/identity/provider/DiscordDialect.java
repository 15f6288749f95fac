package dev.varve.identity.provider;

import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.token.Tokens;
import dev.varve.identity.provider.IdentityProvider.Line;
import dev.varve.net.outgoing.OutgoingCalls.Call;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/// Discord, of whose API it is asked who it is.
record DiscordDialect(Line line) implements Dialect {
  /// It turns away who does not say what they are in this form (Discord API reference, "User Agent"): where this server is.
  private static String agent(Trip trip) {
    URI here = trip.redirectUri();
    return "DiscordBot (%s://%s, 1) Varve".formatted(here.getScheme(), here.getAuthority());
  }

  private String base() {
    return line.settings().base().toString();
  }

  @Override
  public URI authorization(Trip trip) {
    return OAuthRequest.to(line.settings(), base() + "/oauth2/authorize", trip);
  }

  @Override
  public void requireIssuer(Optional<String> issuer) throws ProviderFailed {
    if (issuer.isPresent() && !issuer.get().equals(base())) {
      throw ProviderFailed.wrong("its answer says that it is another's");
    }
  }

  @Override
  public CodeExchange exchange() {
    return new CodeExchange(line, URI.create(base() + "/api/oauth2/token"), true);
  }

  @Override
  public Came somebody(Trip trip, AuthorizationCode code, Map<String, String> answer)
      throws ProviderFailed {
    Tokens tokens = OAuthRequest.tokens(exchange().reply(trip, code));
    Claims user =
        Claims.read(
            line.get(
                new Call(
                    "GET",
                    URI.create(base() + "/api/users/@me"),
                    Map.of(
                        "Accept",
                        "application/json",
                        "Authorization",
                        "Bearer " + tokens.getAccessToken().getValue(),
                        "User-Agent",
                        agent(trip)),
                    "")));
    String id = user.text("id").orElse("");
    if (!id.matches("[0-9]{1,20}")) {
      throw ProviderFailed.wrong("it tells of nobody: the account has no number");
    }
    Optional<String> email = user.email("email");
    Somebody somebody =
        new Somebody(
            line.settings().name(),
            base(),
            id,
            email,
            email.isPresent() && user.isTrue("verified"),
            user.name("global_name").or(() -> user.name("username")),
            Optional.empty(),
            Optional.empty());
    return new Came(somebody, tokens);
  }
}
