package dev.varve.face.graphql.operation;

import dev.varve.face.graphql.document.GraphQlError;
import dev.varve.face.graphql.document.RequestRefused;
import dev.varve.face.graphql.type.RootField;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Access;
import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Moment;
import dev.varve.lane.access.Read;
import dev.varve.lane.query.Cursor;
import dev.varve.lane.query.FoundRecord;
import dev.varve.lane.query.Page;
import dev.varve.lane.query.Query;
import dev.varve.lane.query.ReadResult;
import dev.varve.lane.query.SnapshotResult;
import dev.varve.lane.query.Versions;
import dev.varve.schema.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Carries out operations that read: all their fields from one snapshot.
public final class Queries {
  private final Schema schema;
  private final Access access;
  private final Query query;

  public Queries(Schema schema, Access access, Query query) {
    this.schema = schema;
    this.access = access;
    this.query = query;
  }

  /// A field at the root with the read that answers it.
  private record Planned(CollectedField field, RootField.Reading root, Read read) {}

  /// @param fields at the root, without those about the schema itself
  /// @throws RequestRefused when an argument cannot be used, the moment is yet to come, or too much is asked for
  RootResults carry(
      Caller caller, Moment moment, Roots roots, List<CollectedField> fields, CostLimit limit) {
    Planner planner = new Planner(schema, moment);
    List<Planned> planned = new ArrayList<>(fields.size());
    for (CollectedField field : fields) {
      if (!field.isTypename()) {
        RootField.Reading root = (RootField.Reading) roots.of(field);
        planned.add(new Planned(field, root, planner.read(root, field)));
      }
    }
    limit.require(planner.cost());
    RootResults results = new RootResults(planner.cost());
    List<Planned> allowed = new ArrayList<>(planned.size());
    List<Authorized<? extends Read>> reads = new ArrayList<>(planned.size());
    for (Planned one : planned) {
      try {
        reads.add(access.authorize(caller, one.read()));
        allowed.add(one);
      } catch (Problem problem) {
        results.refuse(one.field(), problem);
      }
    }
    if (!reads.isEmpty()) {
      read(moment, allowed, reads, results);
    }
    return results;
  }

  private void read(
      Moment moment,
      List<Planned> planned,
      List<Authorized<? extends Read>> reads,
      RootResults results) {
    try {
      SnapshotResult together = together(moment, planned, reads);
      results.at(together.position(), together.statements());
      for (int i = 0; i < planned.size(); i++) {
        take(planned.get(i), together.seen().get(i), results);
      }
    } catch (Problem problem) {
      // of the moment, which all of them share
      throw RequestRefused.of(problem);
    }
  }

  private SnapshotResult together(
      Moment moment, List<Planned> planned, List<Authorized<? extends Read>> reads) {
    if (reads.size() == 1
        && planned.getFirst().read() instanceof Read.One one
        && one.selection().expansions().isEmpty()) {
      // which may be in the cache
      Optional<FoundRecord> found = query.one(access.authorize(reads.getFirst().caller(), one));
      if (found.isPresent()) {
        return new SnapshotResult(List.of(found.get()), found.get().position(), 0);
      }
    }
    return query.together(moment, reads);
  }

  private static void take(Planned planned, ReadResult seen, RootResults results) {
    CollectedField field = planned.field();
    switch (seen) {
      case ReadResult.Nothing _ -> {}
      case ReadResult.Refused(Problem problem) -> results.refuse(field, problem);
      case FoundRecord found ->
          results.give(field, (completion, place) -> completion.record(field, found.item(), place));
      case Versions versions ->
          results.give(field, (completion, place) -> completion.versions(field, versions, place));
      case Page page -> take(planned, (Read.Page) planned.read(), page, results);
    }
  }

  private static void take(Planned planned, Read.Page read, Page page, RootResults results) {
    CollectedField field = planned.field();
    if (planned.root() instanceof RootField.Connection) {
      results.give(field, (completion, place) -> completion.connection(field, read, page, place));
      return;
    }
    results.give(field, (completion, place) -> completion.records(field, page.items(), place));
    page.next()
        .ifPresent(key -> results.cursor(field, Cursor.text(read.model(), read.sort(), key)));
  }

  /// What a field at the root means.
  @FunctionalInterface
  interface Roots {
    RootField of(CollectedField field);
  }

  /// Refuses what asks for too much.
  @FunctionalInterface
  interface CostLimit {
    void require(long cost);
  }

  /// What became of the fields at the root.
  static final class RootResults {
    private final long cost;
    private final List<GraphQlError> errors = new ArrayList<>();
    private final Map<CollectedField, Completion.Root> roots = new LinkedHashMap<>();
    private final Map<String, Object> cursors = new LinkedHashMap<>();
    private final List<GraphQlError> refusals = new ArrayList<>();
    private OptionalLong position = OptionalLong.empty();
    private long statements;
    private boolean replayed;

    RootResults(long cost) {
      this.cost = cost;
    }

    void at(long shown, long asked) {
      position = OptionalLong.of(shown);
      statements += asked;
    }

    /// It was carried out before, and is only answered again.
    void replayed() {
      replayed = true;
    }

    boolean isReplayed() {
      return replayed;
    }

    void give(CollectedField field, Completion.Root root) {
      roots.put(field, root);
    }

    void refuse(CollectedField field, Problem problem) {
      GraphQlError error =
          GraphQlError.of(
              problem, Optional.ofNullable(field.node().getSourceLocation()), List.of(field.key()));
      refusals.add(error);
      // kept with the others in the order of the fields
      roots.put(
          field,
          (completion, _) -> {
            completion.add(error);
            return null;
          });
    }

    void cursor(CollectedField field, String cursor) {
      cursors.put(field.key(), cursor);
    }

    long cost() {
      return cost;
    }

    long statements() {
      return statements;
    }

    OptionalLong position() {
      return position;
    }

    Map<String, Object> cursors() {
      return cursors;
    }

    List<GraphQlError> errors() {
      return errors;
    }

    /// The answer of fields that are carried out all or not at all, when they are not.
    boolean isRefused() {
      return !refusals.isEmpty();
    }

    List<GraphQlError> refusals() {
      return refusals;
    }

    /// The data of the answer; errors are kept as they come up.
    @Nullable Object data(List<CollectedField> fields, String type, String hidden) {
      return new Completion(errors, hidden).root(fields, type, roots);
    }
  }
}
