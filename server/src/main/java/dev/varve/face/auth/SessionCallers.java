package dev.varve.face.auth;

import dev.varve.identity.account.AccountModel;
import dev.varve.identity.account.OpenSessions;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Access;
import dev.varve.lane.access.Caller;
import dev.varve.lane.query.Query;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.record.Entity;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Tells who acts in a session: an account, as it is at the moment.
final class SessionCallers {
  private final OpenSessions sessions;
  private final Access access;
  private final Query query;
  private final AccountModel accounts;

  /// @param account the model of accounts
  SessionCallers(OpenSessions sessions, Access access, Query query, Model account) {
    this.sessions = sessions;
    this.access = access;
    this.query = query;
    this.accounts = AccountModel.of(account);
  }

  boolean isOpen(String session) {
    return sessions.isOpen(session);
  }

  /// The account of a session.
  ///
  /// @param last who it was when that was asked last, if it was
  /// @param through makes the account a caller that acts by another
  /// @throws Problem UNAUTHENTICATED when the account is no more, or disabled
  Caller caller(
      String account, String session, @Nullable Caller last, UnaryOperator<Caller> through) {
    Entity record =
        accounts
            .find(access, query, account)
            .orElseThrow(() -> refused("The account that is signed in is no more"));
    if (last != null && isSame(last.account().orElseThrow(), record)) {
      return last;
    }
    if (accounts.disabled(record)) {
      throw refused("The account that is signed in is disabled");
    }
    return through.apply(Caller.account(record, accounts.roles(record), session));
  }

  /// Within one session an account has each version once, as a deleted one has none; but one that the database has lost had the number of
  /// another.
  private static boolean isSame(Entity before, Entity now) {
    Field changed = now.model().updatedAt();
    return before.version() == now.version()
        && Objects.equals(before.value(changed), now.value(changed));
  }

  static Problem refused(String message) {
    return Problem.badToken(ErrorCode.UNAUTHENTICATED, message);
  }
}
