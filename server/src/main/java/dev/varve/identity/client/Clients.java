package dev.varve.identity.client;

import dev.varve.identity.token.SigningAlgorithm;
import dev.varve.kernel.Nearest;
import dev.varve.lane.access.Caller;
import dev.varve.schema.Scopes;
import dev.varve.settings.WrongSetting;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The applications that sign people in here.
public final class Clients {
  public static final Clients NONE = new Clients(Map.of());

  private final Map<String, Client> byId;

  private Clients(Map<String, Client> byId) {
    this.byId = byId;
  }

  /// @param algorithm that signs their tokens
  /// @param environment where secrets are
  /// @throws WrongSetting when a secret is missing, or they could verify nothing
  public static Clients of(
      OAuthSettings settings, SigningAlgorithm algorithm, Map<String, String> environment) {
    if (algorithm.shared() && !settings.clients().isEmpty()) {
      throw new WrongSetting(
          "auth.jwt.algorithm",
          "is %s, and what it signs nobody else can verify, as the clients in oauth.clients must. Take RS256"
              .formatted(algorithm));
    }
    Map<String, Client> byId = new LinkedHashMap<>();
    settings.clients().forEach((id, client) -> byId.put(id, client.client(environment)));
    return new Clients(byId);
  }

  /// Looks at the scopes of all.
  ///
  /// @param named the scopes that rules of the schema ask for
  /// @throws WrongSetting when a client asks for another
  public void requireScopes(Set<String> named) {
    Set<String> known = new TreeSet<>(named);
    known.addAll(Scopes.OWN);
    for (Client client : byId.values()) {
      for (String scope : client.scopes()) {
        if (!known.contains(scope)) {
          throw new WrongSetting(
              "oauth.clients[%s].scopes".formatted(client.id()),
              "has '%s', which no rule of the schema names.%s"
                  .formatted(scope, Nearest.hint(scope, known)));
        }
      }
    }
  }

  /// The scopes that any of them may ask for.
  public Set<String> scopes() {
    Set<String> scopes = new TreeSet<>();
    byId.values().forEach(client -> scopes.addAll(client.scopes()));
    return scopes;
  }

  public boolean isEmpty() {
    return byId.isEmpty();
  }

  public Optional<Client> find(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  /// Whether what a client was given is still its own to have: the settings may have changed since.
  public boolean mayHave(Caller.Application given) {
    Client client = byId.get(given.client());
    return client != null && client.scopes().containsAll(given.scopes());
  }
}
