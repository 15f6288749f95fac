package dev.varve.lane.access;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.PartError;
import dev.varve.kernel.Problem;
import dev.varve.kernel.RequestPart;
import dev.varve.lane.expression.FieldRead;
import dev.varve.lane.expression.Predicates;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.Operation;
import java.util.ArrayList;
import java.util.List;

/// Refuses reads whose filter, sort or expansions would tell what the caller may not see: which records
/// a filter finds, and in which order they come, says something about the values of the field.
final class ReadCheck {
  private final Grants grants;
  private final List<PartError> errors = new ArrayList<>();

  ReadCheck(Grants grants) {
    this.grants = grants;
  }

  void check(Read read) {
    if (read instanceof Read.Page page) {
      page.filter().ifPresent(filter -> filter.reads().forEach(this::checkFilter));
      page.sort().forEach(sort -> checkSort(page.model(), sort.field()));
    }
    checkExpansions(read.model(), read.selection(), "");
    if (!errors.isEmpty()) {
      throw Problem.of(ErrorCode.INVALID_PARAMETER, "The read uses what you may not read", errors);
    }
  }

  private void checkFilter(FieldRead read) {
    if (hidden(read.model(), read.field())) {
      errors.add(
          new PartError(
              RequestPart.FILTER,
              "cannot use %s.%s, which you may not read on every record"
                  .formatted(read.model().name(), read.field().name())));
    }
  }

  private void checkSort(Model model, Field field) {
    if (hidden(model, field)) {
      errors.add(
          new PartError(
              RequestPart.SORT,
              "cannot use %s.%s, which you may not read on every record"
                  .formatted(model.name(), field.name())));
    }
  }

  private boolean hidden(Model model, Field field) {
    return !grants.field(model, field, Operation.READ).equals(Predicates.always());
  }

  private void checkExpansions(Model model, Selection selection, String path) {
    for (Selection.Expansion expansion : selection.expansions()) {
      if (!possible(model, expansion)) {
        errors.add(
            new PartError(
                RequestPart.EXPANSION,
                "'%s' is not a relation of %s that you may read"
                    .formatted(path + expansion.relation(), model.name())));
      }
      if (expansion instanceof Selection.ToMany many) {
        many.portion().filter().ifPresent(filter -> filter.reads().forEach(this::checkFilter));
        many.portion().sort().forEach(sort -> checkSort(many.target(), sort.field()));
      }
      checkExpansions(expansion.target(), expansion.selection(), path + expansion.relation() + ".");
    }
  }

  private boolean possible(Model model, Selection.Expansion expansion) {
    if (grants.records(expansion.target(), Operation.READ).equals(Predicates.never())) {
      return false;
    }
    return switch (expansion) {
      case Selection.ToOne one -> readsSome(model, one.field());
      case Selection.ToMany many ->
          grants.readsMany(model, many.relation()) && readsSome(many.target(), many.by());
    };
  }

  private boolean readsSome(Model model, Field field) {
    return !grants.field(model, field, Operation.READ).equals(Predicates.never());
  }
}
