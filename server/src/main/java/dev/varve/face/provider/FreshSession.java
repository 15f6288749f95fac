package dev.varve.face.provider;

import dev.varve.face.auth.AccountContext;
import dev.varve.identity.account.Sessions.OneSession;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import java.time.Duration;
import java.util.Optional;

/// Somebody signed in a moment ago: a session that was left open somewhere changes no way in.
final class FreshSession {
  private static final Duration AGE_MAX = Duration.ofMinutes(10);

  private FreshSession() {}

  /// @return the id of the session
  /// @throws Problem FORBIDDEN when it is older
  static String require(AccountContext context, Caller caller) {
    Optional<OneSession> session = caller.session().flatMap(context.sessions()::find);
    boolean fresh =
        session
            .filter(found ->
                context.stages().clock().instant().isBefore(found.authenticatedAt().plus(AGE_MAX)))
            .isPresent();
    if (!fresh) {
      throw new Problem(
          ErrorCode.FORBIDDEN,
          "This takes a session in which somebody signed in within the last ten minutes: sign in again");
    }
    return session.orElseThrow().id();
  }
}
