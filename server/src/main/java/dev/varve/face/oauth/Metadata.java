package dev.varve.face.oauth;

import dev.varve.face.auth.Accounts;
import dev.varve.face.auth.Languages;
import dev.varve.identity.account.SignInMethod;
import dev.varve.identity.client.Clients;
import dev.varve.identity.client.GrantType;
import dev.varve.identity.client.RegistrationPolicy;
import dev.varve.identity.token.ForeignKey;
import dev.varve.identity.token.SigningAlgorithm;
import dev.varve.kernel.Json;
import dev.varve.net.http.Answer;
import java.net.URI;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What clients find out by themselves: where everything is, and what is spoken (RFC 8414; OpenID Connect Discovery 1.0, section 3).
final class Metadata {
  static final String OPENID = "/.well-known/openid-configuration";
  static final String OAUTH = "/.well-known/oauth-authorization-server";

  private final String issuer;
  private final SigningAlgorithm algorithm;
  private final Clients clients;
  private final RegistrationPolicy registration;
  private final MutualTls certificates;

  /// @param issuer a URL, before every path here
  /// @param clients whose scopes are told
  /// @param certificates that clients can show
  Metadata(
      String issuer,
      SigningAlgorithm algorithm,
      Clients clients,
      RegistrationPolicy registration,
      MutualTls certificates) {
    this.certificates = certificates;
    this.issuer = issuer;
    this.algorithm = algorithm;
    this.clients = clients;
    this.registration = registration;
  }

  /// Where it is found: also with the path of an issuer that has one, behind the well-known part (RFC 8414, section 3.1) and before it
  /// (OpenID Connect Discovery 1.0, section 4).
  List<String> paths() {
    String own = path();
    return own.isEmpty()
        ? List.of(OPENID, OAUTH)
        : List.of(OPENID, OAUTH, OPENID + own, OAUTH + own, own + OPENID);
  }

  /// That of the issuer.
  private String path() {
    String path = URI.create(issuer).getRawPath();
    return path == null || path.equals("/") ? "" : path;
  }

  private Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("issuer", issuer);
    members.put("authorization_endpoint", issuer + AuthorizationEndpoint.PATH);
    members.put("pushed_authorization_request_endpoint", issuer + PushedRequests.PATH);
    members.put("require_pushed_authorization_requests", false);
    members.put("token_endpoint", issuer + TokenEndpoint.PATH);
    members.put("device_authorization_endpoint", issuer + DeviceRequests.PATH);
    members.put("userinfo_endpoint", issuer + UserInfo.PATH);
    members.put("jwks_uri", issuer + Accounts.KEYS_PATH);
    members.put("introspection_endpoint", issuer + TokenStatus.INTROSPECT);
    members.put("revocation_endpoint", issuer + TokenStatus.REVOKE);
    members.put("end_session_endpoint", issuer + Logout.PATH);
    members.put("scopes_supported", List.copyOf(clients.scopes()));
    members.put("response_types_supported", List.of("code"));
    members.put("response_modes_supported", List.of("query", "form_post"));
    members.put(
        "grant_types_supported", Arrays.stream(GrantType.values()).map(GrantType::value).toList());
    members.put("subject_types_supported", List.of("public"));
    members.put("id_token_signing_alg_values_supported", List.of(algorithm.name()));
    members.put("userinfo_signing_alg_values_supported", List.of(algorithm.name()));
    members.put("backchannel_logout_supported", true);
    members.put("backchannel_logout_session_supported", true);
    List<String> secret =
        Stream.concat(
                Stream.of("client_secret_basic", "client_secret_post", "private_key_jwt"),
                certificates.methods().stream())
            .toList();
    List<String> every = Stream.concat(secret.stream(), Stream.of("none")).toList();
    List<String> algorithms =
        Stream.concat(ForeignKey.STRONG_NAMES.stream(), Stream.of("RS256")).toList();
    proofs(members, "token", every, algorithms);
    proofs(members, "introspection", secret, algorithms);
    proofs(members, "revocation", every, algorithms);
    members.put("dpop_signing_alg_values_supported", ForeignKey.STRONG_NAMES);
    members.put("tls_client_certificate_bound_access_tokens", certificates.isOn());
    certificates
        .origin()
        .filter(_ -> certificates.isOn())
        .ifPresent(origin -> members.put("mtls_endpoint_aliases", aliases(origin)));
    members.put("code_challenge_methods_supported", List.of("S256"));
    members.put("authorization_response_iss_parameter_supported", true);
    if (Registration.isOn(registration)) {
      members.put("registration_endpoint", issuer + Registration.PATH);
    }
    if (clients.takesDocuments()) {
      members.put("client_id_metadata_document_supported", true);
    }
    members.put("acr_values_supported", List.of(SignInMethod.LEVEL_ONE, SignInMethod.LEVEL_TWO));
    members.put("prompt_values_supported", List.of("none", "login", "consent", "select_account"));
    members.put(
        "claims_supported",
        List.of(
            "sub",
            "iss",
            "aud",
            "exp",
            "iat",
            "auth_time",
            "acr",
            "amr",
            "nonce",
            "sid",
            "email",
            "email_verified",
            "name",
            "updated_at"));
    members.put("ui_locales_supported", Languages.spoken());
    members.put("claims_parameter_supported", false);
    members.put("request_parameter_supported", false);
    members.put("request_uri_parameter_supported", false);
    return members;
  }

  /// How clients authenticate at an endpoint.
  private static void proofs(
      Map<String, Object> members, String endpoint, List<String> methods, List<String> algorithms) {
    members.put(endpoint + "_endpoint_auth_methods_supported", methods);
    members.put(endpoint + "_endpoint_auth_signing_alg_values_supported", algorithms);
  }

  /// Where clients that show a certificate find what else is at the issuer (RFC 8705, section 5).
  private Map<String, Object> aliases(String origin) {
    String start = origin + path();
    Map<String, Object> aliases = new LinkedHashMap<>();
    aliases.put("token_endpoint", start + TokenEndpoint.PATH);
    aliases.put("pushed_authorization_request_endpoint", start + PushedRequests.PATH);
    aliases.put("device_authorization_endpoint", start + DeviceRequests.PATH);
    aliases.put("introspection_endpoint", start + TokenStatus.INTROSPECT);
    aliases.put("revocation_endpoint", start + TokenStatus.REVOKE);
    aliases.put("userinfo_endpoint", start + UserInfo.PATH);
    return aliases;
  }

  Answer answer() {
    return Answer.json(200, Json.bytes(json -> Json.write(json, members())));
  }
}
