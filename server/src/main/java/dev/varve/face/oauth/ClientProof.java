package dev.varve.face.oauth;

import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.PlainClientSecret;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import dev.varve.face.auth.AccountContext;
import dev.varve.identity.account.Attempts;
import dev.varve.identity.account.Consents;
import dev.varve.identity.account.FailedAttempts;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.account.SingleUse;
import dev.varve.identity.client.Client;
import dev.varve.identity.client.ClientKeySets;
import dev.varve.identity.client.Clients;
import dev.varve.identity.token.ClientAssertions;
import dev.varve.identity.token.ForeignKey;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.net.http.QueryString;
import dev.varve.net.http.Request;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Finds out which client sends a request (RFC 6749, section 2.3): by its secret in the header `Authorization` or in the body, by an
/// assertion that it has signed (RFC 7523, section 2.2), by its id and the certificate that it showed (RFC 8705, section 2), or, of a public
/// client, by its id alone. Two ways at once are refused, and so are ids that differ.
final class ClientProof {
  private static final String CLIENT_ID = "client_id";
  private static final String SECRET = "client_secret";
  private static final String ASSERTION = "client_assertion";
  private static final String ASSERTION_TYPE = "client_assertion_type";
  private static final String JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

  /// What of a form proves the client, and is no part of what it asks for.
  static final Set<String> PARAMETERS = Set.of(SECRET, ASSERTION, ASSERTION_TYPE);

  private final AccountContext context;
  private final FailedAttempts failures;
  private final Clients clients;
  private final ClientAssertions assertions;
  private final ClientKeySets<ForeignKey> keys;
  private final CertificateProof certificates;

  /// @param issuer for whom assertions are made
  ClientProof(AccountContext context, FailedAttempts failures, Clients clients, String issuer) {
    this.context = context;
    this.failures = failures;
    this.clients = clients;
    this.assertions = new ClientAssertions(issuer);
    this.keys = ClientKeySets.signing(clients, context.stages().clock());
    this.certificates = new CertificateProof(clients, context.stages().clock());
  }

  /// @throws OAuthError invalid_client, or invalid_request
  Client prove(Request request, QueryString form) {
    // who is asked what it is must have been let in by somebody: else anybody could have this
    // server
    // ask anywhere, again and again
    return prove(request, form, id -> new Consents(context.stages().database()).knows(id));
  }

  /// The same of a client that may come for the first time, where there is a limit on how often anybody does.
  ///
  /// @throws OAuthError invalid_client, or invalid_request
  Client meet(Request request, QueryString form) {
    return prove(request, form, _ -> true);
  }

  /// @param asks whether a client is asked what it is, which says so at the URL that is its id
  private Client prove(Request request, QueryString form, Predicate<String> asks) {
    Optional<String> named = OAuthForm.value(form, CLIENT_ID);
    if (!form.values(ASSERTION).isEmpty() || !form.values(ASSERTION_TYPE).isEmpty()) {
      return asserted(request, form, named, asks);
    }
    Optional<ClientAuthentication> given = given(request, form);
    if (given.isEmpty()) {
      return byName(
          request,
          named.orElseThrow(
              () -> refused("The request names no client: send client_id, or authenticate")),
          asks);
    }
    if (!(given.get() instanceof PlainClientSecret proof)) {
      throw refused("This way to authenticate a client is not taken here");
    }
    String id = proof.getClientID().getValue();
    requireSame(named, id);
    return withSecret(id, proof.getClientSecret().getValue(), AccountContext.source(request));
  }

  private static void requireSame(Optional<String> named, String id) {
    if (named.filter(other -> !other.equals(id)).isPresent()) {
      throw new OAuthError(
          OAuthError.INVALID_REQUEST, "client_id differs from the client that authenticates");
    }
  }

  private static OAuthError twoWays() {
    return new OAuthError(
        OAuthError.INVALID_REQUEST, "The client authenticates in two ways at once; take one");
  }

