package dev.varve.lane.access;

import dev.varve.lane.expression.Predicate;
import dev.varve.lane.expression.Predicates;
import dev.varve.schema.AuthRule.Allow;
import dev.varve.schema.Field;
import dev.varve.schema.HasMany;
import dev.varve.schema.Model;
import dev.varve.schema.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The compiled rules of one model, for whoever asks.
///
/// @param fields by ordinal of the field; absent where only the rules of the model count
/// @param many by the name of the to-many relation; absent where only the rules of the model count
record RuleBook(
    Model model,
    List<Rule> records,
    List<Optional<List<Rule>>> fields,
    Map<String, Optional<List<Rule>>> many) {

  /// The rules as they bind callers with the same roles.
  ModelRules of(CallerRoles roles) {
    RuleSet recordSet = set(records, roles);
    List<RuleSet> fieldSets =
        fields.stream()
            .map(rules -> rules.map(given -> set(given, roles)).orElse(RuleSet.OPEN))
            .toList();
    Map<String, Predicate> manyRules = new HashMap<>();
    for (HasMany relation : model.hasMany()) {
      manyRules.put(relation.name(), many(relation, roles));
    }
    return ModelRules.of(
        model,
        recordSet,
        fieldSets,
        manyRules,
        new RuleDependencies.Viewpoints(viewpoint(all(), roles), viewpoint(ofMembers(), roles)),
        ownersThatStay(),
        transferable(roles));
  }

  private Predicate transferable(CallerRoles roles) {
    List<Rule> updating = records.stream().filter(rule -> rule.isFor(Operation.UPDATE)).toList();
    return isOpen(updating, roles)
        ? Predicates.or(
            updating.stream().filter(RuleBook::isTransferable).map(rule -> rule.of(roles)).toList())
        : Predicates.never();
  }

  private Predicate many(HasMany relation, CallerRoles roles) {
    return many.getOrDefault(relation.name(), Optional.empty())
        .map(rules -> set(rules, roles).of(Operation.READ))
        .orElse(Predicates.always());
  }

  private static RuleSet set(List<Rule> rules, CallerRoles roles) {
    return new RuleSet(
        operation -> allowed(rules.stream().filter(rule -> rule.isFor(operation)).toList(), roles));
  }

  private static boolean isOpen(List<Rule> rules, CallerRoles roles) {
    return roles.isUnbound()
        || rules.stream().anyMatch(rule -> roles.hasOneOfScopes(rule.scopes()));
  }

  /// What rules for one operation allow. Through an application, callers may what they may where it was given a scope that
  /// one of the rules asks for; what is for everybody they may in any case.
  private static Predicate allowed(List<Rule> rules, CallerRoles roles) {
    boolean open = isOpen(rules, roles);
    return Predicates.or(
        rules.stream()
            .filter(rule -> open || !rule.tellsApart())
            .map(rule -> rule.of(roles))
            .toList());
  }

  /// Whether a rule asks something of the application through which somebody asks.
  boolean tellsClients() {
    return all().anyMatch(rule -> rule.predicate().usesApplication());
  }

  private Stream<Rule> all() {
    return Stream.concat(records.stream(), ofMembers());
  }

  private Stream<Rule> ofMembers() {
    return Stream.concat(fields.stream(), many.values().stream())
        .flatMap(Optional::stream)
        .flatMap(List::stream);
  }

  private static AnswerScope viewpoint(Stream<Rule> rules, CallerRoles roles) {
    List<Rule> apart =
        rules.filter(rule -> rule.isFor(Operation.READ)).filter(Rule::tellsApart).toList();
    boolean account = apart.stream().anyMatch(rule -> rule.of(roles).usesAccount());
    return apart.isEmpty() ? AnswerScope.EVERYBODY : new AnswerScope(roles.mark(), account);
  }

  /// Whether a rule allows the operation to somebody who has signed in.
  boolean isForTheKnown(Operation operation) {
    return records.stream().anyMatch(rule -> rule.isFor(operation) && rule.tellsApart());
  }

  /// Whether a rule allows the operation to those who have a role.
  boolean isForRoles(Operation operation) {
    return records.stream()
        .anyMatch(rule -> rule.isFor(operation) && rule.source().allow() instanceof Allow.Role);
  }

  /// The scopes of which an application takes one for the operation.
  Set<String> scopes(Operation operation) {
    return records.stream()
        .filter(rule -> rule.isFor(operation))
        .flatMap(rule -> rule.scopes().stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /// Whether a rule that allows the operation looks at the account of the caller.
  boolean isForAccounts(Operation operation) {
    return records.stream()
        .anyMatch(rule ->
            rule.isFor(operation)
                && rule.tellsApart()
                && !(rule.source().allow() instanceof Allow.Role)
                && !(rule.source().allow() instanceof Allow.Scope));
  }

  /// The fields that name an owner who stays the owner.
  private Set<Field> ownersThatStay() {
    Set<Field> stay = new HashSet<>();
    Set<Field> transferable = new HashSet<>();
    all()
        .forEach(rule ->
            rule.owner()
                .ifPresent(field -> (isTransferable(rule) ? transferable : stay).add(field)));
    stay.removeAll(transferable);
    return stay;
  }

  private static boolean isTransferable(Rule rule) {
    return rule.source().allow() instanceof Allow.Owner owner && owner.transferable();
  }

  /// The fields that name whoever creates a record, where they leave them out.
  List<Field> ownersAtCreation() {
    List<Field> owners = new ArrayList<>();
    for (Rule rule : records) {
      if (rule.isFor(Operation.CREATE)) {
        rule.owner().filter(field -> !field.system()).ifPresent(owners::add);
      }
    }
    return owners;
  }
}
