package dev.varve.lane.expression;

import dev.varve.lane.expression.Operand.Unreachable;
import dev.varve.schema.Field;
import dev.varve.schema.Field.Shape;
import dev.varve.schema.Model;
import dev.varve.schema.ScalarType;
import dev.varve.schema.record.Entity;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What rules may ask of the application through which an account asks: `me.client` and `me.scopes`. Both are known before a request
/// looks at records, so [ApplicationTests] puts their values in the place of them.
///
/// @param of a path that tells its type
/// @param decided whether its absence leaves a test undecided; only `== null` and `has` ask for absence itself
record ApplicationField(Path of, boolean decided) implements Operand {
  static final String CLIENT = "client";
  static final String SCOPES = "scopes";

  /// The application through which an account asks.
  record Asking(String client, Set<String> scopes) {}

  /// The one of that name, if there is one. A field of the account goes before it.
  static Optional<Operand> named(String name, Path.Root me) {
    Model account = me.model();
    if (account.field(name).isPresent()) {
      return Optional.empty();
    }
    return switch (name) {
      case CLIENT -> Optional.of(of(me, Field.plain(CLIENT, ScalarType.STRING)));
      case SCOPES ->
          Optional.of(
              of(me, Field.plain(SCOPES, new Shape(ScalarType.STRING, true, true, true, 0))));
      default -> Optional.empty();
    };
  }

  private static Operand of(Path.Root me, Field field) {
    return new ApplicationField(me.field(field), true);
  }

  /// The same, where absence is an answer.
  ApplicationField orAbsent() {
    return new ApplicationField(of, false);
  }

  /// The value when this application asks, or none does.
  @Nullable Object value(Optional<Asking> application) {
    if (application.isEmpty()) {
      return decided ? new Unreachable() : null;
    }
    return of.last().list() ? List.copyOf(application.get().scopes()) : application.get().client();
  }

  @Override
  public Object value(Entity record, Bindings bindings) {
    throw notBound();
  }

  @Override
  public org.jooq.Field<Object> column(SemiJoins joins, Bindings bindings) {
    throw notBound();
  }

  private IllegalStateException notBound() {
    return new IllegalStateException(text() + " has its value before records are looked at");
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

  @Override
  public boolean ofApplication() {
    return true;
  }
}