  private Client asserted(
      Request request, QueryString form, Optional<String> named, Predicate<String> asks) {
    if (request.header("Authorization").isPresent() || !form.values(SECRET).isEmpty()) {
      throw twoWays();
    }
    if (!OAuthForm.value(form, ASSERTION_TYPE).equals(Optional.of(JWT_BEARER))) {
      throw refused("client_assertion_type must be " + JWT_BEARER);
    }
    String assertion =
        OAuthForm.value(form, ASSERTION).orElseThrow(() -> refused("client_assertion is missing"));
    String id =
        ClientAssertions.client(assertion)
            .orElseThrow(() -> refused("The client assertion names no client (sub)"));
    requireSame(named, id);
    Client client =
        known(id, asks)
            .filter(found -> found.profile().signs())
            .orElseThrow(() -> refused("No such client is known here, or it has no keys"));
    requireFirst(client, verified(client, assertion), AccountContext.source(request));
    return client;
  }

  private ClientAssertions.Verified verified(Client client, String assertion) {
    try {
      List<ForeignKey> known = keys.of(client);
      try {
        return verified(client, assertion, known);
      } catch (ClientAssertions.Wrong e) {
        List<ForeignKey> newest = e.unsigned() ? keys.newestOf(client) : known;
        if (newest.equals(known)) {
          throw e;
        }
        return verified(client, assertion, newest);
      }
    } catch (ClientAssertions.Wrong | ClientKeySets.Bad e) {
      throw refused("The client assertion is not good: " + e.getMessage());
    }
  }

  private ClientAssertions.Verified verified(
      Client client, String assertion, List<ForeignKey> known) throws ClientAssertions.Wrong {
    return assertions.verify(assertion, client.id(), known, context.stages().clock().instant());
  }

  private void requireFirst(
      Client client, ClientAssertions.Verified assertion, RequestSource source) {
    boolean first =
        context.write(
            source,
            write ->
                SingleUse.spend(
                    write,
                    SingleUse.Kind.ASSERTION,
                    client.id() + " " + assertion.id(),
                    assertion.expiresAt()));
    if (!first) {
      throw refused("The client assertion has been used before: make another one (jti)");
    }
  }

  /// As the protocol has it, which refuses what is malformed.
  private static Optional<ClientAuthentication> given(Request request, QueryString form) {
    Optional<String> header = request.header("Authorization");
    if (header.isPresent() && !form.values(SECRET).isEmpty()) {
      throw twoWays();
    }
    if (header.isEmpty() && form.values(SECRET).isEmpty()) {
      return Optional.empty();
    }
    HTTPRequest bridged = OAuthForm.bridged(URI.create("https://varve.invalid/"), form);
    header.ifPresent(bridged::setAuthorization);
    try {
      return Optional.ofNullable(ClientAuthentication.parse(bridged));
    } catch (ParseException e) {
      throw refused("The client authentication is malformed");
    }
  }

  /// One that says who it is, and proves it by its certificate if it is known by one.
  private Client byName(Request request, String id, Predicate<String> asks) {
    Client client = known(id, asks).orElseThrow(() -> refused("No such client is known here"));
    if (!client.profile().certificate().isNone()) {
      certificates.require(client, request);
      return client;
    }
    if (client.confidential()) {
      throw refused("The client must authenticate with its secret, or with an assertion");
    }
    return client;
  }

  private Optional<Client> known(String id, Predicate<String> asks) {
    Optional<Client> found = clients.find(id);
    if (found.isPresent() || !clients.isDocument(id)) {
      return found;
    }
    try {
      return asks.test(id) ? clients.resolve(id) : Optional.empty();
    } catch (Problem problem) {
      // an outage is no fault of the client, which would forget its tokens
      throw problem.code() == ErrorCode.UPSTREAM_UNAVAILABLE ? problem : refused(problem.text());
    }
  }

  private Client withSecret(String id, String secret, RequestSource source) {
    context.attempts().requireKeysUnlocked(source);
    Optional<Client> client =
        clients
            .find(id)
            .filter(known -> known.hasSecret(secret, context.stages().clock().instant()));
    if (client.isEmpty()) {
      count(source);
      throw refused("No such client, or its secret is wrong");
    }
    return client.get();
  }

  /// Secrets are counted like keys of programs, which they are.
  private void count(RequestSource source) {
    context.write(
        source,
        write -> {
          Attempts.Attempt attempt = context.attempts().countKey(write, source);
          failures.record(write, Kind.PROOF_FAILED, attempt, Optional.empty(), "client-secret");
          return true;
        });
  }

  private static OAuthError refused(String description) {
    return new OAuthError(OAuthError.INVALID_CLIENT, description);
  }
}
