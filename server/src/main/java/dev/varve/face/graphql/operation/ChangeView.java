package dev.varve.face.graphql.operation;

import dev.varve.face.graphql.document.GraphQlError;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Access;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Moment;
import dev.varve.lane.access.Read;
import dev.varve.lane.access.Selection;
import dev.varve.lane.live.Notice;
import dev.varve.lane.query.FoundRecord;
import dev.varve.lane.query.Item;
import dev.varve.lane.query.Query;
import dev.varve.lane.query.ReadResult;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Shapes changes into the results of one subscription.
public final class ChangeView {
  private static final String RECORD = "record";

  private final Access access;
  private final Query query;
  private final Model model;
  private final CollectedField field;
  private final Selection selection;
  private final long cost;

  /// @param field at the root of the subscription
  public ChangeView(Schema schema, Access access, Query query, Model model, CollectedField field) {
    this.access = access;
    this.query = query;
    this.model = model;
    this.field = field;
    Planner planner = new Planner(schema, Moment.NOW);
    List<CollectedField> wanted =
        field.children().stream()
            .filter(child -> child.name().equals(RECORD))
            .flatMap(child -> child.children().stream())
            .toList();
    this.selection = planner.selection(model, wanted, 1);
    this.cost = planner.cost();
  }

  /// How many records each result gives, at most.
  public long cost() {
    return cost;
  }

  /// Refuses a caller that may not ask for what is asked for.
  ///
  /// @throws Problem as [Access#authorize] does
  public void require(Caller caller) {
    access.authorize(caller, new Read.One(model, "", Moment.NOW, selection));
  }

  /// The result for a change, with all that belongs to the record at the position of the change.
  ///
  /// @param caller may know of the change
  public Response response(Caller caller, Notice notice) {
    List<GraphQlError> errors = new ArrayList<>();
    Optional<Item> record = record(caller, notice, errors);
    Object data =
        new Completion(errors, "")
            .root(
                List.of(field),
                "Subscription",
                Map.of(
                    field, (completion, place) -> completion.change(field, notice, record, place)));
    return Response.executed(data, errors, OptionalLong.empty(), Map.of(), false);
  }

  private Optional<Item> record(Caller caller, Notice notice, List<GraphQlError> errors) {
    Optional<Item> record =
        notice instanceof Notice.Changed changed ? changed.record() : Optional.empty();
    if (record.isEmpty() || selection.expansions().isEmpty()) {
      return record;
    }
    Read.Written written = new Read.Written(record.get().entity(), selection);
    ReadResult seen =
        query
            .written(notice.place().position(), List.of(access.authorize(caller, written)))
            .seen()
            .getFirst();
    return switch (seen) {
      case FoundRecord found -> Optional.of(found.item());
      case ReadResult.Refused(Problem problem) -> {
        errors.add(
            GraphQlError.of(
                problem,
                Optional.ofNullable(field.node().getSourceLocation()),
                List.of(field.key(), RECORD)));
        yield Optional.empty();
      }
      default -> Optional.empty();
    };
  }
}
