package dev.varve.lane.access;

import dev.varve.lane.expression.Predicate;
import dev.varve.schema.Field;
import dev.varve.schema.HasMany;
import dev.varve.schema.Model;
import dev.varve.schema.Operation;
import java.util.Set;

/// The compiled rules for one caller. Denies what no rule allows.
public interface Grants {
  /// Which records of a model the operation is allowed on.
  Predicate records(Model model, Operation operation);

  /// On which records a field may be read, created or updated, where the record itself may be.
  Predicate field(Model model, Field field, Operation operation);

  /// On which records those that refer to them may be listed through the relation.
  Predicate many(Model model, HasMany many);

  /// Whether every field of the model may be read on every record that may be read.
  boolean readsAllFields(Model model);

  /// Whether the records of a to-many relation may be listed through it, on some record at least.
  boolean readsMany(Model model, String manyName);

  /// The fields that name the owner of a record, who stays the owner for this caller.
  Set<Field> ownersThatStay(Model model);

  /// Which records the caller may give to another owner: they need not be theirs afterwards.
  Predicate transferable(Model model);

  /// Whether the caller is nobody yet, and might be allowed the operation once signed in.
  boolean signInHelps(Model model, Operation operation);

  /// What the rules for reading the model and its fields look at.
  RuleDependencies reach(Model model);
}
