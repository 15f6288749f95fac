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
import dev.varve.identity.client.Client;
import dev.varve.identity.client.Clients;
import dev.varve.kernel.Problem;
import dev.varve.net.http.QueryString;
import dev.varve.net.http.Request;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/// Finds out which client sends a request (RFC 6749, section 2.3): by its secret in the header `Authorization` or in the body, or, of a
/// public client, by its id alone. Two ways at once are refused, and so are ids that differ.
final class ClientProof {
  private static final String CLIENT_ID = "client_id";
  private static final List<String> OTHERS = List.of("client_assertion", "client_assertion_type");

  private final AccountContext context;
  private final FailedAttempts failures;
  private final Clients clients;

  ClientProof(AccountContext context, FailedAttempts failures, Clients clients) {
    this.context = context;
    this.failures = failures;
    this.clients = clients;
  }

  /// @throws OAuthError invalid_client, or invalid_request
  Client prove(Request request, QueryString form) {
    for (String name : OTHERS) {
      if (!form.values(name).isEmpty()) {
        throw refused("This way to authenticate a client is not taken here");
      }
    }
    Optional<String> named = OAuthForm.value(form, CLIENT_ID);
    Optional<ClientAuthentication> given = given(request, form);
    if (given.isEmpty()) {
      return publicClient(
          named.orElseThrow(
              () -> refused("The request names no client: send client_id, or authenticate")));
    }
    if (!(given.get() instanceof PlainClientSecret proof)) {
      throw refused("This way to authenticate a client is not taken here");
    }
    String id = proof.getClientID().getValue();
    if (named.filter(other -> !other.equals(id)).isPresent()) {
      throw new OAuthError(
          OAuthError.INVALID_REQUEST, "client_id differs from the client that authenticates");
    }
    return withSecret(id, proof.getClientSecret().getValue(), AccountContext.source(request));
  }

  /// As the protocol has it, which refuses what is malformed.
  private static Optional<ClientAuthentication> given(Request request, QueryString form) {
    Optional<String> header = request.header("Authorization");
    boolean both = header.isPresent() && !form.values("client_secret").isEmpty();
    if (both) {
      throw new OAuthError(
          OAuthError.INVALID_REQUEST, "The client authenticates in two ways at once; take one");
    }
    if (header.isEmpty() && form.values("client_secret").isEmpty()) {
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

  private Client publicClient(String id) {
    Client client = known(id).orElseThrow(() -> refused("No such client is known here"));
    if (client.confidential()) {
      throw refused("The client must authenticate with its secret");
    }
    return client;
  }

  /// Who is asked what it is must have been let in by somebody: else anybody could have this server ask anywhere, again and again.
  private Optional<Client> known(String id) {
    Optional<Client> found = clients.find(id);
    if (found.isPresent() || !clients.isDocument(id)) {
      return found;
    }
    try {
      return new Consents(context.stages().database()).knows(id)
          ? clients.resolve(id)
          : Optional.empty();
    } catch (Problem problem) {
      throw refused(problem.text());
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
