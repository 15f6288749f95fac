package dev.varve.lane.expression;

import dev.varve.kernel.Folding;
import dev.varve.schema.record.Entity;
import dev.varve.store.sql.BoundValues;
import dev.varve.store.sql.SqlFunctions;
import dev.varve.store.sql.SqlValues;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/// What a [Leaf] looks at, in memory and as an SQL expression; both give values in the form of [Kind].
sealed interface Operand
    permits AccountField,
        ApplicationField,
        Operand.Folded,
        Operand.Literal,
        Operand.Now,
        Operand.Parameter,
        Operand.Size,
        Path {
  /// Stands for the value of a path through a record that is not there.
  record Unreachable() {}

  /// The value; null when absent; [Unreachable]; a list as its elements are in Java.
  @Nullable Object value(Entity record, Bindings bindings);

  org.jooq.Field<Object> column(SemiJoins joins, Bindings bindings);

  /// Empty for what cannot be compared: lists, values and JSON.
  Optional<Kind> kind();

  /// As the expression writes it, for messages.
  String text();

  default void addReads(Set<FieldRead> reads) {}

  default boolean usesInput() {
    return false;
  }

  /// The field that the value is of, with the way to it.
  default Optional<Path> path() {
    return Optional.empty();
  }

  /// Whether the value is one of the account that asks, the same for every record.
  default boolean ofAccount() {
    return false;
  }

  /// Whether the value is one of the application through which that account asks.
  default boolean ofApplication() {
    return false;
  }

  /// How its text is folded.
  default Folding folding() {
    return Folding.EXACT;
  }

  /// The relations to follow before the value is reached.
  default List<RelationStep> hops() {
    return List.of();
  }

  /// @param value in the form of a column
  record Literal(Object value) implements Operand {
    @Override
    public Object value(Entity record, Bindings bindings) {
      return value;
    }

    @Override
    public org.jooq.Field<Object> column(SemiJoins joins, Bindings bindings) {
      return DSL.val(value);
    }

    @Override
    public Optional<Kind> kind() {
      return Optional.empty();
    }

    @Override
    public String text() {
      return value.toString();
    }
  }

  /// A value of one request.
  record Parameter(BoundValues.Place place) implements Operand {
    @Override
    public Object value(Entity record, Bindings bindings) {
      return place.value();
    }

    @Override
    public org.jooq.Field<Object> column(SemiJoins joins, Bindings bindings) {
      return place.param();
    }

    @Override
    public Optional<Kind> kind() {
      return Optional.empty();
    }

    @Override
    public String text() {
      return place.value().toString();
    }
  }

  /// The moment of the request, moved by an offset.
  record Now(long offsetMicros) implements Operand {
    @Override
    public Object value(Entity record, Bindings bindings) {
      return SqlValues.micros(bindings.now()) + offsetMicros;
    }

    @Override
    public org.jooq.Field<Object> column(SemiJoins joins, Bindings bindings) {
      return DSL.val((Object) (SqlValues.micros(bindings.now()) + offsetMicros));
    }

    @Override
    public Optional<Kind> kind() {
      return Optional.of(Kind.INSTANT);
    }

    @Override
    public String text() {
      return "now";
    }
  }

  /// The number of characters of a text, or of elements of a list.
  ///
  /// @param of a [Path] or [AccountField]
  record Size(Operand of) implements Operand {
    @Override
    public @Nullable Object value(Entity record, Bindings bindings) {
      return of(of.value(record, bindings));
    }

    static @Nullable Object of(@Nullable Object value) {
      return switch (value) {
        case null -> null;
        case String text -> (long) text.codePointCount(0, text.length());
        case List<?> elements -> (long) elements.size();
        case Object unreachable -> unreachable;
      };
    }

    @Override
    public org.jooq.Field<Object> column(SemiJoins joins, Bindings bindings) {
      return SemiJoins.untyped(
          of instanceof Path path && path.last().list()
              ? SqlFunctions.elementCount(path.listColumn(joins))
              : DSL.length(of.column(joins, bindings).coerce(String.class)));
    }

    @Override
    public Optional<Kind> kind() {
      return Optional.of(Kind.WHOLE);
    }

    @Override
    public String text() {
      return "size(" + of.text() + ")";
    }

    @Override
    public boolean ofAccount() {
      return of.ofAccount();
    }

    @Override
    public boolean ofApplication() {
      return of.ofApplication();
    }

    @Override
    public void addReads(Set<FieldRead> reads) {
      of.addReads(reads);
    }

    @Override
    public boolean usesInput() {
      return of.usesInput();
    }

    @Override
    public List<RelationStep> hops() {
      return of.hops();
    }
  }

  /// A text without regard to case, or to case and accents: `name.foldCase()`.
  ///
  /// @param of a [Path] or [AccountField] that holds text
  record Folded(Operand of, Folding folding) implements Operand {
    @Override
    public @Nullable Object value(Entity record, Bindings bindings) {
      Object value = of.value(record, bindings);
      return value instanceof String text ? folding.fold(text) : value;
    }

    @Override
    public org.jooq.Field<Object> column(SemiJoins joins, Bindings bindings) {
      return SemiJoins.untyped(
          of instanceof Path path && path.members().isEmpty()
              ? joins.column(path, folding)
              : SqlFunctions.folded(of.column(joins, bindings), folding));
    }

    @Override
    public Optional<Kind> kind() {
      return of.kind();
    }

    @Override
    public String text() {
      return of.text() + "." + FoldedText.function(folding) + "()";
    }

    @Override
    public Optional<Path> path() {
      return of.path();
    }

    @Override
    public boolean ofAccount() {
      return of.ofAccount();
    }

    @Override
    public boolean ofApplication() {
      return of.ofApplication();
    }

    @Override
    public void addReads(Set<FieldRead> reads) {
      if (of instanceof Path path) {
        path.addReads(reads, folding);
      }
    }

    @Override
    public boolean usesInput() {
      return of.usesInput();
    }

    @Override
    public List<RelationStep> hops() {
      return of.hops();
    }
  }
}
