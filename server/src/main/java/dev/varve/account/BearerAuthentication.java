package dev.varve.account;

import dev.varve.access.Access;
import dev.varve.access.Caller;
import dev.varve.http.Authentication;
import dev.varve.query.Query;
import dev.varve.schema.Model;
import java.time.Clock;

/// Tells who sends a request from its bearer token (RFC 6750): an access token or an API key.
public final class BearerAuthentication implements Authentication {
  private final AccessTokens tokens;
  private final ApiKeys keys;
  private final OpenSessions sessions;
  private final Access access;
  private final Query query;
  private final Model account;
  private final Clock clock;

  /// @param account the model of accounts
  public BearerAuthentication(
      AccessTokens tokens,
      ApiKeys keys,
      OpenSessions sessions,
      Access access,
      Query query,
      Model account,
      Clock clock) {
    this.tokens = tokens;
    this.keys = keys;
    this.sessions = sessions;
    this.access = access;
    this.query = query;
    this.account = account;
    this.clock = clock;
  }

  @Override
  public Caller caller(String authorization) {
    throw new UnsupportedOperationException();
  }
}
