package dev.varve.access;

import dev.varve.schema.Field;
import dev.varve.schema.HasMany;
import dev.varve.schema.Model;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What of a record is wanted: which fields, and which related records in place of their ids.
///
/// @param fields the stored fields to give; absent for all
/// @param expansions related records to give along
public record Selection(Optional<Set<Field>> fields, List<Expansion> expansions) {
  /// All fields, nothing expanded.
  public static final Selection ALL = new Selection(Optional.empty(), List.of());

  public Selection {
    fields = fields.map(Set::copyOf);
    expansions = List.copyOf(expansions);
  }

  /// Related records to give along.
  public sealed interface Expansion {
    /// The name under which they appear.
    String name();

    /// The model of the related records.
    Model target();

    Selection selection();
  }

  /// The one record that a field refers to.
  public record ToOne(Field field, Model target, Selection selection) implements Expansion {
    @Override
    public String name() {
      return field.name();
    }
  }

  /// The first records that refer to this one.
  ///
  /// @param by the field of the target that refers to this record
  public record ToMany(HasMany many, Model target, Field by, Selection selection)
      implements Expansion {
    @Override
    public String name() {
      return many.name();
    }
  }
}
