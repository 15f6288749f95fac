package dev.varve.lane.access;

import dev.varve.schema.record.Entity;
import java.util.Optional;
import java.util.Set;

/// Who asks.
///
/// @param actor the name that the log keeps
/// @param account the record of the account that is signed in, as it is now; `me` in rules
/// @param roles what the rules of kind `role` compare with
/// @param session the session of the access token that came with the request
public record Caller(
    Kind kind,
    String actor,
    Optional<Entity> account,
    Set<String> roles,
    Optional<String> session) {
  /// A request that came without credentials.
  public static final Caller ANONYMOUS =
      new Caller(Kind.ANONYMOUS, "anonymous", Optional.empty(), Set.of(), Optional.empty());

  public Caller {
    roles = Set.copyOf(roles);
  }

  /// How the caller is known.
  public enum Kind {
    ANONYMOUS,
    /// Somebody who has signed in.
    ACCOUNT,
    /// A program with an API key: it has roles, but is nobody's account.
    MACHINE,
    /// Whoever holds the machine and its data folder, and Varve itself. Rules do not apply.
    OPERATOR
  }

  /// Somebody who has signed in.
  public static Caller account(Entity account, Set<String> roles, String session) {
    return new Caller(
        Kind.ACCOUNT, actor(account.id()), Optional.of(account), roles, Optional.of(session));
  }

  /// A program with an API key.
  public static Caller machine(String keyId, Set<String> roles) {
    return new Caller(Kind.MACHINE, "key:" + keyId, Optional.empty(), roles, Optional.empty());
  }

  /// The command line, doing what `task` names.
  public static Caller operator(String task) {
    return trusted("operator:" + task);
  }

  /// Varve itself, which has decided by other means that this may be done in the name of `actor`.
  public static Caller trusted(String actor) {
    return new Caller(Kind.OPERATOR, actor, Optional.empty(), Set.of(), Optional.empty());
  }

  /// The name under which the log keeps an account.
  public static String actor(String accountId) {
    return "user:" + accountId;
  }

  /// Whether credentials came with the request, and were good.
  public boolean known() {
    return kind != Kind.ANONYMOUS;
  }
}
