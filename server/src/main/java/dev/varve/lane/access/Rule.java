package dev.varve.lane.access;

import dev.varve.lane.expression.Predicate;
import dev.varve.lane.expression.Predicates;
import dev.varve.schema.AuthRule;
import dev.varve.schema.AuthRule.Allow;
import dev.varve.schema.Field;
import dev.varve.schema.Operation;
import java.util.Optional;
import java.util.Set;

/// One rule, compiled.
///
/// @param predicate for which records it holds, for those whom it is for
/// @param owner the field that names the owner, of a rule for owners
record Rule(AuthRule source, Predicate predicate, Optional<Field> owner) {
  boolean isFor(Operation operation) {
    return source.operations().contains(operation);
  }

  /// For which records it holds when a caller with these roles asks.
  Predicate of(CallerRoles roles) {
    return switch (source.allow()) {
      case Allow.Public _ -> Predicates.always();
      case Allow.Authenticated _ -> constant(roles.known());
      case Allow.Role role -> constant(roles.hasOneOf(role.names()));
      // for an account it opens what other rules allow to that account, and allows nothing itself
      case Allow.Scope scope ->
          constant(!roles.hasAccount() && roles.hasOneOfScopes(scope.names()));
      case Allow.Owner _, Allow.Where _ -> roles.of(predicate);
    };
  }

  private static Predicate constant(boolean holds) {
    return holds ? Predicates.always() : Predicates.never();
  }

  /// The scopes that it asks for, if it does.
  Set<String> scopes() {
    return source.allow() instanceof Allow.Scope scope ? scope.names() : Set.of();
  }

  /// Whether it tells callers apart.
  boolean tellsApart() {
    return switch (source.allow()) {
      case Allow.Public _ -> false;
      case Allow.Authenticated _, Allow.Owner _, Allow.Role _, Allow.Scope _ -> true;
      case Allow.Where _ -> predicate.usesAccount();
    };
  }
}
