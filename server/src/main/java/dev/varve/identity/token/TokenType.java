package dev.varve.identity.token;

import com.nimbusds.jose.JOSEObjectType;

/// What a signed token is, so that none is ever taken for another: its header says so (RFC 8725, section 3.11).
@SuppressWarnings("ImmutableEnumChecker") // types of JOSE objects do not change
enum TokenType {
  /// RFC 9068
  ACCESS("at+jwt"),
  /// OpenID Connect Core 1.0, section 2
  ID("JWT");

  private final JOSEObjectType jose;

  TokenType(String name) {
    this.jose = new JOSEObjectType(name);
  }

  JOSEObjectType jose() {
    return jose;
  }
}
