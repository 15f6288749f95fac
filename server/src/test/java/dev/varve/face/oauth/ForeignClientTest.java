package dev.varve.face.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.AuthorizationRequest;
import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.PushedAuthorizationRequest;
import com.nimbusds.oauth2.sdk.PushedAuthorizationResponse;
import com.nimbusds.oauth2.sdk.PushedAuthorizationSuccessResponse;
import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenErrorResponse;
import com.nimbusds.oauth2.sdk.TokenIntrospectionRequest;
import com.nimbusds.oauth2.sdk.TokenIntrospectionResponse;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.TokenRevocationRequest;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.dpop.DPoPProofFactory;
import com.nimbusds.oauth2.sdk.dpop.DefaultDPoPProofFactory;
import com.nimbusds.oauth2.sdk.dpop.JWKThumbprintConfirmation;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import com.nimbusds.oauth2.sdk.token.DPoPAccessToken;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.AuthenticationResponseParser;
import com.nimbusds.openid.connect.sdk.AuthenticationSuccessResponse;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.UserInfoRequest;
import com.nimbusds.openid.connect.sdk.UserInfoResponse;
import com.nimbusds.openid.connect.sdk.claims.IDTokenClaimsSet;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import dev.varve.kernel.FreePort;
import dev.varve.node.InstalledVarve;
import dev.varve.node.TestServer.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A client that somebody else wrote, the SDK of Nimbus, which finds everything by itself and holds each answer to the standard.
class ForeignClientTest {
  private static final String EMAIL = "ada@example.com";
  private static final URI BACK = URI.create("http://127.0.0.1/callback");
  private static final ClientAuthentication OFFICE =
      new ClientSecretBasic(new ClientID("office"), new Secret(Provider.SECRET));
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static InstalledVarve varve;
  private static String url;
  private static OIDCProviderMetadata metadata;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    int port = FreePort.choose();
    url = "http://127.0.0.1:" + port;
    Files.writeString(folder.resolve("schema.graphql"), Provider.SCHEMA);
    Files.writeString(folder.resolve("varve.yaml"), settings());
    varve =
        InstalledVarve.serve(
            List.of("dev", folder.toString()), port, Map.of("OFFICE_SECRET", Provider.SECRET));
    Reply made =
        send(
            "POST",
            "/auth/sign-up",
            Map.of(),
            "{\"email\": \"%s\", \"password\": \"%s\", \"name\": \"Ada\"}"
                .formatted(EMAIL, Provider.PASSWORD));
    assertThat(made.status()).as(made.text()).isLessThan(300);
    metadata = OIDCProviderMetadata.resolve(new Issuer(url));
  }

  private static String settings() {
    return """
    auth:
      verification: OPTIONAL
      origin: %s
      password: {memoryKibibytes: 7168, iterations: 1}
    oauth:
      clients:
        office:
          title: Office
          redirectUris: ["http://127.0.0.1/callback"]
          scopes: [openid, email, profile, "notes:read"]
          grants: [authorization_code, refresh_token, client_credentials]
          secret: OFFICE_SECRET
          consent: NEVER
    """
        .formatted(url);
  }

  @AfterAll
  static void stop() {
    varve.close();
  }

  private static Reply send(String method, String path, Map<String, String> headers, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .method(method, BodyPublishers.ofString(body));
    if (!headers.containsKey("Content-Type") && !body.isEmpty()) {
      request.header("Content-Type", "application/json");
    }
    headers.forEach(request::header);
    try {
      HttpResponse<byte[]> answer = CLIENT.send(request.build(), BodyHandlers.ofByteArray());
      return new Reply(answer.statusCode(), answer.headers().map(), answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Test
  void itSignsSomebodyInAndGoesOnWithNewTokens() throws Exception {
    CodeVerifier verifier = new CodeVerifier();
    State state = new State();
    Nonce nonce = new Nonce();
    AuthenticationRequest request =
        new AuthenticationRequest.Builder(
                ResponseType.CODE,
                new Scope("openid", "email", "profile", "notes:read"),
                new ClientID("office"),
                BACK)
            .endpointURI(metadata.getAuthorizationEndpointURI())
            .state(state)
            .nonce(nonce)
            .codeChallenge(verifier, CodeChallengeMethod.S256)
            .build();
    AuthenticationSuccessResponse back =
        AuthenticationResponseParser.parse(visit(request.toURI())).toSuccessResponse();
    assertThat(back.getState()).isEqualTo(state);
    assertThat(back.getIssuer()).isEqualTo(metadata.getIssuer());

    OIDCTokenResponse tokens = tokens(back.getAuthorizationCode(), verifier);
    IDTokenClaimsSet claims =
        new IDTokenValidator(
                metadata.getIssuer(),
                new ClientID("office"),
                JWSAlgorithm.RS256,
                metadata.getJWKSetURI().toURL())
            .validate(tokens.getOIDCTokens().getIDToken(), nonce);
    BearerAccessToken access = tokens.getOIDCTokens().getBearerAccessToken();
    UserInfoResponse info =
        UserInfoResponse.parse(
            new UserInfoRequest(metadata.getUserInfoEndpointURI(), access).toHTTPRequest().send());
    assertThat(info.toSuccessResponse().getUserInfo().getEmailAddress()).isEqualTo(EMAIL);
    assertThat(info.toSuccessResponse().getUserInfo().getSubject()).isEqualTo(claims.getSubject());

    TokenRequest refreshing =
        new TokenRequest.Builder(
                metadata.getTokenEndpointURI(),
                OFFICE,
                new RefreshTokenGrant(tokens.getOIDCTokens().getRefreshToken()))
            .build();
    OIDCTokenResponse next = parsed(refreshing);
    assertThat(next.getOIDCTokens().getRefreshToken())
        .isNotEqualTo(tokens.getOIDCTokens().getRefreshToken());
    assertThat(isActive(access)).isTrue();
    new TokenRevocationRequest(metadata.getRevocationEndpointURI(), OFFICE, access)
        .toHTTPRequest()
        .send();
    assertThat(isActive(access)).isFalse();
    assertThat(isActive(next.getOIDCTokens().getBearerAccessToken())).isFalse();
  }

  private static OIDCTokenResponse tokens(AuthorizationCode code, CodeVerifier verifier)
      throws Exception {
    return parsed(
        new TokenRequest.Builder(
                metadata.getTokenEndpointURI(),
                OFFICE,
                new AuthorizationCodeGrant(code, BACK, verifier))
            .build());
  }

  private static OIDCTokenResponse parsed(TokenRequest request) throws Exception {
    return (OIDCTokenResponse)
        OIDCTokenResponseParser.parse(request.toHTTPRequest().send()).toSuccessResponse();
  }

  private static boolean isActive(BearerAccessToken token) throws Exception {
    return TokenIntrospectionResponse.parse(
            new TokenIntrospectionRequest(metadata.getIntrospectionEndpointURI(), OFFICE, token)
                .toHTTPRequest()
                .send())
        .toSuccessResponse()
        .isActive();
  }

  /// What the person in the browser does.
  private static URI visit(URI asked) {
    Visitor visitor = new Visitor(ForeignClientTest::send);
    Reply page = visitor.get(asked.toString().substring(url.length()));
    Reply back = visitor.submit(page, Provider.credentials(EMAIL));
    assertThat(back.status()).as(back.text()).isBetween(302, 303);
    return URI.create(back.header("Location"));
  }

  @Test
  void itAsksForItself() throws Exception {
    TokenRequest request =
        new TokenRequest.Builder(
                metadata.getTokenEndpointURI(), OFFICE, new ClientCredentialsGrant())
            .scope(new Scope("notes:read"))
            .build();
    BearerAccessToken access =
        TokenResponse.parse(request.toHTTPRequest().send())
            .toSuccessResponse()
            .getTokens()
            .getBearerAccessToken();
    assertThat(access.getScope()).isEqualTo(new Scope("notes:read"));
    Reply notes =
        send("GET", "/api/notes", Map.of("Authorization", access.toAuthorizationHeader()), "");
    assertThat(notes.status()).isEqualTo(200);
  }

  /// With a request that it pushes, and tokens that are bound to its key.
  @Test
  void itPushesItsRequestAndBindsItsTokens() throws Exception {
    ECKey key = new ECKeyGenerator(Curve.P_256).generate();
    DPoPProofFactory proofs = new DefaultDPoPProofFactory(key, JWSAlgorithm.ES256);
    CodeVerifier verifier = new CodeVerifier();
    AuthenticationRequest request =
        new AuthenticationRequest.Builder(
                ResponseType.CODE, new Scope("openid", "notes:read"), new ClientID("office"), BACK)
            .state(new State())
            .codeChallenge(verifier, CodeChallengeMethod.S256)
            .dPoPJWKThumbprintConfirmation(JWKThumbprintConfirmation.of(key))
            .build();
    URI pushing = metadata.getPushedAuthorizationRequestEndpointURI();
    PushedAuthorizationSuccessResponse pushed =
        PushedAuthorizationResponse.parse(
                new PushedAuthorizationRequest(pushing, OFFICE, request).toHTTPRequest().send())
            .toSuccessResponse();
    AuthorizationRequest reference =
        new AuthorizationRequest.Builder(pushed.getRequestURI(), new ClientID("office"))
            .endpointURI(metadata.getAuthorizationEndpointURI())
            .build();
    AuthenticationSuccessResponse back =
        AuthenticationResponseParser.parse(visit(reference.toURI())).toSuccessResponse();

    HTTPRequest asking =
        new TokenRequest.Builder(
                metadata.getTokenEndpointURI(),
                OFFICE,
                new AuthorizationCodeGrant(back.getAuthorizationCode(), BACK, verifier))
            .build()
            .toHTTPRequest();
    asking.setDPoP(proofs.createDPoPJWT("POST", metadata.getTokenEndpointURI()));
    HTTPResponse first = asking.send();
    assertThat(TokenErrorResponse.parse(first).getErrorObject().getCode())
        .isEqualTo(OAuth2Error.USE_DPOP_NONCE.getCode());
    asking.setDPoP(
        proofs.createDPoPJWT("POST", metadata.getTokenEndpointURI(), first.getDPoPNonce()));
    DPoPAccessToken access =
        OIDCTokenResponseParser.parse(asking.send())
            .toSuccessResponse()
            .getTokens()
            .getDPoPAccessToken();
    assertThat(access).isNotNull();

    URI notes = URI.create(url + "/api/notes");
    HTTPRequest reading = new HTTPRequest(HTTPRequest.Method.GET, notes);
    reading.setAuthorization(access.toAuthorizationHeader());
    reading.setDPoP(proofs.createDPoPJWT("GET", notes, access, first.getDPoPNonce()));
    assertThat(reading.send().getStatusCode()).isEqualTo(200);
    reading.setAuthorization(new BearerAccessToken(access.getValue()).toAuthorizationHeader());
    assertThat(reading.send().getStatusCode()).isEqualTo(401);
  }

  @Test
  void whatItFindsIsWhatTheStandardWants() throws Exception {
    assertThat(metadata.getIssuer()).isEqualTo(new Issuer(url));
    assertThat(metadata.getIDTokenJWSAlgs()).contains(JWSAlgorithm.RS256);
    assertThat(metadata.getCodeChallengeMethods()).containsExactly(CodeChallengeMethod.S256);
    assertThat(metadata.supportsAuthorizationResponseIssuerParam()).isTrue();
    assertThat(metadata.getScopes().toStringList()).contains("openid", "notes:read");
    JWKSet keys = JWKSet.load(metadata.getJWKSetURI().toURL());
    assertThat(keys.getKeys()).isNotEmpty().noneMatch(JWK::isPrivate);
    Reply oauth = send("GET", Metadata.OAUTH, Map.of(), "");
    Reply openid = send("GET", Metadata.OPENID, Map.of(), "");
    assertThat(oauth.text()).isEqualTo(openid.text());
  }
}
