package dev.varve.schema;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/// One entry of `@auth(rules: [...])`: whom it allows what. Rules of one list are alternatives.
public record AuthRule(Allow allow, Set<Operation> operations, SourceLocation location) {
  public AuthRule {
    operations = Set.copyOf(operations);
  }

  /// Whom a rule allows.
  public sealed interface Allow {
    /// Everybody.
    record Public() implements Allow {}

    /// Whoever has signed in, and programs with a key.
    record Authenticated() implements Allow {}

    /// The account that a field of the record names.
    ///
    /// @param field absent where the model leaves only one to be meant
    /// @param fieldLocation where its name stands, or else the rule
    /// @param transferable whether callers may change the field
    record Owner(Optional<String> field, SourceLocation fieldLocation, boolean transferable)
        implements Allow {}

    /// Whoever has one of these roles.
    record Role(Set<String> names) implements Allow {
      public Role {
        names = Collections.unmodifiableSet(new LinkedHashSet<>(names));
      }
    }

    /// Applications that act for somebody, or for themselves, and were given one of these scopes (RFC 6749, section 3.3).
    /// For somebody they may what that account may, no more: the rule opens what the others allow to it.
    record Scope(Set<String> names) implements Allow {
      public Scope {
        names = Collections.unmodifiableSet(new LinkedHashSet<>(names));
      }
    }

    /// Whoever asks, for records on which the expression holds.
    ///
    /// @param location where the expression's first character stands in the schema file
    record Where(String expression, SourceLocation location) implements Allow {}
  }
}
