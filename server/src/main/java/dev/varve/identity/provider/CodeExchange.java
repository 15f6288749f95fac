package dev.varve.identity.provider;

import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.token.RefreshToken;
import dev.varve.identity.provider.IdentityProvider.Line;
import dev.varve.net.outgoing.OutgoingCalls.Call;
import dev.varve.net.outgoing.OutgoingCalls.Reply;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Asks for tokens: with the code of a browser, the verifier of its trip and the proof of this server (RFC 6749, section 4.1.3).
///
/// @param post whether the proof goes into the form
record CodeExchange(Line line, URI endpoint, boolean post) {
  private static final String JSON = "application/json";

  /// The whole reply, whatever it says.
  HTTPResponse reply(Trip trip, AuthorizationCode code) throws ProviderFailed {
    return reply(new AuthorizationCodeGrant(code, trip.redirectUri(), trip.verifier()));
  }

  /// The next tokens (RFC 6749, section 6).
  HTTPResponse reply(RefreshToken refresh) throws ProviderFailed {
    return reply(new RefreshTokenGrant(refresh));
  }

  private HTTPResponse reply(AuthorizationGrant grant) throws ProviderFailed {
    TokenRequest request =
        line.secret()
            .proof(post, line.clock().instant())
            .map(proof -> new TokenRequest.Builder(endpoint, proof, grant).build())
            .orElseGet(() ->
                new TokenRequest.Builder(endpoint, new ClientID(line.settings().clientId()), grant)
                    .build());
    return parsed(line.send(call(request.toHTTPRequest())));
  }

  private static Call call(HTTPRequest request) {
    Map<String, String> headers = new TreeMap<>();
    request.getHeaderMap().forEach((name, values) -> headers.put(name, String.join(", ", values)));
    // some answer with a form when they are not asked for JSON
    headers.put("Accept", JSON);
    return new Call("POST", request.getURI(), headers, request.getBody());
  }

  private static HTTPResponse parsed(Reply reply) throws ProviderFailed {
    if (Line.isBusy(reply)) {
      throw new ProviderFailed(
          ProviderFailed.Kind.UNAVAILABLE,
          "it has answered the request for tokens with %d".formatted(reply.status()));
    }
    HTTPResponse response = new HTTPResponse(reply.status());
    try {
      if (reply.header("Content-Type").orElse("").toLowerCase(Locale.ROOT).startsWith(JSON)) {
        response.setContentType(JSON);
      }
      response.setBody(reply.body());
      return response;
    } catch (ParseException e) {
      throw new IllegalStateException("JSON is a media type", e);
    }
  }
}
