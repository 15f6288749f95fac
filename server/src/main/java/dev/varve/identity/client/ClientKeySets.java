package dev.varve.identity.client;

import dev.varve.identity.token.ForeignKey;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.net.outgoing.OutgoingCalls;
import dev.varve.settings.WrongSetting;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/// The keys with which clients sign assertions: those that are told with the client, or those at its `jwks_uri` (RFC 7591, section 2).
///
/// Those are read when an assertion comes, kept for as long as their server says, between a minute and an hour, and read anew when none of
/// them has signed what comes, at most once a minute. While they cannot be read, or are not good, those from before do, for an hour after
/// they would have been read anew: a key that its owner has taken out is worth nothing two hours later, whatever happens.
public final class ClientKeySets {
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

  private final KeptAtUrl<List<ForeignKey>> read;
  private final Clients clients;

  public ClientKeySets(Clients clients, Clock clock) {
    this.read =
        new KeptAtUrl<>(
            "keys",
            new OutgoingCalls(TIME, ClientKeys.LENGTH_MAX),
            BOUNDS,
            ClientKeySets::keys,
            clock);
    this.clients = clients;
  }

  private static List<ForeignKey> keys(String url, String body) throws KeptAtUrl.NotGood {
    try {
      return List.copyOf(ClientKeys.fetched(body));
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
  public List<ForeignKey> of(Client client) throws Bad {
    return client.profile().keysAt().isPresent()
        ? read(client, client.profile().keysAt().get(), read::read)
        : client.profile().keys();
  }

  /// The same when none of those that were known has signed what came: those that are there now, unless they were read a moment ago.
  ///
  /// @throws Problem UPSTREAM_UNAVAILABLE when they cannot be read now
  public List<ForeignKey> newestOf(Client client) throws Bad {
    return client.profile().keysAt().isPresent()
        ? read(client, client.profile().keysAt().get(), read::readAgain)
        : client.profile().keys();
  }

  @FunctionalInterface
  private interface Way {
    List<ForeignKey> read(KeptAtUrl.Place place) throws KeptAtUrl.NotGood, KeptAtUrl.NotNow;
  }

  private List<ForeignKey> read(Client client, URI url, Way way) throws Bad {
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
