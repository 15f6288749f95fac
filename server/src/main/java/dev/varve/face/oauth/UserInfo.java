package dev.varve.face.oauth;

import dev.varve.face.auth.AccountContext;
import dev.varve.identity.account.AccountModel;
import dev.varve.identity.client.Client;
import dev.varve.identity.client.Clients;
import dev.varve.identity.token.SignedForClients;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Authentication;
import dev.varve.net.http.Request;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.Scopes;
import dev.varve.schema.record.Entity;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// `/oauth2/userinfo`: a client asks who has signed in, with the access token that it got with the scope `openid` (OpenID Connect Core
/// 1.0, section 5.3). What it is told follows from the scopes `email` and `profile` (section 5.4).
///
/// ```
/// {"sub": "...", "email": "ada@example.com", "email_verified": true, "name": "Ada", "updated_at": 1767225600}
/// ```
///
/// In a POST the token may stand in a form in place of the header (RFC 6750, section 2.2), never in a URL.
///
/// A client may be told the same in a JWT that is signed, with `iss` and `aud` (section 5.3.2).
final class UserInfo {
  static final String PATH = "/oauth2/userinfo";
  private static final String NAME = "name";
  private static final String TOKEN = "access_token";
  private static final String FORM = "application/x-www-form-urlencoded";

  private final AccountContext context;
  private final Clients clients;
  private final SignedForClients signed;
  private final Authentication authentication;

  /// @param authentication tells whose an access token is, as it does for every request
  UserInfo(
      AccountContext context,
      Clients clients,
      SignedForClients signed,
      Authentication authentication) {
    this.context = context;
    this.authentication = authentication;
    this.clients = clients;
    this.signed = signed;
  }

  Answer get(Request request) {
    return told(request.caller());
  }

  Answer post(Request request) {
    Optional<String> token = inForm(request);
    if (token.isEmpty()) {
      return told(request.caller());
    }
    if (request.header("Authorization").isPresent()) {
      throw new Problem(
          ErrorCode.MALFORMED_REQUEST,
          "The access token comes in two ways at once: send it in the header Authorization alone");
    }
    // one that is bound to a key is refused: its proof names the scheme DPoP
    return told(authentication.caller("Bearer " + token.get(), request));
  }

  private static Optional<String> inForm(Request request) {
    boolean form =
        request.hasBody()
            && request
                .header("Content-Type")
                .filter(type -> type.split(";", 2)[0].strip().equalsIgnoreCase(FORM))
                .isPresent();
    List<String> tokens = form ? request.form().values(TOKEN) : List.of();
    if (tokens.size() > 1) {
      throw new Problem(
          ErrorCode.MALFORMED_REQUEST, "access_token is given more than once; give it once");
    }
    return tokens.stream().findFirst().filter(token -> !token.isEmpty());
  }

  private Answer told(Caller caller) {
    if (!caller.known()) {
      throw new Problem(
          ErrorCode.UNAUTHENTICATED,
          "Send the access token in the header Authorization, or in the form of a POST");
    }
    Set<String> scopes = caller.application().map(Caller.Application::scopes).orElse(Set.of());
    if (!scopes.contains(Scopes.OPENID) || caller.account().isEmpty()) {
      throw Problem.insufficientScope(
          "Who has signed in is told with the scope openid", caller.with(Set.of(Scopes.OPENID)));
    }
    Map<String, Object> claims = claims(caller.account().get(), scopes);
    Optional<Client> client =
        caller.application().flatMap(application -> clients.find(application.client()));
    return client.filter(known -> known.profile().signedUserInfo()).isPresent()
        ? signed(client.get(), claims)
        : Answer.json(200, Json.bytes(json -> Json.write(json, claims)));
  }

  private Answer signed(Client client, Map<String, Object> claims) {
    String token = signed.userInfo(client.id(), claims, context.stages().clock().instant());
    return Answer.bytes(200, "application/jwt", token.getBytes(StandardCharsets.US_ASCII));
  }

  private Map<String, Object> claims(Entity account, Set<String> scopes) {
    AccountModel accounts = context.accounts();
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("sub", account.id());
    if (scopes.contains(Scopes.EMAIL)) {
      claims.put("email", accounts.email(account));
      claims.put("email_verified", accounts.verified(account));
    }
    if (scopes.contains(Scopes.PROFILE)) {
      text(account, NAME).ifPresent(name -> claims.put(NAME, name));
      value(account, Model.UPDATED_AT)
          .filter(Instant.class::isInstance)
          .map(Instant.class::cast)
          .ifPresent(at -> claims.put("updated_at", at.getEpochSecond()));
    }
    return claims;
  }

  private static Optional<String> text(Entity account, String name) {
    return value(account, name).filter(String.class::isInstance).map(String.class::cast);
  }

  private static Optional<Object> value(Entity account, String name) {
    Optional<Field> field = account.model().field(name);
    return field.isEmpty() ? Optional.empty() : Optional.ofNullable(account.value(field.get()));
  }
}
