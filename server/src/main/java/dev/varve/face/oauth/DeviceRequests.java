package dev.varve.face.oauth;

import dev.varve.face.auth.AccountContext;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.client.Client;
import dev.varve.identity.client.Devices;
import dev.varve.identity.client.GrantType;
import dev.varve.identity.token.Audiences;
import dev.varve.identity.token.TokenBinding;
import dev.varve.kernel.Json;
import dev.varve.net.http.Answer;
import dev.varve.net.http.QueryString;
import dev.varve.net.http.Request;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// `POST /oauth2/device_authorization`: a device without a browser asks for two codes, one for itself and one for people to type
/// elsewhere (RFC 8628, section 3.1).
///
/// ```
/// {"device_code": "...", "user_code": "WDJB-MJHT", "verification_uri": "https://shop.example/oauth2/device",
///  "verification_uri_complete": "https://shop.example/oauth2/device?user_code=WDJB-MJHT", "expires_in": 600, "interval": 5}
/// ```
final class DeviceRequests {
  static final String PATH = "/oauth2/device_authorization";

  private final AccountContext context;
  private final ClientProof proof;
  private final Devices devices;
  private final Audiences audiences;
  private final String issuer;

  /// @param audiences whom access tokens may be for
  DeviceRequests(
      AccountContext context,
      ClientProof proof,
      Devices devices,
      Audiences audiences,
      String issuer) {
    this.context = context;
    this.proof = proof;
    this.devices = devices;
    this.audiences = audiences;
    this.issuer = issuer;
  }

  Answer post(Request request) {
    QueryString form = OAuthForm.of(request);
    Client client = proof.prove(request, form);
    if (!client.grants().contains(GrantType.DEVICE_CODE)) {
      throw new OAuthError(
          OAuthError.UNAUTHORIZED_CLIENT, "The client is not registered for devices");
    }
    RequestSource source = AccountContext.source(request);
    TokenRequest asked = TokenRequest.of(form, client, audiences, TokenBinding.NONE, source);
    AuthorizationRequest kept = kept(asked);
    Devices.Codes codes =
        context.write(source, write -> devices.ask(write, client.id(), kept.json()));
    return OAuthForm.secret(Answer.json(200, Json.bytes(json -> Json.write(json, told(codes)))));
  }

  /// What is asked of people, as if a browser had come with it.
  private static AuthorizationRequest kept(TokenRequest asked) {
    return new AuthorizationRequest(
        asked.client().id(),
        "",
        AuthorizationRequests.granted(asked.scopes(), asked.client()),
        Optional.empty(),
        Optional.empty(),
        false,
        "",
        asked.resource(),
        Set.of(),
        OptionalLong.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(
            new AuthorizationRequest.Device(
                "", "", asked.source().address(), asked.source().device())),
        false);
  }

  private Map<String, Object> told(Devices.Codes codes) {
    String page = issuer + DevicePage.PATH;
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("device_code", codes.code().text());
    members.put("user_code", codes.userCode());
    members.put("verification_uri", page);
    members.put("verification_uri_complete", page + "?user_code=" + codes.userCode());
    members.put("expires_in", Devices.LIFETIME.toSeconds());
    members.put("interval", DeviceGrant.INTERVAL_SECONDS);
    return members;
  }
}
