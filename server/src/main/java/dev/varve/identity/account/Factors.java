package dev.varve.identity.account;

import dev.varve.lane.write.WriteContext;
import dev.varve.store.sql.Session;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.Set;

/// Which second factors accounts have: the one place that knows, whoever keeps them.
public final class Factors {
  private Factors() {}

  /// The factors of an account, any of which will do. None of one that signs in with one proof alone.
  public static Set<Factor> of(Session rows, String account) throws SQLException {
    return EnumSet.noneOf(Factor.class);
  }

  /// Forgets every factor of an account: it is no more, or it is somebody else's now.
  public static void removeAll(WriteContext write, String account) throws SQLException {}
}
