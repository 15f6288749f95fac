package dev.varve.identity.account;

import dev.varve.identity.passkey.Passkey;
import dev.varve.identity.passkey.Passkeys;
import dev.varve.lane.write.WriteContext;
import dev.varve.store.sql.Session;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Which second factors accounts have: the one place that knows, whoever keeps them.
public final class Factors {
  private Factors() {}

  /// The factors of an account, any of which will do. None of one that signs in with one proof alone.
  public static Set<Factor> of(Session rows, String account) throws SQLException {
    Set<Factor> factors = EnumSet.noneOf(Factor.class);
    List<Passkey> passkeys = Passkeys.of(rows, account);
    // one that makes sure who uses it is a way in of its own, and asks for nothing beside a password
    if (!factors.isEmpty() || passkeys.stream().anyMatch(passkey -> !passkey.verifies())) {
      passkeys.stream().findAny().ifPresent(_ -> factors.add(Factor.PASSKEY));
    }
    return factors;
  }

  /// Forgets every factor of an account: it is no more, or it is somebody else's now.
  public static void removeAll(WriteContext write, String account) throws SQLException {
    Passkeys.removeAll(write, account);
  }
}
