package dev.varve.lane.access;

import dev.varve.lane.expression.Predicate;
import dev.varve.schema.Scopes;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What rules can tell about callers without looking at a record: how they are known, their roles, and the application through which
/// they ask, with its scopes.
///
/// @param scopes nothing when there is no such application
/// @param client which application it is, where rules ask for that; empty where none does
record CallerRoles(
    Caller.Kind kind, Set<String> roles, Optional<Set<String>> scopes, String client) {
  static final CallerRoles ANONYMOUS = new CallerRoles(Caller.Kind.ANONYMOUS, Set.of());

  CallerRoles(Caller.Kind kind, Set<String> roles) {
    this(kind, roles, Optional.empty(), "");
  }

  /// @param tellsClients whether rules ask which application it is
  static CallerRoles of(Caller caller, boolean tellsClients) {
    return new CallerRoles(
        caller.kind(),
        caller.roles(),
        caller.application().map(Caller.Application::scopes),
        tellsClients ? caller.application().map(Caller.Application::client).orElse("") : "");
  }

  /// A condition of a rule, as it is for them.
  Predicate of(Predicate predicate) {
    if (!hasAccount()) {
      return predicate.withoutAccount();
    }
    return scopes.map(given -> predicate.through(client, given)).orElseGet(predicate::throughNone);
  }

  boolean known() {
    return kind != Caller.Kind.ANONYMOUS;
  }

  boolean hasAccount() {
    return kind == Caller.Kind.ACCOUNT;
  }

  boolean hasOneOf(Set<String> wanted) {
    return roles.stream().anyMatch(wanted::contains);
  }

  /// Whether the application through which they ask was given one of these.
  boolean hasOneOfScopes(Set<String> wanted) {
    return scopes.isPresent() && scopes.get().stream().anyMatch(wanted::contains);
  }

  /// Whether they may all that their roles and their account may: they ask themselves, or through an application that was
  /// given everything.
  boolean isUnbound() {
    return scopes.isEmpty() || scopes.get().contains(Scopes.API);
  }

  /// Tells callers with other roles or scopes apart.
  String mark() {
    String text =
        kind
            + ":"
            + String.join(",", new TreeSet<>(roles))
            + scopes.map(names -> ":" + String.join(",", new TreeSet<>(names)) + ":").orElse("")
            + client;
    return AnswerScope.hex(AnswerScope.hash(text.getBytes(StandardCharsets.UTF_8)));
  }
}
