package dev.varve.identity.client;

import dev.varve.net.outgoing.Reach;
import dev.varve.settings.Setting;
import java.util.List;
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
        Map<String, String> scopes,
    @Setting(
            standard = "false",
            says =
                "Whether clients of the Model Context Protocol find here what they need: it takes the URL of a document as client_id (selfDescribed.documents).")
        boolean mcp,
    SelfDescribedSettings selfDescribed,
    @Setting(
            max = 100,
            says =
                "The origins that are asked for clients of administrators (jwksUri, backchannelLogoutUri) wherever they are, such as https://wiki.internal; also http to this machine, for whoever writes an application. Without any, those on the internet alone.")
        List<String> clientOrigins) {
  public static final OAuthSettings NONE = new OAuthSettings(Map.of(), Map.of());

  /// Of clients that are declared, and no others.
  public OAuthSettings(Map<String, ClientSettings> clients, Map<String, String> scopes) {
    this(clients, scopes, false, SelfDescribedSettings.NONE);
  }

  public OAuthSettings(
      Map<String, ClientSettings> clients,
      Map<String, String> scopes,
      boolean mcp,
      SelfDescribedSettings selfDescribed) {
    this(clients, scopes, mcp, selfDescribed, List.of());
  }

  public OAuthSettings {
    clients = Map.copyOf(clients);
    scopes = Map.copyOf(scopes);
    clientOrigins = List.copyOf(clientOrigins);
    Origins.require("clientOrigins", clientOrigins);
  }

  /// Who is asked for clients of administrators.
  Reach reach() {
    return Origins.reach(clientOrigins);
  }

  /// Whether the URL of a document is good as the id of a client.
  public boolean takesDocuments() {
    return mcp || selfDescribed.documents();
  }
}
