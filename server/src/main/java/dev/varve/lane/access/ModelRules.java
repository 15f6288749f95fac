package dev.varve.lane.access;

import dev.varve.lane.expression.Predicate;
import dev.varve.lane.expression.Predicates;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The rules of one model, as they bind callers with the same roles.
///
/// @param records by operation
/// @param fields by ordinal of the field; one that has no rules of its own is always allowed
/// @param many for reading, by the name of the to-many relation
/// @param readsAllFields whether no field is hidden on any record
/// @param owners the fields that name an owner who stays the owner
/// @param transferable for which records the owner need not stay
record ModelRules(
    RuleSet records,
    List<RuleSet> fields,
    Map<String, Predicate> many,
    boolean readsAllFields,
    RuleDependencies reach,
    Set<Field> owners,
    Predicate transferable) {

  static ModelRules of(
      Model model,
      RuleSet records,
      List<RuleSet> fields,
      Map<String, Predicate> many,
      RuleDependencies.Viewpoints viewpoints,
      Set<Field> owners,
      Predicate transferable) {
    List<Predicate> reading = new ArrayList<>(many.values());
    reading.add(records.of(Operation.READ));
    fields.forEach(field -> reading.add(field.of(Operation.READ)));
    return new ModelRules(
        records,
        List.copyOf(fields),
        Map.copyOf(many),
        fields.stream().allMatch(field -> always(field.of(Operation.READ))),
        RuleDependencies.of(model, reading, viewpoints),
        Set.copyOf(owners),
        transferable);
  }

  private static boolean always(Predicate rule) {
    return rule.equals(Predicates.always());
  }

  Predicate field(Field field, Operation operation) {
    return fields.get(field.ordinal()).of(operation);
  }
}
