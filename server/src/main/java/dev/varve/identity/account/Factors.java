package dev.varve.identity.account;

import dev.varve.identity.factor.RecoveryCodes;
import dev.varve.identity.factor.Totps;
import dev.varve.identity.factor.TrustedDevices;
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
    Set<Factor> factors = enrolled(rows, account);
    if (!factors.isEmpty() && RecoveryCodes.left(rows, account) > 0) {
      factors.add(Factor.RECOVERY_CODE);
    }
    return factors;
  }

  /// Those that were enrolled: recovery codes stand in for one of them.
  private static Set<Factor> enrolled(Session rows, String account) throws SQLException {
    Set<Factor> factors = EnumSet.noneOf(Factor.class);
    if (Totps.has(rows, account)) {
      factors.add(Factor.TOTP);
    }
    List<Passkey> passkeys = Passkeys.of(rows, account);
    // one that made sure who it was is a way in of its own, and is not asked for beside a password
    boolean asked = passkeys.stream().anyMatch(Passkey::second);
    if (asked || (!passkeys.isEmpty() && !factors.isEmpty())) {
      factors.add(Factor.PASSKEY);
    }
    return factors;
  }

  /// Those that whoever is signed in may prove once more: any passkey, beside what is asked for.
  public static Set<Factor> provable(Session rows, String account) throws SQLException {
    Set<Factor> factors = of(rows, account);
    if (!Passkeys.of(rows, account).isEmpty()) {
      factors.add(Factor.PASSKEY);
    }
    return factors;
  }

  /// To be called when a factor was removed: what stands in for one goes with it, or with the last.
  public static void removed(WriteContext write, String account) throws SQLException {
    TrustedDevices.endAll(write, account);
    if (enrolled(write.session(), account).isEmpty()) {
      RecoveryCodes.removeAll(write, account);
    }
  }

  /// Forgets every factor of an account: it is no more, it is somebody else's now, or its owner has lost them.
  public static void removeAll(WriteContext write, String account) throws SQLException {
    Totps.removeAll(write, account);
    Passkeys.removeAll(write, account);
    RecoveryCodes.removeAll(write, account);
    TrustedDevices.endAll(write, account);
  }
}
