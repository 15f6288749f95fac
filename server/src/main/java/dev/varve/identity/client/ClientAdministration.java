package dev.varve.identity.client;

import dev.varve.identity.account.AccountStages;
import dev.varve.identity.account.Consents;
import dev.varve.identity.account.RequestSource;
import dev.varve.identity.account.SecurityEvents.Event;
import dev.varve.identity.account.SecurityEvents.Kind;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.lane.write.WriteContext;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// What administrators do with clients, over HTTP and at the command line. Each act is one unit, with its security event, and
/// [Clients] knows of it before it is committed, in the order in which the writer does them.
public final class ClientAdministration {
  /// How long the secret before goes on being good, unless somebody says otherwise: a day to bring the next one everywhere.
  public static final Duration OVERLAP = Duration.ofDays(1);

  /// Whoever needs longer makes another client.
  public static final Duration OVERLAP_MAX = Duration.ofDays(90);

  // nobody can tell more of them apart
  private static final int CLIENTS_MAX = 1_000;
  // whoever shuts out more names the origins that are taken, in the settings
  private static final int DOCUMENTS_MAX = 10_000;

  // with each, one more secret opens the client: whoever rotates that often ends those before at
  // once
  private static final int SECRETS_MAX = 5;

  private final AccountStages stages;
  private final Clients clients;
  private final SecureRandom random;

  public ClientAdministration(AccountStages stages, Clients clients, SecureRandom random) {
    this.stages = stages;
    this.clients = clients;
    this.random = random;
  }

  /// Who does it.
  ///
  /// @param account of an administrator; nothing at the command line
  public record By(
      String actor, String requestId, Optional<String> account, Optional<RequestSource> source) {
    public static By administrator(String account, RequestSource source) {
      return new By(
          Caller.actor(account), source.requestId(), Optional.of(account), Optional.of(source));
    }

    /// A client that looks after what it said itself.
    public static By itself(RequestSource source) {
      return new By("anonymous", source.requestId(), Optional.empty(), Optional.of(source));
    }

    /// Whoever holds the machine.
    public static By operator() {
      return new By("operator:client", "varve-client", Optional.empty(), Optional.empty());
    }
  }

  /// A client with a secret that is shown this once.
  public record WithSecret(StoredClient client, Optional<String> secret) {
    /// Not the secret: this ends up in logs.
    @Override
    public String toString() {
      return "WithSecret[" + client.id() + "]";
    }
  }

  /// What else must be true of a client for something to be done with it, and what becomes of that, in the same unit.
  @FunctionalInterface
  interface Requirement {
    /// @throws Problem where it is not: nothing is done then
    void meet(WriteContext write, StoredClient before) throws SQLException;
  }

  /// Makes a client.
  ///
  /// @param id nothing for one that is made up
  /// @param confidential whether it gets a secret
  /// @throws Problem VALIDATION_ERROR with everything that is wrong, ALREADY_EXISTS, or CONFLICT when there are too many
  public WithSecret create(
      Optional<String> id, ClientDescription description, boolean confidential, By by) {
    List<FieldError> mistakes = new ArrayList<>();
    id.flatMap(ClientDescription::wrongId)
        .ifPresent(wrong -> mistakes.add(new FieldError("id", wrong)));
    mistakes.addAll(mistakes(description, confidential, Client.Origin.ADMINISTRATOR));
    mistakes.addAll(description.unknownScopes(clients.knownScopes()));
    require(mistakes);
    String wanted = id.orElseGet(stages.ids());
    clients.requireServed();
    Optional<String> secret =
        confidential ? Optional.of(OpaqueToken.random(random).text()) : Optional.empty();
    StoredClient made =
        write(
            by,
            wanted,
            write -> {
              if (clients.declares(wanted) || StoredClient.everWas(write.session(), wanted)) {
                throw new Problem(
                    ErrorCode.ALREADY_EXISTS,
                    "There is a client '%s' already, or there was one. Take another id"
                        .formatted(wanted),
                    List.of(new FieldError("id", "is taken")));
              }
              if (StoredClient.count(write.session(), Client.Origin.ADMINISTRATOR) >= CLIENTS_MAX) {
                throw new Problem(
                    ErrorCode.CONFLICT,
                    "There are %,d clients already, and no more. Delete one that nobody uses"
                        .formatted(CLIENTS_MAX));
              }
              StoredClient client =
                  new StoredClient(
                      wanted,
                      Client.Origin.ADMINISTRATOR,
                      description,
                      secret.stream().map(text -> ClientSecret.of(text, write.at())).toList(),
                      write.at(),
                      by.actor(),
                      write.at(),
                      write.at(),
                      Optional.empty());
              client.insert(write.session());
              record(write, Kind.CLIENT_MADE, client, by, Map.of());
              return client;
            });
    return new WithSecret(made, secret);
  }

