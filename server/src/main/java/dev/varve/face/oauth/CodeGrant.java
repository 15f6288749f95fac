package dev.varve.face.oauth;

import com.nimbusds.oauth2.sdk.pkce.CodeChallenge;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import dev.varve.face.auth.AccountContext;
import dev.varve.face.oauth.Answering.Code;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.account.SingleUse;
import dev.varve.identity.account.SingleUse.Use;
import dev.varve.lane.write.WriteContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;

/// Tokens for a code that a browser has brought (RFC 6749, section 4.1.3). The code is used up before it is looked at.
final class CodeGrant {
  private final AccountContext context;
  private final SingleUse singleUse;
  private final ApplicationSessions sessions;

  CodeGrant(AccountContext context, SingleUse singleUse, ApplicationSessions sessions) {
    this.context = context;
    this.singleUse = singleUse;
    this.sessions = sessions;
  }

  Granted grant(TokenRequest request) {
    String code = request.require("code");
    return context.write(
        request.source(),
        write -> {
          Use use = singleUse.use(write, SingleUse.Kind.CODE, code);
          return switch (use) {
            case Use.First(Map<String, Object> content) ->
                first(write, request, code, Code.read(content));
            case Use.Again(Optional<String> session) -> {
              // whoever brought it first may have stolen it (RFC 6749, section 4.1.2)
              if (session.isPresent()) {
                context.end(write, Kind.CODE_REUSED, session.get(), request.source());
              }
              yield Granted.refused("The code has been used before: what it gave is taken back");
            }
            case Use.Unknown() -> Granted.refused("The code is none, or has expired");
          };
        });
  }

  private Granted first(WriteContext write, TokenRequest request, String text, Code code)
      throws SQLException {
    Optional<String> wrong = wrong(code, request);
    if (wrong.isPresent()) {
      return Granted.refused(wrong.get());
    }
    Granted granted = sessions.open(write, ApplicationSessions.Way.CODE, code.allowed(), request);
    if (granted instanceof Granted.ForAccount opened) {
      singleUse.came(write, SingleUse.Kind.CODE, text, opened.session().id());
    }
    return granted;
  }

  private static Optional<String> wrong(Code code, TokenRequest request) {
    if (!code.client().equals(request.client().id())) {
      return Optional.of("The code is another client's");
    }
    if (!request.client().mayUse(code.at())) {
      return Optional.of("The client was shut out since");
    }
    // not needed (OAuth 2.1, section 4.1.3), and the same when it is sent
    Optional<String> redirectUri = request.value("redirect_uri");
    if (redirectUri.filter(uri -> !uri.equals(code.redirectUri())).isPresent()) {
      return Optional.of("redirect_uri is not that of the request for the code");
    }
    Optional<String> verifier = request.value("code_verifier");
    if (verifier.isEmpty() || !verifies(verifier.get(), code.challenge())) {
      return Optional.of("code_verifier is missing, or does not fit the code_challenge");
    }
    if (code.key().isPresent() && !code.key().equals(request.binding().key())) {
      return Optional.of("The proof of the key that the request for the code named is missing");
    }
    return Optional.empty();
  }

  private static boolean verifies(String verifier, String challenge) {
    try {
      String computed =
          CodeChallenge.compute(CodeChallengeMethod.S256, new CodeVerifier(verifier)).getValue();
      return MessageDigest.isEqual(
          computed.getBytes(StandardCharsets.US_ASCII),
          challenge.getBytes(StandardCharsets.US_ASCII));
    } catch (IllegalArgumentException e) {
      return false; // too short or too long (RFC 7636, section 4.1)
    }
  }
}
