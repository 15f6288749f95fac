package dev.varve.lane.query;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.PartError;
import dev.varve.kernel.Problem;
import dev.varve.kernel.RequestPart;
import dev.varve.lane.access.AnswerScope;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Grants;
import dev.varve.lane.access.Read;
import dev.varve.lane.access.RuleDependencies;
import dev.varve.lane.access.Selection;
import dev.varve.lane.expression.FieldRead;
import dev.varve.lane.expression.Predicate;
import dev.varve.schema.Model;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What the answer to a read depends on: the models of all records that it shows or looks at, those that
/// rules look at included, and whether it also depends on the time.
final class Dependencies {
  private final Grants grants;
  private final Set<Model> models = new LinkedHashSet<>();
  private AnswerScope viewpoint = AnswerScope.EVERYBODY;
  private boolean now;

  private Dependencies(Grants grants) {
    this.grants = grants;
  }

  static Dependencies of(Grants grants, Read read) {
    Dependencies dependencies = new Dependencies(grants);
    dependencies.add(read.model());
    dependencies.add(read.selection());
    if (read instanceof Read.Page page) {
      page.filter().ifPresent(dependencies::add);
    }
    return dependencies;
  }

  private void add(Selection selection) {
    for (Selection.Expansion expansion : selection.expansions()) {
      add(expansion.target());
      if (expansion instanceof Selection.ToMany many) {
        many.portion().filter().ifPresent(this::add);
      }
      add(expansion.selection());
    }
  }

  private void add(Predicate filter) {
    now |= filter.usesNow();
    for (FieldRead read : filter.reads()) {
      add(read.model());
    }
  }

  private void add(Model model) {
    RuleDependencies reach = grants.reach(model);
    models.addAll(reach.models());
    now |= reach.now();
    viewpoint = viewpoint.and(reach.viewpoints().records());
  }

  Set<Model> models() {
    return models;
  }

  /// Whether the answer may change while the data stays as it is.
  boolean onNow() {
    return now;
  }

  /// Whether it differs from caller to caller.
  AnswerScope viewpoint() {
    return viewpoint;
  }

  /// The tag of a list that last changed at `position`, for one caller.
  ListTag tag(long position, Caller caller) {
    return new ListTag(position, viewpoint.of(caller));
  }

  /// Whether there is a past of all of them.
  boolean keepHistory() {
    return models.stream().allMatch(Model::history);
  }

  /// @throws Problem when there is no past to ask about
  void requireHistory() {
    for (Model model : models) {
      if (!model.history()) {
        throw Problem.of(
            ErrorCode.INVALID_PARAMETER,
            "%s keeps no history (@model(history: false)), so there is no past to ask about"
                .formatted(model.name()),
            List.of(
                new PartError(
                    RequestPart.MOMENT,
                    model.name() + " keeps no history (@model(history: false)): ask without it")));
      }
    }
  }
}
