package dev.varve.face.gateway;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.net.http.Request;
import dev.varve.schema.Scopes;
import dev.varve.settings.WrongSetting;
import java.util.Optional;
import java.util.Set;

/// Who may send the requests of a route: what `allow` says, and what must hold beside it. On any doubt nobody.
///
/// @param allow `public`, `authenticated`, or `role NAME`
record Admission(String allow, Optional<Condition> condition) {
  private static final String PUBLIC = "public";
  private static final String ROLE = "role ";

  static Admission of(RouteSettings settings) {
    return of(settings.allow(), settings.when());
  }

  /// @throws dev.varve.settings.WrongSetting when one of them is not what it must be
  static Admission of(String allow, String when) {
    if (!allow.matches("public|authenticated|role \\S+")) {
      throw new WrongSetting(
          "allow", "is '%s': write public, authenticated, or role NAME".formatted(allow));
    }
    return new Admission(allow, Condition.of(when));
  }

  /// Who sends it, once it is known that they may.
  ///
  /// @throws Problem UNAUTHENTICATED or FORBIDDEN
  Caller admit(Request request) {
    Caller caller =
        allow.equals(PUBLIC) ? unbound(request.callerOrAnonymous()) : known(request.caller());
    if (allow.startsWith(ROLE) && !caller.roles().contains(allow.substring(ROLE.length()))) {
      throw new Problem(
          ErrorCode.FORBIDDEN,
          "What is here takes the role '%s', which you do not have"
              .formatted(allow.substring(ROLE.length())));
    }
    if (condition.isPresent() && !condition.get().holds(request, caller)) {
      throw caller.known()
          ? new Problem(ErrorCode.FORBIDDEN, "You may not do this here")
          : new Problem(ErrorCode.UNAUTHENTICATED, "You may not do this here without signing in");
    }
    return caller;
  }

  /// What is for everybody is for applications too, but none of them is told of there as the account for which it asks.
  private static Caller unbound(Caller caller) {
    return caller.isUnbound() ? caller : Caller.ANONYMOUS;
  }

  private static Caller known(Caller caller) {
    if (!caller.known()) {
      throw new Problem(
          ErrorCode.UNAUTHENTICATED, "Sign in first: what is here is for those who have");
    }
    if (!caller.isUnbound()) {
      throw Problem.insufficientScope(
          "An application comes here for somebody only when it was given the scope 'api'",
          caller.with(Set.of(Scopes.API)));
    }
    return caller;
  }
}
