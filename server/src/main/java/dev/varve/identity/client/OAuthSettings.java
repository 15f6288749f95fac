package dev.varve.identity.client;

import dev.varve.settings.Setting;
import java.util.Map;

/// Signing in to other applications; section `oauth` of `varve.yaml`.
public record OAuthSettings(
    @Setting(
            max = 1_000,
            says =
                "The applications that sign people in with this server, each under its client_id.")
        Map<String, ClientSettings> clients,
    @Setting(
            max = 1_000,
            says =
                "What people are told of a scope before they let an application in, such as `orders:read: See your orders`.")
        Map<String, String> scopes) {
  public static final OAuthSettings NONE = new OAuthSettings(Map.of(), Map.of());

  public OAuthSettings {
    clients = Map.copyOf(clients);
    scopes = Map.copyOf(scopes);
  }
}
