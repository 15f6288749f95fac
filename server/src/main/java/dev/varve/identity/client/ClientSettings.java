package dev.varve.identity.client;

import dev.varve.identity.token.AccessTokens;
import dev.varve.kernel.FieldError;
import dev.varve.settings.Setting;
import dev.varve.settings.WrongSetting;
import java.util.List;
import java.util.Map;

/// One application that signs people in with Varve; what stands under its id in `oauth.clients`.
///
/// @param id the `client_id`
public record ClientSettings(
    String id,
    @Setting(
            required = true,
            says = "What people are told it is called, in at most 100 characters.")
        String title,
    @Setting(
            max = 20,
            says =
                "Where browsers are sent back to it, whole URLs: https, or http to this machine (127.0.0.1, [::1], localhost), where any port is as good, or the scheme of an installed application, such as com.example.app:/callback.")
        List<String> redirectUris,
    @Setting(
            max = 20,
            says = "Where browsers may be sent when somebody has signed out, whole URLs.")
        List<String> logoutUris,
    @Setting(
            standard = "openid",
            max = 100,
            says =
                "What it may ask for: openid, profile, email, offline_access, api (all that the account may), and scopes of the rules of the schema.")
        List<String> scopes,
    @Setting(
            standard = "authorization_code refresh_token",
            max = 10,
            says =
                "How it gets tokens: authorization_code, refresh_token, client_credentials (for itself; it takes a secret), urn:ietf:params:oauth:grant-type:device_code (on a device without a browser).")
        List<String> grants,
    @Setting(
            says =
                "The variable of the environment that holds its secret, of 32 bytes or more. Without one it is a public client, such as a page or an installed application.")
        String secret,
    @Setting(
            standard = "ASK",
            says =
                "Whether people are asked before it is let in: ASK, or NEVER for an application of your own.")
        ConsentPolicy consent,
    @Setting(
            says =
                "The public keys with which it authenticates by signed assertions (private_key_jwt), as JSON: {\"keys\": [...]}. A key signs with ES256, PS256 or EdDSA, or with RS256 when it says so in alg. With certificate.selfSigned those of its certificates.")
        String jwks,
    @Setting(
            says =
                "Where those keys are, in place of jwks: the URL of such JSON, https, or http to this machine. It is read when it is needed, and kept for a while.")
        String jwksUri,
    @Setting(
            standard = "false",
            says =
                "Whether it must send what it asks for to /oauth2/par first, so that browsers carry nothing but a reference to it.")
        boolean pushedRequests,
    @Setting(
            standard = "false",
            says =
                "Whether its access tokens must be bound to a key of its own (DPoP). Every client may do so.")
        boolean boundTokens,
    @Setting(
            standard = "false",
            says = "Whether /oauth2/userinfo answers it with a signed JWT, in place of plain JSON.")
        boolean signedUserInfo,
    @Setting(
            says =
                "Where it is told that a session of its own has ended (back-channel logout), a whole URL: https, or http to this machine.")
        String backchannelLogoutUri,
    ClientCertificate certificate,
    @Setting(
            standard = "false",
            says =
                "Whether its access tokens are bound to the certificate that it shows, and good on connections alone on which it shows that. Any client may: also one that proves itself in another way, and a public one.")
        boolean certificateBoundTokens) {
  /// One that does what most do.
  public ClientSettings(
      String id,
      String title,
      List<String> redirectUris,
      List<String> logoutUris,
      List<String> scopes,
      List<String> grants,
      String secret,
      ConsentPolicy consent) {
    this(
        id,
        title,
        redirectUris,
        logoutUris,
        scopes,
        grants,
        secret,
        consent,
        "",
        "",
        false,
        false,
        false,
        "",
        ClientCertificate.NONE,
        false);
  }

  public ClientSettings {
    redirectUris = List.copyOf(redirectUris);
    logoutUris = List.copyOf(logoutUris);
    scopes = List.copyOf(scopes);
    grants = List.copyOf(grants);
    if (id.equals(AccessTokens.CLIENT)) {
      throw new WrongSetting(
          "title", "belongs to a client 'varve', which is Varve itself. Give it another id");
    }
    ClientDescription.wrongId(id)
        .ifPresent(wrong -> {
          throw new WrongSetting(
              "title", "belongs to a client '%s', whose id %s".formatted(id, wrong));
        });
    ClientFeatures features =
        new ClientFeatures(
            jwks,
            jwksUri,
            pushedRequests,
            boundTokens,
            signedUserInfo,
            backchannelLogoutUri,
            certificate,
            certificateBoundTokens);
    List<FieldError> mistakes =
        new ClientDescription(title, redirectUris, logoutUris, scopes, grants, consent, features)
            .mistakes(true);
    if (!mistakes.isEmpty()) {
      throw new WrongSetting(mistakes.getFirst().field(), mistakes.getFirst().message());
    }
    if (grants.contains(GrantType.CLIENT_CREDENTIALS.value())
        && secret.isEmpty()
        && !features.proves()) {
      throw new WrongSetting(
          "secret",
          "is missing, and with the grant client_credentials it takes one. Name the variable of the environment that holds it");
    }
    if (!secret.isEmpty() && !certificate.isNone()) {
      throw new WrongSetting("secret", "stands beside certificate: " + ClientDescription.ONE_PROOF);
    }
    if (secret.startsWith("VARVE_")) {
      throw new WrongSetting(
          "secret",
          "is '%s', and variables that begin with VARVE_ are settings. Take another"
              .formatted(secret));
    }
  }

  /// What they say of it.
  public ClientDescription description() {
    return new ClientDescription(
        title, redirectUris, logoutUris, scopes, grants, consent, features());
  }

  private ClientFeatures features() {
    return new ClientFeatures(
        jwks,
        jwksUri,
        pushedRequests,
        boundTokens,
        signedUserInfo,
        backchannelLogoutUri,
        certificate,
        certificateBoundTokens);
  }

  /// The client that they describe.
  ///
  /// @param environment where its secret is
  Client client(Map<String, String> environment) {
    return Client.of(this, secret.isEmpty() ? List.of() : List.of(secretIn(environment)));
  }

  private String secretIn(Map<String, String> environment) {
    String value = environment.getOrDefault(secret, "");
    if (value.length() < Client.SECRET_LENGTH_MIN) {
      throw new WrongSetting(
          "oauth.clients[%s].secret".formatted(id),
          value.isEmpty()
              ? "names the environment variable %s, which is not set. Set it to a secret; make one with: openssl rand -hex 32"
                  .formatted(secret)
              : "names the environment variable %s, whose value has fewer than %d characters. Make one with: openssl rand -hex 32"
                  .formatted(secret, Client.SECRET_LENGTH_MIN));
    }
    return value;
  }
}
