package dev.varve.identity.token;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What has to come along with a token (`cnf`; RFC 7800), so that whoever finds it can do nothing with it.
///
/// @param key the thumbprint of the key whose proof comes with each request (`jkt`; RFC 9449, section 6.1)
/// @param certificate the thumbprint of the certificate that its client shows (`x5t#S256`; RFC 8705, section 3.1)
public record TokenBinding(Optional<String> key, Optional<String> certificate) {
  /// Nothing has to.
  public static final TokenBinding NONE = new TokenBinding(Optional.empty(), Optional.empty());

  public static final String CLAIM = "cnf";
  static final String KEY = "jkt";
  static final String CERTIFICATE = "x5t#S256";

  public boolean isNone() {
    return key.isEmpty() && certificate.isEmpty();
  }

  /// Whether what came will do.
  public boolean isMetBy(TokenBinding came) {
    return (key.isEmpty() || key.equals(came.key))
        && (certificate.isEmpty() || certificate.equals(came.certificate));
  }

  /// As tokens and introspection tell it.
  public Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    key.ifPresent(thumbprint -> members.put(KEY, thumbprint));
    certificate.ifPresent(thumbprint -> members.put(CERTIFICATE, thumbprint));
    return members;
  }
}
