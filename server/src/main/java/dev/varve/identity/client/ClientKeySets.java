package dev.varve.identity.client;

import dev.varve.identity.token.ForeignCertificate;
import dev.varve.identity.token.ForeignKey;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.net.outgoing.OutgoingCalls;
import dev.varve.settings.WrongSetting;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/// The keys with which clients sign assertions, or the certificates by which they are known: those that are told with the client, or those
/// at its `jwks_uri` (RFC 7591, section 2).
///
/// Those are read when a client comes that says it is the one, kept for as long as their server says, between a minute and an hour, and read anew when none of
/// them has signed what comes, at most once a minute. While they cannot be read, or are not good, those from before do, for an hour after
/// they would have been read anew: a key that its owner has taken out is worth nothing two hours later, whatever happens.
public final class ClientKeySets<K> {
  private static final Duration TIME = Duration.ofSeconds(5);
  private static final KeptAtUrl.Bounds BOUNDS =
      new KeptAtUrl.Bounds(
          Duration.ofMinutes(15),
          Duration.ofMinutes(1),
          Duration.ofHours(1),
          Duration.ofHours(1),
          true,
          // of ten keys at most
          3_000);

  private final KeptAtUrl<List<K>> read;
  private final Clients clients;
  private final Function<ClientProfile, List<K>> told;

  /// @param reader of what is at a URL
  /// @param told with the client
  private ClientKeySets(
      Clients clients,
      Clock clock,
      ClientKeys.Reader<K> reader,
      Function<ClientProfile, List<K>> told) {
    this.read =
        new KeptAtUrl<>(
            "keys",
            new OutgoingCalls(TIME, ClientKeys.LENGTH_MAX),
            BOUNDS,
            (_, body) -> keys(body, reader),
            clock);
    this.clients = clients;
    this.told = told;
  }

  /// Keys that sign assertions.
  public static ClientKeySets<ForeignKey> signing(Clients clients, Clock clock) {
    return new ClientKeySets<>(clients, clock, ForeignKey::known, ClientProfile::keys);
  }

  /// Certificates.
  public static ClientKeySets<ForeignCertificate> certificates(Clients clients, Clock clock) {
    return new ClientKeySets<>(clients, clock, ForeignCertificate::of, ClientProfile::certificates);
  }

  private static <K> List<K> keys(String body, ClientKeys.Reader<K> reader)
      throws KeptAtUrl.NotGood {
    try {
      return List.copyOf(ClientKeys.fetched(body, reader));
    } catch (WrongSetting wrong) {
      throw new KeptAtUrl.NotGood(wrong.says());
    }
  }

  /// There is something at a `jwks_uri`, and it is no set of keys that is good.
  public static final class Bad extends Exception {
    private static final long serialVersionUID = 1L;

    private Bad(KeptAtUrl.NotGood why) {
      super("what is at its jwks_uri is not good: " + why.getMessage(), why, false, false);
    }
  }

  /// @throws Problem UPSTREAM_UNAVAILABLE when they cannot be read now
  public List<K> of(Client client) throws Bad {
    return client.profile().keysAt().isPresent()
        ? read(client, client.profile().keysAt().get(), read::read)
        : told.apply(client.profile());
  }

  /// The same when none of those that were known has signed what came: those that are there now, unless they were read a moment ago.
  ///
  /// @throws Problem UPSTREAM_UNAVAILABLE when they cannot be read now
  public List<K> newestOf(Client client) throws Bad {
    return client.profile().keysAt().isPresent()
        ? read(client, client.profile().keysAt().get(), read::readAgain)
        : told.apply(client.profile());
  }

  @FunctionalInterface
  private interface Way<K> {
    List<K> read(KeptAtUrl.Place place) throws KeptAtUrl.NotGood, KeptAtUrl.NotNow;
  }

  private List<K> read(Client client, URI url, Way<K> way) throws Bad {
    try {
      return way.read(new KeptAtUrl.Place(client.id(), url, clients.reach(client)));
    } catch (KeptAtUrl.NotGood bad) {
      throw new Bad(bad);
    } catch (KeptAtUrl.NotNow e) {
      throw Problem.unavailable(
          ErrorCode.UPSTREAM_UNAVAILABLE,
          "The keys of the client cannot be read now: try again in a moment",
          KeptAtUrl.LEFT_IN_PEACE.toSeconds());
    }
  }
}
