package dev.varve.face.auth;

import dev.varve.identity.account.FirstProof;
import dev.varve.identity.account.SingleUse;
import dev.varve.lane.write.WriteContext;
import java.sql.SQLException;
import java.util.Optional;

/// A ticket, which somebody got who owes a second factor.
///
/// @param kind what it is good for
record Ticket(AccountContext context, SingleUse.Kind kind, String text)
    implements SecondFactor.Kept {
  @Override
  public Optional<FirstProof> find(WriteContext write) throws SQLException {
    return SingleUse.find(write, kind, text).map(FirstProof::read);
  }

  @Override
  public void use(WriteContext write) throws SQLException {
    context.tokens().single().use(write, kind, text);
  }
}
