package dev.varve.face.oauth;

import dev.varve.identity.client.ClientMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Which certificates clients can show here (RFC 8705).
///
/// @param vouched whether such that somebody vouches for
/// @param any whether such that nobody need vouch for
/// @param origin where they come with them, if that is elsewhere: scheme, host and port
public record MutualTls(boolean vouched, boolean any, Optional<String> origin) {
  /// None.
  public static final MutualTls NONE = new MutualTls(false, false, Optional.empty());

  boolean isOn() {
    return vouched || any;
  }

  /// How clients prove themselves with one.
  List<String> methods() {
    List<String> methods = new ArrayList<>();
    if (vouched) {
      methods.add(ClientMetadata.CERTIFICATE);
    }
    if (any) {
      methods.add(ClientMetadata.OWN_CERTIFICATE);
    }
    return methods;
  }

  /// Whether a client can prove itself in a way, as far as certificates are needed for it.
  boolean serves(String method) {
    return switch (method) {
      case ClientMetadata.CERTIFICATE -> vouched;
      case ClientMetadata.OWN_CERTIFICATE -> any;
      default -> true; // no certificate is
    };
  }
}
