package dev.varve.identity.provider;

import com.nimbusds.oauth2.sdk.token.AccessToken;
import com.nimbusds.oauth2.sdk.token.RefreshToken;
import com.nimbusds.oauth2.sdk.token.Tokens;
import dev.varve.kernel.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a provider has given this server with which to ask for more at the provider, in the name of somebody.
///
/// @param refresh what gets the next ones, where the provider gives that
/// @param expiresAt of the access token, where the provider tells
/// @param scopes separated by spaces; what the provider says that it is good for, else what it was asked for
public record ProviderTokens(
    String access, Optional<String> refresh, Optional<Instant> expiresAt, String scopes) {
  // those of Microsoft are the longest known, of some four thousand characters
  private static final int LENGTH_MAX = 16_000;
  private static final int SCOPES_LENGTH_MAX = 4_000;
  // so that one does not expire on its way
  private static final Duration ENDING = Duration.ofSeconds(30);
  private static final Duration LIFETIME_MAX = Duration.ofDays(3_650);

  /// Those of a reply, unless they are longer than any known.
  static Optional<ProviderTokens> of(Tokens tokens, List<String> asked, Instant now) {
    AccessToken access = tokens.getAccessToken();
    if (access == null || access.getValue().length() > LENGTH_MAX) {
      return Optional.empty();
    }
    long seconds = Math.min(access.getLifetime(), LIFETIME_MAX.toSeconds());
    String scopes =
        access.getScope() == null ? String.join(" ", asked) : access.getScope().toString();
    return Optional.of(
        new ProviderTokens(
            access.getValue(),
            Optional.ofNullable(tokens.getRefreshToken())
                .map(RefreshToken::getValue)
                .filter(refresh -> refresh.length() <= LENGTH_MAX),
            seconds > 0 ? Optional.of(now.plusSeconds(seconds)) : Optional.empty(),
            scopes.length() <= SCOPES_LENGTH_MAX ? scopes : ""));
  }

  public boolean endsAt(Instant now) {
    return expiresAt.filter(end -> !now.isBefore(end.minus(ENDING))).isPresent();
  }

  /// The same; a provider may give what gets the next ones with the first alone.
  ProviderTokens after(Optional<ProviderTokens> before) {
    return new ProviderTokens(
        access, refresh.or(() -> before.flatMap(ProviderTokens::refresh)), expiresAt, scopes);
  }

  byte[] json() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("access", access);
    refresh.ifPresent(token -> members.put("refresh", token));
    expiresAt.ifPresent(end -> members.put("expiresAt", end.getEpochSecond()));
    members.put("scopes", scopes);
    return Json.bytes(json -> Json.write(json, members));
  }

  static ProviderTokens read(byte[] json) throws ProviderFailed {
    Claims claims =
        Claims.of(Json.read(json))
            .orElseThrow(() -> ProviderFailed.wrong("its tokens are not understood"));
    return new ProviderTokens(
        claims.text("access").orElseThrow(),
        claims.text("refresh"),
        claims.instant("expiresAt"),
        claims.text("scopes").orElse(""));
  }

  /// Not the tokens: this ends up in logs.
  @Override
  public String toString() {
    return "ProviderTokens[...]";
  }
}
