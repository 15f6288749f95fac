package dev.varve.lane.live;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Access;
import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Grants;
import dev.varve.lane.access.Moment;
import dev.varve.lane.access.Read;
import dev.varve.lane.access.Selection;
import dev.varve.lane.expression.Predicate;
import dev.varve.lane.expression.Predicates;
import dev.varve.lane.query.VisibleRecords;
import dev.varve.schema.Model;
import dev.varve.schema.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a reader wants to hear of.
///
/// @param models those it named, or all there are
/// @param named whether it named them: else those that it may not read are left out
/// @param filter which records of the one model that it named
public record Interest(List<Model> models, boolean named, Optional<Filter> filter) {
  /// A condition, with the text that it was compiled from.
  public record Filter(String text, Predicate predicate) {}

  public Interest {
    models = List.copyOf(models);
  }

  /// What a caller may see of it.
  ///
  /// @throws Problem with FORBIDDEN when it names a model that nobody like the caller may read, with
  ///     INVALID_PARAMETER when it filters by what the caller may not see
  List<VisibleRecords> visible(Access access, Caller caller) {
    Grants grants = access.grants(caller);
    List<VisibleRecords> visible = new ArrayList<>();
    for (Model model : models) {
      if (named || !grants.records(model, Operation.READ).equals(Predicates.never())) {
        Authorized<Read.Page> list = access.authorize(caller, list(model));
        visible.add(VisibleRecords.of(list));
      }
    }
    if (visible.isEmpty()) {
      throw new Problem(ErrorCode.FORBIDDEN, "There is no model of which you may read the records");
    }
    return visible;
  }

  private Read.Page list(Model model) {
    return new Read.Page(
        model,
        Moment.NOW,
        Selection.ALL,
        filter.map(Filter::predicate),
        List.of(),
        1,
        Optional.empty(),
        false);
  }
}
