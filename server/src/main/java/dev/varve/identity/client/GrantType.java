package dev.varve.identity.client;

import java.util.Optional;

/// How a client gets tokens (RFC 6749, section 1.3).
public enum GrantType {
  /// Somebody signs in and lets it in (section 4.1).
  AUTHORIZATION_CODE("authorization_code"),
  /// It goes on with what it was given (section 6).
  REFRESH_TOKEN("refresh_token"),
  /// It asks for itself (section 4.4).
  CLIENT_CREDENTIALS("client_credentials"),
  /// Somebody lets in a device without a browser (RFC 8628).
  DEVICE_CODE("urn:ietf:params:oauth:grant-type:device_code");

  private final String value;

  GrantType(String value) {
    this.value = value;
  }

  /// As it stands in `grant_type`.
  public String value() {
    return value;
  }

  public static Optional<GrantType> of(String value) {
    for (GrantType type : values()) {
      if (type.value.equals(value)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