  private List<FieldError> mistakes(
      ClientDescription description, boolean secret, Client.Origin origin) {
    List<FieldError> mistakes = new ArrayList<>(description.mistakes(secret));
    if (secret && !description.features().certificate().isNone()) {
      mistakes.add(
          new FieldError(
              ClientFeatures.CERTIFICATE,
              "stands beside a secret: " + ClientDescription.ONE_PROOF));
    }
    if (mistakes.isEmpty()) {
      mistakes.addAll(clients.unreachable(description.features(), origin));
    }
    return mistakes;
  }

  private static void require(List<FieldError> mistakes) {
    if (!mistakes.isEmpty()) {
      throw Problem.invalid(mistakes);
    }
  }

  /// Says anew what a client is. Where it is more than people were shown, they are asked again; what it is to have no more, it has no
  /// more at once.
  ///
  /// @param change of what is said of it by now
  /// @throws Problem VALIDATION_ERROR, NOT_FOUND, or CONFLICT for a client of the settings
  public StoredClient change(String id, UnaryOperator<ClientDescription> change, By by) {
    return change(id, (_, _) -> {}, change, by);
  }

  /// The same, where more is required of it.
  StoredClient change(
      String id, Requirement requirement, UnaryOperator<ClientDescription> change, By by) {
    return write(
        by,
        id,
        write -> {
          StoredClient before = requireKept(write, id);
          requirement.meet(write, before);
          ClientDescription description = change.apply(before.description());
          // scopes that it has already may be of a schema that was served before
          List<FieldError> mistakes =
              mistakes(description, !before.secrets().isEmpty(), before.origin());
          if (!before.description().scopes().equals(description.scopes())) {
            mistakes.addAll(description.unknownScopes(clients.knownScopes()));
          }
          require(mistakes);
          StoredClient.describe(write.session(), id, description, write.at());
          StoredClient after = require(write, id);
          record(
              write,
              Kind.CLIENT_CHANGED,
              after,
              by,
              Map.of("changed", changed(before.description(), description)));
          return after;
        });
  }

  private static List<String> changed(ClientDescription before, ClientDescription after) {
    Map<String, @Nullable Object> known = before.members();
    return after.members().entrySet().stream()
        .filter(member -> !Objects.equals(member.getValue(), known.get(member.getKey())))
        .map(Map.Entry::getKey)
        .toList();
  }

  /// Gives a client another secret.
  ///
  /// @param overlap how long those before go on being good; none for not at all
  /// @throws Problem NOT_FOUND, or CONFLICT for a client without secrets or with too many
  public WithSecret rotate(String id, Duration overlap, By by) {
    String secret = OpaqueToken.random(random).text();
    StoredClient rotated =
        write(
            by,
            id,
            write -> {
              StoredClient before = requireKept(write, id);
              if (before.secrets().isEmpty()) {
                throw new Problem(
                    ErrorCode.CONFLICT,
                    "The client '%s' is a public one and has no secret: make another that is confidential"
                        .formatted(id));
              }
              if (!overlap.isZero() && before.secretsAt(write.at()) >= SECRETS_MAX) {
                throw new Problem(
                    ErrorCode.CONFLICT,
                    "The client '%s' has %d secrets that are good: wait until one is not, or rotate without an overlap, which ends them all"
                        .formatted(id, SECRETS_MAX));
              }
              Instant until = write.at().plus(overlap);
              before.rotate(
                  write.session(), ClientSecret.of(secret, write.at()), write.at(), until);
              StoredClient after = require(write, id);
              record(
                  write,
                  Kind.CLIENT_SECRET_ROTATED,
                  after,
                  by,
                  Map.of("overlapSeconds", overlap.toSeconds()));
              return after;
            });
    return new WithSecret(rotated, Optional.of(secret));
  }

  /// Shuts a client out, or lets it in again, one that describes itself at a URL too. What it was given ends: sessions, codes, and what
  /// people allowed it.
  ///
  /// @throws Problem NOT_FOUND, or CONFLICT for a client of the settings
  public StoredClient setDisabled(String id, boolean disabled, By by) {
    return write(
        by,
        id,
        write -> {
          StoredClient before = disabled ? known(write, id, by) : require(write, id);
          if (before.disabledAt().isPresent() == disabled) {
            return before;
          }
          int ended = disabled ? end(write, id) : 0;
          StoredClient.disable(write.session(), id, disabled, write.at());
          StoredClient after = require(write, id);
          record(
              write,
              disabled ? Kind.CLIENT_DISABLED : Kind.CLIENT_ENABLED,
              after,
              by,
              disabled ? Map.of("sessionsEnded", ended) : Map.of());
          return after;
        });
  }

  /// Deletes a client, for good.
  ///
  /// @throws Problem NOT_FOUND, or CONFLICT for a client of the settings
  public void delete(String id, By by) {
    delete(id, (_, _) -> {}, by);
  }

