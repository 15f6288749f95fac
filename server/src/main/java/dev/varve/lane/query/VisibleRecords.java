package dev.varve.lane.query;

import dev.varve.lane.access.AnswerScope;
import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Grants;
import dev.varve.lane.access.Read;
import dev.varve.lane.expression.Bindings;
import dev.varve.lane.expression.Predicate;
import dev.varve.lane.expression.Predicates;
import dev.varve.schema.Model;
import dev.varve.schema.Operation;
import dev.varve.schema.record.Entity;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// What of records that are at hand already, such as those of a change, an authorised list would show.
public final class VisibleRecords {
  private final Grants grants;
  private final Optional<Entity> account;
  private final Model model;
  private final Predicate filter;
  private final RowShape shape;
  private final AnswerScope viewpoint;

  private VisibleRecords(
      Grants grants,
      Optional<Entity> account,
      Model model,
      Predicate filter,
      RowShape shape,
      AnswerScope viewpoint) {
    this.grants = grants;
    this.account = account;
    this.model = model;
    this.filter = filter;
    this.shape = shape;
    this.viewpoint = viewpoint;
  }

  public static VisibleRecords of(Authorized<Read.Page> read) {
    Read.Page page = read.request();
    return new VisibleRecords(
        read.grants(),
        read.caller().account(),
        page.model(),
        page.filter().orElse(Predicates.always()),
        RowShape.of(read.grants(), page.model(), page.selection()),
        Dependencies.of(read.grants(), page).viewpoint());
  }

  public Model model() {
    return model;
  }

  /// By what of its caller it differs from that of others.
  public AnswerScope viewpoint() {
    return viewpoint;
  }

  /// The record as it may be seen; absent when the rule hides it or the filter does not want it.
  ///
  /// @param related finds the records of the same moment, whoever may read them
  public Optional<Item> of(Entity entity, Instant now, Bindings.Related related) {
    Bindings bindings = new Bindings(now, Optional.empty(), account, related);
    if (!readable(entity, bindings) || !filter.test(entity, narrow(bindings))) {
      return Optional.empty();
    }
    StoredRow row = shape.of(entity, bindings);
    return Optional.of(new Item(row.entity(), row.visible(), Map.of()));
  }

  private boolean readable(Entity entity, Bindings bindings) {
    return grants.records(entity.model(), Operation.READ).test(entity, bindings);
  }

  /// A condition of the caller finds no related record that may not be read.
  private Bindings narrow(Bindings bindings) {
    return new Bindings(
        bindings.now(),
        bindings.input(),
        bindings.account(),
        (target, id) ->
            bindings.related().find(target, id).filter(found -> readable(found, bindings)));
  }
}
