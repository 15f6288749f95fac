package dev.varve.identity.client;

import dev.varve.identity.token.SigningAlgorithm;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Nearest;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.net.outgoing.CallFailed;
import dev.varve.net.outgoing.Reach;
import dev.varve.schema.Scopes;
import dev.varve.settings.WrongSetting;
import dev.varve.store.follow.LogFreshness;
import dev.varve.store.follow.Notices;
import dev.varve.store.sql.Database;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The applications that sign people in here: those of the settings, and those that lie in the database. All are kept in memory, as
/// they are asked for with every request; whoever changes one in the database tells of it here, and other nodes by a notice.
public final class Clients implements Notices.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(Clients.class);
  // clients that are read at the same time rarely wait for each other
  private static final int TURNS = 64;

  /// Of notices: clients in the database, by their ids.
  public static final String TOPIC = "client";

  public static final Clients NONE =
      new Clients(Map.of(), OAuthSettings.NONE, SigningAlgorithm.RS256);

  private final Map<String, Client> declared;
  private final SelfDescribedSettings selfDescribed;
  // who is asked for clients of administrators, and of themselves
  private final Reach ofAdministrators;
  private final Reach ofThemselves;
  private final SigningAlgorithm algorithm;
  // those that are not shut out
  private final Map<String, Client> stored = new ConcurrentHashMap<>();
  // what administrators have decided of those that describe themselves at a URL
  private final Map<String, Decided> decided = new ConcurrentHashMap<>();

  // those that may be otherwise in the database
  private final Set<String> doubted = ConcurrentHashMap.newKeySet();

  // what those may have that describe themselves
  private volatile Set<String> open = Set.of();
  private volatile Set<String> knownScopes = Set.of();
  private Optional<ClientDocuments> documents = Optional.empty();
  private volatile Optional<Stored> database = Optional.empty();

  /// Where clients lie, and whether those in memory may be believed.
  private record Stored(Database database, LogFreshness freshness) {}

  /// What an administrator has decided of a client that describes itself at a URL.
  ///
  /// @param goodSince what it was given before is worth nothing
  private record Decided(boolean shutOut, Instant goodSince) {
    static final Decided NOTHING = new Decided(false, Instant.EPOCH);
    static final Decided NOW_OUT = new Decided(true, Instant.MAX);

    static Decided of(StoredClient client) {
      return new Decided(client.disabledAt().isPresent(), client.goodSince());
    }
  }

  private final Lock[] turns =
      Stream.generate(ReentrantLock::new).limit(TURNS).toArray(Lock[]::new);

  private Clients(
      Map<String, Client> declared, OAuthSettings settings, SigningAlgorithm algorithm) {
    this.declared = declared;
    this.selfDescribed = settings.selfDescribed();
    this.ofAdministrators = settings.reach();
    this.ofThemselves = selfDescribed.reach();
    this.algorithm = algorithm;
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
    Map<String, Client> declared = new LinkedHashMap<>();
    settings.clients().forEach((id, client) -> declared.put(id, client.client(environment)));
    return new Clients(declared, settings, algorithm);
  }

  /// Those of the settings, for commands that let nobody in: no secret is looked for.
  public static Clients declaredIn(OAuthSettings settings, SigningAlgorithm algorithm) {
    Map<String, Client> declared = new LinkedHashMap<>();
    settings.clients().forEach((id, client) -> declared.put(id, Client.of(client, List.of())));
    return new Clients(declared, settings, algorithm);
  }

  /// Adds what lies in the database.
  ///
  /// @throws WrongSetting when their tokens could verify nothing
  public Clients load(Database database) {
    database.lookup(StoredClient::all).forEach(this::put);
    if (algorithm.shared() && !stored.isEmpty()) {
      throw new WrongSetting(
          "auth.jwt.algorithm",
          "is %s, and what it signs nobody else can verify, as the clients that administrators made must. Take RS256"
              .formatted(algorithm));
    }
    return this;
  }

  /// Follows what other nodes do with them.
  ///
  /// @param freshness whether what is in memory may be believed
  public void follow(Database at, LogFreshness freshness) {
    database = Optional.of(new Stored(at, freshness));
  }

  @Override
  public void changed(String id) {
    database.ifPresent(known -> reload(known.database(), id));
  }

  @Override
  public void missed() {
    database.ifPresent(known -> {
      Set<String> ids = new HashSet<>(stored.keySet());
      ids.addAll(decided.keySet());
      known.database().lookup(StoredClient::all).forEach(client -> ids.add(client.id()));
      ids.forEach(id -> reload(known.database(), id));
    });
  }

  /// Asks the database for one while what is in memory may be old.
  private void renew(String id) {
    database
        .filter(known -> !known.freshness().isCurrent() || doubted.contains(id))
        .ifPresent(known -> reload(known.database(), id));
  }

  /// Knows one as the database has it; where that cannot be asked now, whoever asks for the client next asks it.
  void renewed(Database from, String id) {
    try {
      reload(from, id);
    } catch (RuntimeException e) {
      LOG.warn("The client '{}' is read again when it is asked for next", id, e);
      doubted.add(id);
    }
  }

  /// Adds those that describe themselves at a URL, where they are taken.
  ///
  /// @throws WrongSetting when their tokens could verify nothing
  public Clients with(Optional<ClientDocuments> others) {
    boolean any = others.isPresent() || selfDescribed.registration() != RegistrationPolicy.OFF;
    if (algorithm.shared() && any) {
      throw new WrongSetting(
          "auth.jwt.algorithm",
          "is %s, and what it signs nobody else can verify, as clients that describe themselves must. Take RS256"
              .formatted(algorithm));
    }
    documents = others;
    return this;
  }

  /// Whether the URL of a document is good as the id of a client.
  public boolean takesDocuments() {
    return documents.isPresent();
  }

  /// Whether anybody could verify the tokens of a client.
  public boolean served() {
    return !algorithm.shared();
  }

  /// @throws Problem CONFLICT when nobody could verify the tokens of a client
  void requireServed() {
    if (!served()) {
      throw new Problem(
          ErrorCode.CONFLICT,
          "Tokens are signed with %s here, and what it signs no client can verify. Set auth.jwt.algorithm to RS256"
              .formatted(algorithm));
    }
  }

  /// Knows one as it is from now on. The settings go before it.
  void put(StoredClient client) {
    if (client.origin() == Client.Origin.DOCUMENT) {
      decided.put(client.id(), Decided.of(client));
      return;
    }
    client
        .client()
        .ifPresentOrElse(now -> stored.put(client.id(), now), () -> stored.remove(client.id()));
  }

  /// Lets one in no more, from now on.
  void shutOut(String id) {
    inTurn(
        id,
        () -> {
          stored.remove(id);
          if (ClientDocuments.isUrl(id)) {
            decided.put(id, Decided.NOW_OUT);
          }
        });
  }

  private Decided decided(String id) {
    renew(id);
    return decided.getOrDefault(id, Decided.NOTHING);
  }

  /// Knows one as the database has it.
  void reload(Database database, String id) {
    inTurn(
        id,
        () -> {
          database
              .lookup(session -> StoredClient.find(session, id))
              .ifPresentOrElse(
                  this::put,
                  () -> {
                    stored.remove(id);
                    decided.remove(id);
                  });
          doubted.remove(id);
        });
  }

  /// Whoever reads a client and then knows it so is not passed by another: what was read before a change would take the place of
  /// what was read behind it.
  private void inTurn(String id, Runnable work) {
    Lock turn = turns[Math.floorMod(id.hashCode(), turns.length)];
    turn.lock();
    try {
      work.run();
    } finally {
      turn.unlock();
    }
  }

  /// Whether the settings name it.
  public boolean declares(String id) {
    return declared.containsKey(id);
  }

  /// Those of the settings.
  public Collection<Client> declared() {
    return declared.values();
  }

  /// Looks at the scopes of those of the settings. One in the database may have a scope that no rule names any more: it opens nothing.
  ///
  /// @param named the scopes that rules of the schema ask for
  /// @throws WrongSetting when a client asks for another
  public void requireScopes(Set<String> named) {
    Set<String> known = new TreeSet<>(named);
    known.addAll(Scopes.OWN);
    for (int i = 0; i < selfDescribed.scopes().size(); i++) {
      String scope = selfDescribed.scopes().get(i);
      if (!known.contains(scope)) {
        throw new WrongSetting(
            "oauth.selfDescribed.scopes[%d]".formatted(i),
            "is '%s', which no rule of the schema names.%s"
                .formatted(scope, Nearest.hint(scope, known)));
      }
    }
    for (Client client : declared.values()) {
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

  /// Knows from now on what those may have that describe themselves.
  ///
  /// @param now the scopes that rules of the schema ask for, and routes of the gateway
  public void serve(Set<String> now) {
    knownScopes = Set.copyOf(now);
    Set<String> all = new TreeSet<>(selfDescribed.scopes());
    if (all.isEmpty()) {
      all.addAll(now);
      all.addAll(Scopes.OWN);
      all.remove(Scopes.API);
    }
    open = Set.copyOf(all);
  }

  /// The scopes that rules of the schema ask for, and routes of the gateway.
  Set<String> knownScopes() {
    return knownScopes;
  }

  /// What a client that describes itself may have of what it asks for; all that such a client may have when it does not say.
  public ClientDescription within(ClientDescription asked) {
    Set<String> scopes = new TreeSet<>(asked.scopes().isEmpty() ? open : asked.scopes());
    scopes.retainAll(open);
    return new ClientDescription(
        asked.title(),
        asked.redirectUris(),
        asked.logoutUris(),
        List.copyOf(scopes),
        asked.grants(),
        asked.consent(),
        asked.features());
  }

  /// Who is asked for a client: what the settings name, wherever it is, and otherwise what is on the internet.
  public Reach reach(Client client) {
    return switch (client.origin()) {
      case SETTINGS -> Reach.naming(client.profile().said().asked().values().toArray(URI[]::new));
      case ADMINISTRATOR -> ofAdministrators;
      case REGISTERED, DOCUMENT -> ofThemselves;
    };
  }

  /// What is wrong with the addresses that are asked for a client, each with its member.
  ///
  /// @param origin who says what it is: not the settings, which name what they want
  public List<FieldError> unreachable(ClientFeatures features, Client.Origin origin) {
    Reach reach = origin == Client.Origin.ADMINISTRATOR ? ofAdministrators : ofThemselves;
    List<FieldError> mistakes = new ArrayList<>();
    features
        .asked()
        .forEach((member, uri) -> {
          try {
            reach.require(uri);
          } catch (CallFailed e) {
            mistakes.add(
                new FieldError(
                    member,
                    "is '%s', which is not asked: take https, or let oauth.clientOrigins name it"
                        .formatted(uri)));
          }
        });
    return mistakes;
  }

  /// The scopes that any of them may ask for.
  public Set<String> scopes() {
    Set<String> scopes = new TreeSet<>();
    declared.values().forEach(client -> scopes.addAll(client.scopes()));
    stored.values().forEach(client -> scopes.addAll(client.scopes()));
    if (isOpen()) {
      scopes.addAll(open);
    }
    return scopes;
  }

  public boolean isEmpty() {
    return declared.isEmpty() && stored.isEmpty() && !isOpen();
  }

  private boolean isOpen() {
    return documents.isPresent() || selfDescribed.registration() != RegistrationPolicy.OFF;
  }

  /// The client of an id, as far as it is known here without asking anybody.
  public Optional<Client> find(String id) {
    Client own = declared.get(id);
    if (own == null) {
      renew(id);
    }
    Client client = own == null ? stored.get(id) : own;
    if (client == null) {
      return documents
          .filter(_ -> isDocument(id))
          .flatMap(known -> known.kept(id))
          .map(said -> ofDocument(id, said));
    }
    return Optional.of(client.origin() == Client.Origin.REGISTERED ? client.within(open) : client);
  }

  private Client ofDocument(String id, ClientDescription said) {
    return Client.of(id, Client.Origin.DOCUMENT, within(said), List.of(), decided(id).goodSince());
  }

  /// The client of an id, which is asked what it is where its id is the URL of a document.
  ///
  /// @throws Problem INVALID_PARAMETER when that document is not there or not good
  public Optional<Client> resolve(String id) {
    return isDocument(id)
        ? Optional.of(ofDocument(id, documents.orElseThrow().read(id)))
        : find(id);
  }

  /// Whether an id is the URL of a document, where such are taken, and of a client that is not shut out.
  public boolean isDocument(String id) {
    return documents.isPresent()
        && ClientDocuments.isUrl(id)
        && !declares(id)
        && !decided(id).shutOut();
  }

  /// Whether a client that was found before is one that may go on: it was not shut out since.
  public boolean isStill(Client client) {
    if (isDocument(client.id())) {
      return decided(client.id()).goodSince().equals(client.goodSince());
    }
    return find(client.id()).filter(now -> now.goodSince().equals(client.goodSince())).isPresent();
  }

  /// Whether what a client was given at an instant is still its own to have: it may have been changed or shut out since.
  public boolean mayHave(Caller.Application given, Instant at) {
    if (isDocument(given.client())) {
      return open.containsAll(given.scopes())
          && Client.mayUse(at, decided(given.client()).goodSince());
    }
    return find(given.client())
        .filter(client -> client.mayUse(at) && client.scopes().containsAll(given.scopes()))
        .isPresent();
  }
}
