package dev.varve.face.oauth;

import dev.varve.face.auth.AccountContext;
import dev.varve.face.auth.SecondFactor;
import dev.varve.identity.account.FirstProof;
import dev.varve.identity.account.SessionIssuer.Outcome;
import dev.varve.identity.account.Sessions.OneSession;
import dev.varve.identity.client.Flows;
import dev.varve.identity.client.Flows.Flow;
import dev.varve.identity.token.OpaqueToken;
import dev.varve.lane.write.WriteContext;
import dev.varve.schema.record.Entity;
import java.sql.SQLException;
import java.util.Optional;

/// What follows in the unit in which somebody proves who they are on a page of a flow, by whatever way.
///
/// @param before the session that the browser had
/// @param keeper the cookie of the browser in which they have proven it
record BrowserSignIn(
    AccountContext context, Flow flow, Optional<OneSession> before, OpaqueToken keeper) {
  /// Somebody proves something first.
  ///
  /// @param keeper that the browser is given if they owe something else
  static BrowserSignIn first(AccountContext context, FlowVisit visit, OpaqueToken keeper) {
    return new BrowserSignIn(context, visit.flow(), visit.session(), keeper);
  }

  /// Somebody proves what they owed.
  static BrowserSignIn second(AccountContext context, FlowVisit visit) {
    return first(context, visit, new OpaqueToken(visit.flow().keeper().orElseThrow()));
  }

  /// Who owes a second factor has no session yet: the flow keeps what they
  /// have proven.
  Outcome came(WriteContext write, Outcome outcome) throws SQLException {
    switch (outcome) {
      case Outcome.Opened(Entity account, String session) -> replace(write, account, session);
      case Outcome.Owed owed -> Flows.prove(write, flow, owed.first(), keeper);
      case Outcome.Refused _ -> {}
    }
    return outcome;
  }

  private void replace(WriteContext write, Entity account, String session) throws SQLException {
    if (before.isPresent()) {
      context.sessions().replace(write, before.get(), account.id(), session);
    }
  }

  /// What the flow keeps for whoever owes a second factor.
  record Kept(Flow flow) implements SecondFactor.Kept {
    @Override
    public Optional<FirstProof> find(WriteContext write) throws SQLException {
      return Flows.proven(write, flow);
    }

    @Override
    public void use(WriteContext write) throws SQLException {
      Flows.forget(write, flow);
    }
  }
}
