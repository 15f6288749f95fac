package dev.varve.lane.access;

import dev.varve.schema.Scopes;
import dev.varve.schema.record.Entity;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Who asks.
///
/// @param actor the name that the log keeps
/// @param account the record of the account that is signed in, as it is now; `me` in rules
/// @param roles what the rules of kind `role` compare with
/// @param session the session of the access token that came with the request
/// @param application through which they ask; nothing when it is the application that Varve serves itself
public record Caller(
    Kind kind,
    String actor,
    Optional<Entity> account,
    Set<String> roles,
    Optional<String> session,
    Optional<Application> application) {
  /// A request that came without credentials.
  public static final Caller ANONYMOUS =
      new Caller(Kind.ANONYMOUS, "anonymous", Optional.empty(), Set.of(), Optional.empty());

  /// Another application (an OAuth client) that asks, for an account or for itself.
  ///
  /// @param scopes what it was given
  public record Application(String client, Set<String> scopes) {
    public Application {
      scopes = Set.copyOf(scopes);
    }
  }

  /// Who asks without another application in between.
  public Caller(
      Kind kind,
      String actor,
      Optional<Entity> account,
      Set<String> roles,
      Optional<String> session) {
    this(kind, actor, account, roles, session, Optional.empty());
  }

  public Caller {
    roles = Set.copyOf(roles);
  }

  /// How the caller is known.
  public enum Kind {
    ANONYMOUS,
    /// Somebody who has signed in.
    ACCOUNT,
    /// A program with an API key, which has roles, or an application with scopes: nobody's account.
    MACHINE,
    /// Whoever holds the machine and its data folder, and Varve itself. Rules do not apply.
    OPERATOR
  }

  /// Somebody who has signed in.
  public static Caller account(Entity account, Set<String> roles, String session) {
    return new Caller(
        Kind.ACCOUNT, actor(account.id()), Optional.of(account), roles, Optional.of(session));
  }

  /// An application that asks for itself.
  public static Caller application(Application application) {
    return new Caller(
        Kind.MACHINE,
        "client:" + application.client(),
        Optional.empty(),
        Set.of(),
        Optional.empty(),
        Optional.of(application));
  }

  /// The same account, when an application asks for it.
  public Caller through(Application other) {
    return new Caller(kind, actor, account, roles, session, Optional.of(other));
  }

  /// The same, of whom nothing is told that they could do beyond being who they are: what an application may was not said of roles.
  public Caller withoutRoles() {
    return new Caller(kind, actor, account, Set.of(), session, application);
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

  /// Whether they may all that their account and roles may: they ask themselves, or through an application that was given
  /// everything.
  public boolean isUnbound() {
    return application.isEmpty() || application.get().scopes().contains(Scopes.API);
  }

  /// What an application would ask for to get these scopes too: whoever asks for the new ones alone loses those before.
  public Set<String> with(Set<String> scopes) {
    Set<String> all = new TreeSet<>(scopes);
    application.ifPresent(asking -> all.addAll(asking.scopes()));
    return all;
  }

  /// Whether credentials came with the request, and were good.
  public boolean known() {
    return kind != Kind.ANONYMOUS;
  }
}