  /// The same, where more is required of it.
  void delete(String id, Requirement requirement, By by) {
    write(
        by,
        id,
        write -> {
          StoredClient before = requireKept(write, id);
          requirement.meet(write, before);
          // in this order: from now on nobody finds it
          clients.shutOut(id);
          int ended = end(write, id);
          if (before.origin() == Client.Origin.REGISTERED) {
            StoredClient.forget(write.session(), id);
          } else {
            StoredClient.delete(write.session(), id, write.at());
          }
          record(write, Kind.CLIENT_DELETED, before, by, Map.of("sessionsEnded", ended));
          return Optional.<StoredClient>empty();
        },
        deleted -> deleted);
  }

  private int end(WriteContext write, String id) throws SQLException {
    clients.shutOut(id);
    Consents.forgetClient(write, id);
    Flows.endAllOf(write, id);
    Devices.endAllOf(write, id);
    return stages.sessions().endAllOfClient(write, id);
  }

  private StoredClient require(WriteContext write, String id) throws SQLException {
    if (clients.declares(id)) {
      throw new Problem(
          ErrorCode.CONFLICT,
          "The client '%s' stands in varve.yaml, at oauth.clients: change it there".formatted(id));
    }
    return StoredClient.find(write.session(), id)
        .orElseThrow(() -> Problem.notFound("There is no client '%s'".formatted(id)));
  }

  /// The same of one that is not kept elsewhere.
  private StoredClient requireKept(WriteContext write, String id) throws SQLException {
    if (ClientDocuments.isUrl(id)) {
      throw new Problem(
          ErrorCode.CONFLICT,
          "The client '%s' describes itself at its id, and would come again: disable it"
              .formatted(id));
    }
    return require(write, id);
  }

  /// The same, where one that describes itself at a URL is noted now.
  private StoredClient known(WriteContext write, String id, By by) throws SQLException {
    if (!ClientDocuments.isUrl(id)
        || clients.declares(id)
        || StoredClient.everWas(write.session(), id)) {
      return require(write, id);
    }
    ClientDescription description = ClientDocuments.unread(id);
    if (StoredClient.count(write.session(), Client.Origin.DOCUMENT) >= DOCUMENTS_MAX) {
      throw new Problem(
          ErrorCode.CONFLICT,
          "There are %,d clients already that are shut out by their URLs, and no more. Name the origins that are taken, in oauth.selfDescribed.documentOrigins"
              .formatted(DOCUMENTS_MAX));
    }
    StoredClient client =
        new StoredClient(
            id,
            Client.Origin.DOCUMENT,
            description,
            List.of(),
            write.at(),
            by.actor(),
            write.at(),
            write.at(),
            Optional.empty());
    client.insert(write.session());
    return client;
  }

  private void record(
      WriteContext write, Kind kind, StoredClient client, By by, Map<String, Object> more) {
    Map<String, Object> detail = new LinkedHashMap<>();
    detail.put("client", client.id());
    detail.put("title", client.description().title());
    detail.putAll(more);
    stages
        .events()
        .record(write, new Event(kind, by.account(), Optional.empty(), by.source(), detail));
  }

  /// What happens to one client.
  @FunctionalInterface
  private interface Act<T> {
    T on(WriteContext write) throws SQLException;
  }

  private StoredClient write(By by, String id, Act<StoredClient> act) {
    return write(by, id, act, Optional::of);
  }

  private <T> T write(By by, String id, Act<T> act, Function<T, Optional<StoredClient>> left) {
    try {
      return stages
          .sequencer()
          .submit(
              by.actor(),
              by.requestId(),
              write -> {
                T done = act.on(write);
                left.apply(done).ifPresent(clients::put);
                return done;
              });
    } finally {
      // what was done in memory may hold no more: the unit failed, or somebody who read the client
      // before it has put that in its place
      clients.renewed(stages.database(), id);
    }
  }

  /// Every client that lies in the database, by its id.
  public List<StoredClient> all() {
    return stages.database().lookup(StoredClient::all);
  }

  /// The ids of those that describe themselves at a URL and that people have let in, behind one of them.
  public List<String> letIn(String after, int countMax) {
    return stages
        .database()
        .lookup(session -> StoredClient.documentsLetIn(session, after, countMax));
  }

  /// Whether one of them is.
  public boolean isLetIn(String id) {
    return ClientDocuments.isUrl(id) && new Consents(stages.database()).knows(id);
  }

  /// @throws Problem NOT_FOUND, or CONFLICT for a client of the settings
  public StoredClient stored(String id) {
    if (clients.declares(id)) {
      throw new Problem(
          ErrorCode.CONFLICT,
          "The client '%s' stands in varve.yaml, at oauth.clients: change it there".formatted(id));
    }
    return find(id).orElseThrow(() -> Problem.notFound("There is no client '%s'".formatted(id)));
  }

  public Optional<StoredClient> find(String id) {
    return stages.database().lookup(session -> StoredClient.find(session, id));
  }
}
