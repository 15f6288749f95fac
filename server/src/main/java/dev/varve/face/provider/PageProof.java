package dev.varve.face.provider;

import dev.varve.identity.token.OpaqueToken;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Pattern;

/// That a page is the one that sent a browser to a provider: it knows the text of which it told the SHA-256 (RFC 7636, section 4.6).
final class PageProof {
  private static final Pattern VERIFIER = Pattern.compile("[A-Za-z0-9._~-]{43,128}");

  private PageProof() {}

  /// @param content of what is good once, with the goal that it was made for
  static boolean fits(Map<String, Object> content, String verifier) {
    if (!(Goal.read(content) instanceof Goal.Page page) || !VERIFIER.matcher(verifier).matches()) {
      return false;
    }
    return MessageDigest.isEqual(
        challenge(verifier).getBytes(StandardCharsets.US_ASCII),
        page.challenge().getBytes(StandardCharsets.US_ASCII));
  }

  static String challenge(String verifier) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(OpaqueToken.sha256(verifier));
  }
}
