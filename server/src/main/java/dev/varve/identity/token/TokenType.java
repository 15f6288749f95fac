package dev.varve.identity.token;

import com.nimbusds.jose.JOSEObjectType;
import org.jspecify.annotations.Nullable;

/// What a signed token is, so that none is ever taken for another: its header says so (RFC 8725, section 3.11).
@SuppressWarnings("ImmutableEnumChecker") // types of JOSE objects do not change
enum TokenType {
  /// RFC 9068
  ACCESS("at+jwt"),
  /// OpenID Connect Core 1.0, section 2
  ID("JWT"),
  /// OpenID Connect Core 1.0, section 5.3.2; no standard names a type for it, and most clients take none but JWT.
  USER_INFO(),
  /// OpenID Connect Back-Channel Logout 1.0, section 2.4
  LOGOUT("logout+jwt");

  private final @Nullable JOSEObjectType jose;

  TokenType(String name) {
    this.jose = new JOSEObjectType(name);
  }

  TokenType() {
    this.jose = null;
  }

  /// Nothing for one that says no type.
  @Nullable JOSEObjectType jose() {
    return jose;
  }
}
