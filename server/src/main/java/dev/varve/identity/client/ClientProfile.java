package dev.varve.identity.client;

import dev.varve.identity.token.ForeignKey;
import java.util.List;

/// What a client does beyond what most do.
///
/// @param keys with which it signs assertions
/// @param pushes whether it must push its requests (RFC 9126)
/// @param binds whether its access tokens must be bound to a key (RFC 9449)
public record ClientProfile(List<ForeignKey> keys, boolean pushes, boolean binds) {
  static final ClientProfile PLAIN = new ClientProfile(List.of(), false, false);

  public ClientProfile {
    keys = List.copyOf(keys);
  }
}
