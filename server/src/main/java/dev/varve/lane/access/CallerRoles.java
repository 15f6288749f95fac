package dev.varve.lane.access;

import dev.varve.schema.Scopes;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What rules can tell about callers without looking at a record: how they are known, their roles, and the scopes of the
/// application through which they ask.
///
/// @param scopes nothing when there is no such application
record CallerRoles(Caller.Kind kind, Set<String> roles, Optional<Set<String>> scopes) {
  static final CallerRoles ANONYMOUS = new CallerRoles(Caller.Kind.ANONYMOUS, Set.of());

  CallerRoles(Caller.Kind kind, Set<String> roles) {
    this(kind, roles, Optional.empty());
  }

  static CallerRoles of(Caller caller) {
    return new CallerRoles(
        caller.kind(), caller.roles(), caller.application().map(Caller.Application::scopes));
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
            + scopes.map(names -> ":" + String.join(",", new TreeSet<>(names))).orElse("");
    return AnswerScope.hex(AnswerScope.hash(text.getBytes(StandardCharsets.UTF_8)));
  }
}
