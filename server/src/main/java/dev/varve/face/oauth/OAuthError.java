package dev.varve.face.oauth;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Json;
import dev.varve.kernel.KeyChallenge;
import dev.varve.kernel.Problem;
import dev.varve.net.http.Answer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What a client asked for and does not get, as RFC 6749 (sections 4.1.2.1 and 5.2) says it:
///
/// ```
/// {"error": "invalid_grant", "error_description": "The code is not good any more"}
/// ```
final class OAuthError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  static final String INVALID_REQUEST = "invalid_request";
  static final String INVALID_CLIENT = "invalid_client";
  static final String INVALID_GRANT = "invalid_grant";
  static final String INVALID_SCOPE = "invalid_scope";
  static final String INVALID_TARGET = "invalid_target";
  static final String UNAUTHORIZED_CLIENT = "unauthorized_client";
  static final String UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type";
  static final String UNSUPPORTED_RESPONSE_TYPE = "unsupported_response_type";
  static final String ACCESS_DENIED = "access_denied";
  private static final String TEMPORARILY_UNAVAILABLE = "temporarily_unavailable";

  private final String code;
  private final int status;
  private final transient Optional<String> nonce;

  /// @param description for whoever writes the client; printable ASCII without quotes and backslashes
  OAuthError(String code, String description) {
    this(code, description, code.equals(INVALID_CLIENT) ? 401 : 400, Optional.empty());
  }

  /// For now.
  static OAuthError unavailable(String description) {
    return new OAuthError(TEMPORARILY_UNAVAILABLE, description, 503, Optional.empty());
  }

  /// For want of a bearer token (RFC 6750, section 3.1).
  static OAuthError invalidToken(String description) {
    return new OAuthError("invalid_token", description, 401, Optional.empty());
  }

  private OAuthError(String code, String description, int status, Optional<String> nonce) {
    super(printable(description), null, false, false);
    this.code = code;
    this.status = status;
    this.nonce = nonce;
  }

  /// What every part of the server refuses, as a client of the protocol knows it: with the status that it has elsewhere, and what was
  /// wrong with the proof of a key as RFC 9449, section 5, says it.
  static OAuthError of(Problem problem) {
    if (problem.keyChallenge().isPresent()) {
      KeyChallenge challenge = problem.keyChallenge().get();
      return new OAuthError(challenge.error(), problem.text(), 400, challenge.nonce());
    }
    int status = problem.code().status();
    boolean later = status >= 500 || problem.code() == ErrorCode.TOO_MANY_REQUESTS;
    return new OAuthError(
        later ? TEMPORARILY_UNAVAILABLE : INVALID_REQUEST,
        problem.text(),
        status,
        Optional.empty());
  }

  /// What of a text may stand in an error description (RFC 6749, section 5.2).
  private static String printable(String text) {
    StringBuilder safe = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean good = c >= ' ' && c <= '~' && c != '"' && c != '\\';
      safe.append(good ? c : '\'');
    }
    return safe.toString();
  }

  String code() {
    return code;
  }

  String description() {
    return String.valueOf(getMessage());
  }

  /// To a client that asks itself.
  Answer answer() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("error", code);
    members.put("error_description", description());
    Answer told = Answer.json(status, Json.bytes(json -> Json.write(json, members)));
    Answer answer = nonce.map(text -> told.with("DPoP-Nonce", text)).orElse(told);
    if (status != 401) {
      return answer;
    }
    return answer.with(
        "WWW-Authenticate",
        code.equals("invalid_token")
            ? "Bearer error=\"invalid_token\""
            : "Basic realm=\"clients\"");
  }
}
