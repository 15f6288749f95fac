package dev.varve.lane.access;

import dev.varve.lane.expression.FieldRead;
import dev.varve.lane.expression.Predicate;
import dev.varve.schema.Model;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What the answer of some rules depends on besides the record they are asked about.
///
/// @param models the models of all records looked at, the record's own included
/// @param related whether records that it refers to are looked at
/// @param now whether the answer may change while the data stays as it is
/// @param viewpoints who sees what
public record RuleDependencies(
    Set<Model> models, boolean related, boolean now, Viewpoints viewpoints) {
  public RuleDependencies {
    models = Set.copyOf(models);
  }

  /// Who sees what.
  ///
  /// @param records by whom it differs which records are seen, or what of them
  /// @param fields by whom it differs what is seen of a record
  public record Viewpoints(AnswerScope records, AnswerScope fields) {
    /// Everybody sees the same.
    static final Viewpoints EVERYBODY =
        new Viewpoints(AnswerScope.EVERYBODY, AnswerScope.EVERYBODY);
  }

  static RuleDependencies of(Model model, List<Predicate> rules, Viewpoints viewpoints) {
    Set<Model> models = new LinkedHashSet<>(List.of(model));
    boolean related = false;
    for (Predicate rule : rules) {
      for (FieldRead read : rule.reads()) {
        models.add(read.model());
        related |= !read.model().equals(model) || mayLeadBack(read, model);
      }
    }
    boolean now = rules.stream().anyMatch(Predicate::usesNow);
    return new RuleDependencies(models, related, now, viewpoints);
  }

  // a field read over such a relation looks like one of the record itself
  private static boolean mayLeadBack(FieldRead read, Model model) {
    return read.field()
        .relation()
        .filter(relation -> relation.target().equals(model.name()))
        .isPresent();
  }
}
