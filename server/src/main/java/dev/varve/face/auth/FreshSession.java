package dev.varve.face.auth;

import dev.varve.identity.account.Sessions;
import dev.varve.identity.account.Sessions.OneSession;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.write.WriteContext;
import dev.varve.net.http.Request;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/// TO BE REPLACED by the one place that asks for a stepped-up session.
final class FreshSession {
  static final Duration FRESH = Duration.ofMinutes(10);

  private FreshSession() {}

  static void require(AccountContext context, WriteContext write, Request request)
      throws SQLException {
    Optional<OneSession> session = Sessions.find(write, request.caller().session().orElse(""));
    if (session.isEmpty()
        || session.get().authenticatedAt().plus(FRESH).isBefore(write.at())
        || !context.mayGoOn(session.get())) {
      throw new Problem(ErrorCode.FORBIDDEN, "Sign in again first");
    }
  }
}
