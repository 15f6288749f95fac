package dev.varve.face.oauth;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.RequestProofs;
import dev.varve.identity.account.Sessions.OneSession;
import dev.varve.identity.token.AccessTokens.Given;
import dev.varve.identity.token.IdTokens;
import dev.varve.identity.token.KeyProofs;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.identity.token.TokenBinding;
import dev.varve.kernel.Json;
import dev.varve.net.http.Answer;
import dev.varve.schema.Scopes;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// Signs what was granted, and tells the client (RFC 6749, section 5.1; OpenID Connect Core 1.0, section 3.1.3.3).
final class TokenAnswers {
  private final AccountContext context;
  private final RequestProofs keys;
  private final IdTokens idTokens;

  TokenAnswers(AccountContext context, RequestProofs keys, IdTokens idTokens) {
    this.context = context;
    this.keys = keys;
    this.idTokens = idTokens;
  }

  /// @param binding to which access tokens are bound
  /// @throws OAuthError when it was refused
  Answer of(Granted granted, TokenBinding binding) {
    Answer answer = answer(granted, binding);
    return binding.key().isPresent() ? answer.with("DPoP-Nonce", keys.nonce()) : answer;
  }

  private Answer answer(Granted granted, TokenBinding binding) {
    Instant now = context.stages().clock().instant();
    return switch (granted) {
      case Granted.ForAccount(
              Given access,
              OneSession session,
              Optional<OpaqueToken> refresh,
              Optional<String> nonce) -> {
        Optional<String> idToken =
            access.scopes().contains(Scopes.OPENID)
                ? Optional.of(idTokens.issue(subject(access, session, nonce), now))
                : Optional.empty();
        yield told(access.boundTo(binding), now, refresh, idToken);
      }
      case Granted.ForItself(Given access) ->
          told(access.boundTo(binding), now, Optional.empty(), Optional.empty());
      case Granted.Refused(OAuthError error) -> throw error;
    };
  }

  private static IdTokens.Subject subject(
      Given access, OneSession session, Optional<String> nonce) {
    return new IdTokens.Subject(
        session.account(), access.client(), session.id(), nonce, session.authenticated());
  }

  private Answer told(
      Given given, Instant at, Optional<OpaqueToken> refresh, Optional<String> idToken) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("access_token", context.tokens().access().issue(given, at));
    members.put("token_type", given.binding().key().isPresent() ? KeyProofs.HEADER : "Bearer");
    members.put("expires_in", context.tokens().access().lifetimeSeconds());
    refresh.ifPresent(token -> members.put("refresh_token", token.text()));
    members.put("scope", String.join(" ", new TreeSet<>(given.scopes())));
    idToken.ifPresent(token -> members.put("id_token", token));
    return OAuthForm.secret(Answer.json(200, Json.bytes(json -> Json.write(json, members))));
  }
}
