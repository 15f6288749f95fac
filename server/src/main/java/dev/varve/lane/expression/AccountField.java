package dev.varve.lane.expression;

import dev.varve.schema.record.Entity;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A field of the account that asks, `me.team`, in memory at every request: in SQL it is a literal.
///
/// @param of the way from the account's record, over no relation
/// @param decided whether an absent value leaves the test undecided, so that two records that both have no
///     team are not of one team; only `== null` and `has` ask for absence itself
record AccountField(Path of, boolean decided) implements Operand {
  /// The same, where absence is an answer.
  AccountField orAbsent() {
    return new AccountField(of, false);
  }

  @Override
  public @Nullable Object value(Entity record, Bindings bindings) {
    return value(bindings);
  }

  @Nullable Object value(Bindings bindings) {
    if (bindings.account().isEmpty()) {
      return new Unreachable();
    }
    Object value = of.value(bindings.account().get(), bindings);
    return value == null && decided ? new Unreachable() : value;
  }

  @Override
  public org.jooq.Field<Object> column(SemiJoins joins, Bindings bindings) {
    throw new IllegalStateException(of.text() + " is a literal in SQL");
  }

  @Override
  public Optional<Kind> kind() {
    return of.kind();
  }

  @Override
  public String text() {
    return of.text();
  }

  @Override
  public Optional<Path> path() {
    return Optional.of(of);
  }

  @Override
  public boolean ofAccount() {
    return true;
  }
}
