package dev.varve.node;

import dev.varve.face.auth.Accounts;
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
