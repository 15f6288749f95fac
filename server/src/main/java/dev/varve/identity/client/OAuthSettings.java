package dev.varve.identity.client;

import dev.varve.net.outgoing.Reach;
import dev.varve.settings.Setting;
import dev.varve.settings.WrongSetting;
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
        List<String> clientOrigins,
    @Setting(
            says =
                "Where clients come that show certificates, where that is another name or port of this server, such as https://mtls.shop.example: told in its metadata (mtls_endpoint_aliases; RFC 8705, section 5). Without it the host of the issuer, at http.tls.clientCertificatePort where that is set.")
        String certificateOrigin) {
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
    this(clients, scopes, mcp, selfDescribed, List.of(), "");
  }

  public OAuthSettings {
    clients = Map.copyOf(clients);
    scopes = Map.copyOf(scopes);
    clientOrigins = List.copyOf(clientOrigins);
    Origins.require("clientOrigins", clientOrigins);
    if (!certificateOrigin.isEmpty()) {
      Origins.require("certificateOrigin", certificateOrigin);
    }
  }

  /// Whether every client can show the certificate that it is known by, or that its tokens are bound to.
  ///
  /// @param vouched whether such come that somebody vouches for
  /// @param any whether such come that nobody need vouch for
  /// @throws WrongSetting naming a client that cannot
  public void requireCertificates(boolean vouched, boolean any) {
    clients.forEach((id, client) -> {
      ClientCertificate certificate = client.certificate();
      if (!certificate.names().isEmpty() && !vouched) {
        throw new WrongSetting(
            "oauth.clients[%s].certificate".formatted(id),
            "names a certificate that an authority vouches for, and none is taken: set http.tls.clientCertificates to OPTIONAL, and http.tls.clientAuthorities; or http.proxyCertificates to VERIFIED");
      }
      if (certificate.selfSigned() && !any) {
        throw new WrongSetting(
            "oauth.clients[%s].certificate".formatted(id),
            "is selfSigned, and only certificates are taken that somebody vouches for: set http.tls.clientCertificates to ANY, or http.proxyCertificates");
      }
      if (client.certificateBoundTokens() && !vouched && !any) {
        throw new WrongSetting(
            "oauth.clients[%s].certificateBoundTokens".formatted(id),
            "is true, and clients are not asked for certificates: set http.tls.clientCertificates to OPTIONAL or ANY, or http.proxyCertificates");
      }
    });
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
