package dev.varve.identity.account;

import dev.varve.lane.write.WriteContext;
import java.sql.SQLException;

/// What an account was given by whoever held it, apart from its record, its password and its sessions: second factors, links to
/// providers, and what applications may do.
public final class EarlierHolder {
  private EarlierHolder() {}

  /// Forgets it: the account is no more, or somebody has proven for the first time that its mailbox is theirs. Whoever made it need
  /// not be who reads that.
  public static void forget(WriteContext write, String account) throws SQLException {
    Factors.removeAll(write, account);
    Links.removeAll(write, account);
    Consents.forget(write, account);
    KnownNetworks.forget(write, account);
  }
}
