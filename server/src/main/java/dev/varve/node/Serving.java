package dev.varve.node;

import dev.varve.face.auth.Accounts;
import dev.varve.face.gateway.GatewayTable;
import dev.varve.face.oauth.OAuth;
import dev.varve.face.provider.ProviderSignIn;
import dev.varve.identity.token.AccessTokens;
import dev.varve.lane.live.Feed;
import dev.varve.lane.live.Streams;
import dev.varve.net.http.Routes;

/// All that a change of the schema swaps, at once: whoever holds one of these sees stages, accounts and routes of one
/// and the same schema.
record Serving(
    Engine engine,
    Accounts accounts,
    ProviderSignIn elsewhere,
    OAuth oauth,
    AccessTokens tokens,
    Feed feed,
    Streams streams,
    Routes routes)
    implements AutoCloseable {

  /// Makes everything over two lanes, and starts what tells others of them.
  static Serving over(
      Lanes lanes, Ground ground, IdentityStages identity, Faces faces, GatewayTable gateway) {
    Engine engine = lanes.engine();
    IdentityStages.Served signing = identity.over(engine);
    Feed feed = lanes.feed(ground);
    try {
      Streams streams = new Streams(feed);
      Routes routes =
          Routes.of(
              faces.routes(
                  engine,
                  signing.accounts(),
                  signing.elsewhere(),
                  signing.oauth(),
                  streams,
                  gateway));
      signing.oauth().start();
      return new Serving(
          engine,
          signing.accounts(),
          signing.elsewhere(),
          signing.oauth(),
          signing.tokens(),
          feed,
          streams,
          routes);
    } catch (RuntimeException e) {
      feed.close();
      throw e;
    }
  }

  /// The same stages and accounts behind other routes.
  Serving with(Routes others) {
    return new Serving(engine, accounts, elsewhere, oauth, tokens, feed, streams, others);
  }

  /// Ends the feed and what is told to clients, then finishes what was accepted.
  @Override
  public void close() {
    oauth.close();
    feed.close();
    engine.close();
  }
}
