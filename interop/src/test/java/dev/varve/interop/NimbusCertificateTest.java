package dev.varve.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenErrorResponse;
import com.nimbusds.oauth2.sdk.TokenIntrospectionRequest;
import com.nimbusds.oauth2.sdk.TokenIntrospectionResponse;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.as.AuthorizationServerMetadata;
import com.nimbusds.oauth2.sdk.as.ReadOnlyAuthorizationServerEndpointMetadata;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.auth.SelfSignedTLSClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.X509CertificateConfirmation;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The SDK of Nimbus as a client that shows a certificate of its own (RFC 8705): it is told an issuer, and finds out the rest.
class NimbusCertificateTest {
  private static final ClientID TILL = new ClientID("till");

  private static OwnCertificate ofServer;
  private static OwnCertificate ofTill;
  private static RunningVarve varve;
  private static int asking;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    ofServer = OwnCertificate.make(folder, "server");
    ofTill = OwnCertificate.make(folder, "till");
    int port = FreePorts.next();
    int plain = FreePorts.next();
    asking = FreePorts.next();
    String url = "https://localhost:" + port;
    Files.writeString(
        folder.resolve("schema.graphql"),
        """
        type Sale @model @auth(rules: [{allow: scope, scopes: ["sales"]}]) {
          total: Int!
        }
        """);
    Files.writeString(
        folder.resolve("varve.yaml"),
        """
        http:
          port: %d
          redirectPort: %d
          tls:
            certificate: %s
            clientCertificates: ANY
            clientCertificatePort: %d
        auth:
          origin: %s
        oauth:
          clients:
            till:
              title: Till
              scopes: [sales]
              grants: [client_credentials]
              jwks: '%s'
              certificate: {selfSigned: true}
              certificateBoundTokens: true
        """
            .formatted(port, plain, ofServer.file(), asking, url, ofTill.jwks()));
    varve =
        RunningVarve.start(
            folder,
            url,
            "http://127.0.0.1:" + plain,
            Map.of("VARVE_HTTP_TLS_PASSWORD", OwnCertificate.PASSWORD));
  }

  @AfterAll
  static void stop() {
    varve.close();
  }

  private static HTTPResponse send(HTTPRequest request, SSLSocketFactory tls) throws Exception {
    request.setSSLSocketFactory(tls);
    return request.send();
  }

  @Test
  void itProvesItselfAndItsTokensAreWorthNothingToOthers() throws Exception {
    SSLSocketFactory till = ofTill.speakingWith(ofServer, true);
    SSLSocketFactory nobody = ofTill.speakingWith(ofServer, false);
    AuthorizationServerMetadata metadata =
        AuthorizationServerMetadata.parse(
            send(
                    new HTTPRequest(
                        HTTPRequest.Method.GET,
                        URI.create(varve.url + "/.well-known/oauth-authorization-server")),
                    nobody)
                .getBodyAsJSONObject());
    assertThat(metadata.supportsTLSClientCertificateBoundAccessTokens()).isTrue();
    assertThat(metadata.getTokenEndpointAuthMethods())
        .contains(ClientAuthenticationMethod.SELF_SIGNED_TLS_CLIENT_AUTH);
    ReadOnlyAuthorizationServerEndpointMetadata there = metadata.getReadOnlyMtlsEndpointAliases();

    SelfSignedTLSClientAuthentication proof = new SelfSignedTLSClientAuthentication(TILL, till);
    HTTPRequest asking =
        new TokenRequest.Builder(there.getTokenEndpointURI(), proof, new ClientCredentialsGrant())
            .scope(new Scope("sales"))
            .build()
            .toHTTPRequest();
    BearerAccessToken token =
        TokenResponse.parse(asking.send()).toSuccessResponse().getTokens().getBearerAccessToken();
    assertThat(
            X509CertificateConfirmation.parse(SignedJWT.parse(token.getValue()).getJWTClaimsSet()))
        .isEqualTo(X509CertificateConfirmation.of(ofTill.certificate()));
    assertThat(
            TokenIntrospectionResponse.parse(
                    new TokenIntrospectionRequest(there.getIntrospectionEndpointURI(), proof, token)
                        .toHTTPRequest()
                        .send())
                .toSuccessResponse()
                .getX509CertificateConfirmation())
        .isEqualTo(X509CertificateConfirmation.of(ofTill.certificate()));

    assertThat(sales(token, till).getStatusCode()).isEqualTo(200);
    HTTPResponse stolen = sales(token, nobody);
    assertThat(stolen.getStatusCode()).isEqualTo(401);
    assertThat(stolen.getWWWAuthenticate()).contains("invalid_token");
    HTTPRequest without =
        new TokenRequest.Builder(
                metadata.getTokenEndpointURI(),
                new SelfSignedTLSClientAuthentication(TILL, till),
                new ClientCredentialsGrant())
            .build()
            .toHTTPRequest();
    assertThat(TokenErrorResponse.parse(without.send()).getErrorObject().getCode())
        .as("on the main port nobody is asked for a certificate")
        .isEqualTo(OAuth2Error.INVALID_CLIENT.getCode());
  }

  private static HTTPResponse sales(BearerAccessToken token, SSLSocketFactory tls)
      throws Exception {
    HTTPRequest reading =
        new HTTPRequest(
            HTTPRequest.Method.GET, URI.create("https://localhost:%d/api/sales".formatted(asking)));
    reading.setAuthorization(token.toAuthorizationHeader());
    return send(reading, tls);
  }
}
