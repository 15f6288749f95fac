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
/// @param allow `public`, `authenticated`, `role NAME`, or `scope NAME`
/// @param passesOn whether a service gets the caller's own credentials
record Admission(String allow, Optional<Condition> condition, boolean passesOn) {
  private static final String PUBLIC = "public";
  private static final String ROLE = "role ";
  private static final String SCOPE = "scope ";

  static Admission of(RouteSettings settings) {
    return of(settings.allow(), settings.when(), settings.forwardToken());
  }

  /// @throws dev.varve.settings.WrongSetting when one of them is not what it must be
  static Admission of(String allow, String when) {
    return of(allow, when, false);
  }

  private static Admission of(String allow, String when, boolean passesOn) {
    // a scope is of what RFC 6749, section 3.3, lets it have
    if (!allow.matches("public|authenticated|role \\S+|scope [!#-\\[\\]-~]+")) {
      throw new WrongSetting(
          "allow",
          "is '%s': write public, authenticated, role NAME, or scope NAME".formatted(allow));
    }
    return new Admission(allow, Condition.of(when), passesOn);
  }

  /// Who sends it, once it is known that they may.
  ///
  /// @throws Problem UNAUTHENTICATED or FORBIDDEN
  Caller admit(Request request) {
    Caller caller = allow.equals(PUBLIC) ? anybody(request) : known(request.caller());
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

  /// A service that gets a token of this server may take it for good, whatever has become of it: so it has to be.
  private Caller anybody(Request request) {
    return unbound(passesOn ? request.callerUnlessForeign() : request.callerOrAnonymous());
  }

  /// The scope with which applications come here, if they do.
  static Optional<String> scope(String allow) {
    return allow.startsWith(SCOPE)
        ? Optional.of(allow.substring(SCOPE.length()))
        : Optional.empty();
  }

  /// What is for everybody is for applications too, but none of them is told of there as the account for which it asks.
  private static Caller unbound(Caller caller) {
    return caller.isUnbound() ? caller : Caller.ANONYMOUS;
  }

  private Caller known(Caller caller) {
    Set<String> scopes = Set.of(scope(allow).orElse(Scopes.API));
    if (!caller.known()) {
      throw Problem.unauthenticated(
          "Sign in first: what is here is for those who have",
          scope(allow).isPresent() ? scopes : Set.of());
    }
    if (caller.isUnbound()) {
      return caller;
    }
    if (!caller.application().orElseThrow().scopes().containsAll(scopes)) {
      throw Problem.insufficientScope(
          "An application comes here for somebody only when it was given the scope '%s'"
              .formatted(String.join("", scopes)),
          caller.with(scopes));
    }
    return caller.withoutRoles();
  }
}
