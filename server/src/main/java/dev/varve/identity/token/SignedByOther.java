package dev.varve.identity.token;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.util.Base64URL;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A signed JWT that somebody else has made (RFC 7515, section 7.1), taken apart, and not verified yet.
///
/// @param headerText as it came
/// @param input what is signed: the first two parts
record SignedByOther(
    String headerText, JWSHeader header, Map<?, ?> claims, byte[] input, Base64URL signature) {
  // a key of 4,096 bits and a signature of one take about 1,500
  private static final int LENGTH_MAX = 8_192;

  /// Nothing when it is none.
  static Optional<SignedByOther> parse(String token) {
    return parse(token, _ -> Optional.empty());
  }

  /// The same where many begin with the same header, which takes longer to read than all that follows.
  ///
  /// @param known the header of a text, if that was read before
  static Optional<SignedByOther> parse(String token, Function<String, Optional<JWSHeader>> known) {
    int headerEnd = token.indexOf('.');
    int payloadEnd = token.indexOf('.', headerEnd + 1);
    if (token.length() > LENGTH_MAX
        || headerEnd < 0
        || payloadEnd < 0
        || token.indexOf('.', payloadEnd + 1) >= 0) {
      return Optional.empty();
    }
    try {
      String headerText = token.substring(0, headerEnd);
      Optional<JWSHeader> before = known.apply(headerText);
      JWSHeader header =
          before.isPresent() ? before.get() : JWSHeader.parse(new Base64URL(headerText));
      // critical parts are parts that must be understood, and none is (RFC 7515, section 4.1.11)
      return header.getCriticalParams() == null
          ? Optional.of(
              new SignedByOther(
                  headerText,
                  header,
                  claims(token.substring(headerEnd + 1, payloadEnd)),
                  token.substring(0, payloadEnd).getBytes(StandardCharsets.US_ASCII),
                  signature(token.substring(payloadEnd + 1))))
          : Optional.empty();
    } catch (ParseException | Problem | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Map<?, ?> claims(String base64) {
    byte[] json = Base64.getUrlDecoder().decode(base64.getBytes(StandardCharsets.US_ASCII));
    if (Json.read(json) instanceof Map<?, ?> claims) {
      return claims;
    }
    throw new IllegalArgumentException("claims");
  }

  /// One way to write it: base64 leaves bits at the end that mean nothing.
  private static Base64URL signature(String text) {
    byte[] decoded = Base64.getUrlDecoder().decode(text.getBytes(StandardCharsets.US_ASCII));
    if (!Base64.getUrlEncoder().withoutPadding().encodeToString(decoded).equals(text)) {
      throw new IllegalArgumentException("signature");
    }
    return new Base64URL(text);
  }

  /// The type that it says it is; nothing when it says none.
  Optional<String> type() {
    return Optional.ofNullable(header.getType()).map(Object::toString);
  }

  /// A claim that is a text which says something.
  Optional<String> text(String name) {
    return claims.get(name) instanceof String text && !text.isEmpty()
        ? Optional.of(text)
        : Optional.empty();
  }

  /// A claim that is an instant, in seconds (RFC 7519, section 2); nothing when it is missing.
  ///
  /// @throws IllegalArgumentException when it is something else
  Optional<Long> seconds(String name) {
    @Nullable Object value = claims.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof Number number && number.doubleValue() >= 0) {
      return Optional.of(number.longValue());
    }
    throw new IllegalArgumentException(name);
  }
}
