package dev.varve.schema.evolution;

import com.google.re2j.Pattern;
import dev.varve.schema.AuthRule;
import dev.varve.schema.AuthRule.Allow;
import dev.varve.schema.Constraints;
import dev.varve.schema.HasMany;
import dev.varve.schema.Operation;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Whether parts of two schema files say the same, wherever they stand in them.
final class SchemaEquality {
  private SchemaEquality() {}

  static boolean rules(List<AuthRule> before, List<AuthRule> after) {
    return before.stream()
        .map(SchemaEquality::bare)
        .toList()
        .equals(after.stream().map(SchemaEquality::bare).toList());
  }

  static boolean rules(Optional<List<AuthRule>> before, Optional<List<AuthRule>> after) {
    return before.isPresent() == after.isPresent()
        && rules(before.orElse(List.of()), after.orElse(List.of()));
  }

  private record Bare(String whom, Set<Operation> operations) {}

  private static Bare bare(AuthRule rule) {
    String whom =
        switch (rule.allow()) {
          case Allow.Public _ -> "";
          case Allow.Authenticated _ -> "authenticated";
          case Allow.Owner owner -> "owner " + owner.field() + owner.transferable();
          case Allow.Role role -> "role " + role.names();
          case Allow.Scope scope -> "scope " + scope.names();
          case Allow.Where where -> where.expression();
        };
    return new Bare(whom, rule.operations());
  }

  static boolean lists(List<HasMany> before, List<HasMany> after) {
    if (before.size() != after.size()) {
      return false;
    }
    for (int i = 0; i < before.size(); i++) {
      HasMany one = before.get(i);
      HasMany other = after.get(i);
      boolean same =
          one.name().equals(other.name())
              && one.target().equals(other.target())
              && one.by().equals(other.by())
              && rules(one.rules(), other.rules());
      if (!same) {
        return false;
      }
    }
    return true;
  }

  static boolean constraints(Constraints before, Constraints after) {
    return before.lengthMin().equals(after.lengthMin())
        && before.lengthMax().equals(after.lengthMax())
        && before.rangeMin().equals(after.rangeMin())
        && before.rangeMax().equals(after.rangeMax())
        && before.pattern().map(Pattern::pattern).equals(after.pattern().map(Pattern::pattern));
  }
}
