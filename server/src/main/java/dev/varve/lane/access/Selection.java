package dev.varve.lane.access;

import dev.varve.lane.expression.Predicate;
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
  /// How many records of a to-many relation are given along with one when nobody says.
  public static final int MANY_USUAL = 100;

  /// All fields, nothing expanded.
  public static final Selection ALL = new Selection(Optional.empty(), List.of());

  public Selection {
    fields = fields.map(Set::copyOf);
    expansions = List.copyOf(expansions);
  }

  /// Related records to give along.
  public sealed interface Expansion {
    /// The name under which they are given.
    String name();

    /// The name of the relation.
    String relation();

    /// The model of the related records.
    Model target();

    Selection selection();
  }

  /// The one record that a field refers to.
  public record ToOne(String name, Field field, Model target, Selection selection)
      implements Expansion {
    /// Under the name of the field.
    public ToOne(Field field, Model target, Selection selection) {
      this(field.name(), field, target, selection);
    }

    @Override
    public String relation() {
      return field.name();
    }
  }

  /// The first records that refer to this one.
  ///
  /// @param by the field of the target that refers to this record
  public record ToMany(
      String name, HasMany many, Model target, Field by, Selection selection, Portion portion)
      implements Expansion {
    /// Under the name of the relation, the usual portion.
    public ToMany(HasMany many, Model target, Field by, Selection selection) {
      this(many.name(), many, target, by, selection, Portion.USUAL);
    }

    @Override
    public String relation() {
      return many.name();
    }
  }

  /// Which of the records that refer to one, and how many.
  ///
  /// @param sort the fields to sort by; the id comes last
  /// @param limit how many are given along with each record
  public record Portion(Optional<Predicate> filter, List<Read.Sort> sort, int limit) {
    /// The first by id.
    public static final Portion USUAL = new Portion(Optional.empty(), List.of(), MANY_USUAL);

    public Portion {
      sort = List.copyOf(sort);
    }
  }
}
