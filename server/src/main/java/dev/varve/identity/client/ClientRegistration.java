package dev.varve.identity.client;

import dev.varve.identity.account.AccountStages;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Event;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.WriteContext;
import dev.varve.store.sql.SqlValues;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Keeps clients that register themselves (RFC 7591). Those that nobody has let in within a while are forgotten when others come, so that
/// programs which register anew each time they start fill no table.
public final class ClientRegistration {
  // whoever registers more often than people let in is no client
  private static final int REGISTERED_MAX = 1_000;
  // whoever has not let it in by then has given up
  private static final Duration UNUSED_MAX = Duration.ofDays(7);
  // nor has whoever takes longer than this while all places are taken, and others wait for one
  private static final Duration UNUSED_MAX_WHEN_FULL = Duration.ofHours(1);
  // more than are added
  private static final long PRUNED_MAX = 20;

  private static final String ACTOR = "anonymous";

  private final AccountStages stages;
  private final Clients clients;
  private final ClientAdministration administration;
  private final SecureRandom random;

  public ClientRegistration(AccountStages stages, Clients clients, SecureRandom random) {
    this.stages = stages;
    this.clients = clients;
    this.administration = new ClientAdministration(stages, clients, random);
    this.random = random;
  }

  /// A client that has registered.
  ///
  /// @param secret that is told this once
  /// @param token with which it looks after what it said
  public record Registered(StoredClient client, Optional<String> secret, String token) {
    /// Neither secret nor token: this ends up in logs.
    @Override
    public String toString() {
      return "Registered[" + client.id() + "]";
    }
  }

  /// Keeps a client, whose description was judged.
  ///
  /// @param confidential whether it gets a secret
  /// @throws Problem OVERLOADED when there are too many
  public Registered register(
      ClientDescription description, boolean confidential, RequestSource source) {
    OpaqueToken token = OpaqueToken.random(random);
    Optional<String> secret =
        confidential ? Optional.of(OpaqueToken.random(random).text()) : Optional.empty();
    String id = stages.ids().get();
    StoredClient made =
        stages
            .sequencer()
            .submit(
                ACTOR,
                source.requestId(),
                write -> {
                  forgetUnused(write, UNUSED_MAX);
                  if (isFull(write)) {
                    forgetUnused(write, UNUSED_MAX_WHEN_FULL);
                  }
                  if (isFull(write)) {
                    throw new Problem(
                        ErrorCode.OVERLOADED,
                        "There are %,d clients that registered themselves, and no more"
                            .formatted(REGISTERED_MAX));
                  }
                  StoredClient client =
                      new StoredClient(
                          id,
                          Client.Origin.REGISTERED,
                          description,
                          secret.stream().map(text -> ClientSecret.of(text, write.at())).toList(),
                          write.at(),
                          ACTOR,
                          write.at(),
                          write.at(),
                          Optional.empty());
                  client.insert(write.session());
                  RegistrationToken.insert(write.session(), id, token);
                  record(write, client, source);
                  return client;
                });
    clients.put(made);
    return new Registered(made, secret, token.text());
  }

  /// The client of an id, whose token it is; nothing for one that was shut out. The tokens before it end.
  public Optional<StoredClient> find(String id, String token, RequestSource source) {
    Optional<RegistrationToken> known =
        stages
            .database()
            .lookup(session -> RegistrationToken.find(session, token))
            .filter(found -> found.client().equals(id));
    Optional<StoredClient> client =
        known.flatMap(_ -> administration.find(id)).filter(found -> found.disabledAt().isEmpty());
    if (client.isPresent()
        && stages.database().lookup(session -> known.get().followsAnother(session))) {
      write(source, write -> known.get().use(write.session()));
    }
    return client;
  }

  /// Says anew what a client is, as a whole: people are asked again where it shows more. It gets another token.
  ///
  /// @param description that was judged
  /// @param token the one that it has
  /// @throws Problem UNAUTHENTICATED when the token has ended meanwhile, or the client was shut out, and NOT_FOUND for one that was forgotten
  public Registered change(
      String id, ClientDescription description, String token, RequestSource source) {
    OpaqueToken next = OpaqueToken.random(random);
    StoredClient changed =
        administration.change(
            id,
            (write, before) -> requireToken(write, before, token).follow(write.session(), next),
            _ -> description,
            ClientAdministration.By.itself(source));
    return new Registered(changed, Optional.empty(), next.text());
  }

  /// Ends a client, with all that it was given.
  ///
  /// @throws Problem as [#change] does
  public void delete(String id, String token, RequestSource source) {
    administration.delete(
        id,
        (write, before) -> requireToken(write, before, token),
        ClientAdministration.By.itself(source));
  }

  private static RegistrationToken requireToken(
      WriteContext write, StoredClient client, String token) throws SQLException {
    return RegistrationToken.find(write.session(), token)
        .filter(found -> found.client().equals(client.id()) && client.disabledAt().isEmpty())
        .orElseThrow(() ->
            new Problem(
                ErrorCode.UNAUTHENTICATED,
                "The registration access token has ended: take the one that was given last"));
  }

  @FunctionalInterface
  private interface Act {
    void on(WriteContext write) throws SQLException;
  }

  private void write(RequestSource source, Act act) {
    stages
        .sequencer()
        .submit(
            ACTOR,
            source.requestId(),
            write -> {
              act.on(write);
              return true;
            });
  }

  private static boolean isFull(WriteContext write) throws SQLException {
    return StoredClient.count(write.session(), Client.Origin.REGISTERED) >= REGISTERED_MAX;
  }

  /// @param age from which one is forgotten that nobody has let in; the oldest first
  private void forgetUnused(WriteContext write, Duration age) throws SQLException {
    List<String> unused =
        write
            .session()
            .list(
                "SELECT id FROM varve_client WHERE origin = ? AND created_at < ? AND disabled_at IS NULL"
                    + " AND NOT EXISTS (SELECT 1 FROM varve_consent WHERE client = varve_client.id)"
                    + " AND NOT EXISTS (SELECT 1 FROM varve_session WHERE client = varve_client.id)"
                    + " ORDER BY created_at LIMIT ?",
                List.of(
                    Client.Origin.REGISTERED.name(),
                    SqlValues.micros(write.at().minus(age)),
                    PRUNED_MAX),
                row -> row.getString(1));
    for (String id : unused) {
      clients.shutOut(id);
      Flows.endAllOf(write, id);
      StoredClient.forget(write.session(), id);
    }
  }

  private void record(WriteContext write, StoredClient client, RequestSource source) {
    stages
        .events()
        .record(
            write,
            new Event(
                Kind.CLIENT_MADE,
                Optional.empty(),
                Optional.empty(),
                Optional.of(source),
                Map.of(
                    "client",
                    client.id(),
                    "title",
                    client.description().title(),
                    "origin",
                    client.origin().name())));
  }
}
