package dev.varve.lane.live;

import dev.varve.lane.expression.Bindings;
import dev.varve.lane.query.ChangedFields;
import dev.varve.lane.query.Item;
import dev.varve.lane.query.VisibleRecords;
import dev.varve.schema.Model;
import dev.varve.schema.record.Entity;
import dev.varve.store.log.Change;
import dev.varve.store.log.LogEpochs;
import dev.varve.store.log.LogPlace;
import dev.varve.store.state.UnitChanges;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Says what those with the same rights and wishes are told of a unit. Each record is judged by the rules on the data
/// of its own moment, as its history would be.
final class ChangeVisibility {
  private final Frame.Writer writer;
  private final LogEpochs epochs;
  private final Map<String, VisibleRecords> visible = new HashMap<>();

  ChangeVisibility(List<VisibleRecords> visible, Frame.Writer writer, LogEpochs epochs) {
    this.writer = writer;
    this.epochs = epochs;
    visible.forEach(records -> this.visible.put(records.model().name(), records));
  }

  boolean wants(Model model) {
    return visible.containsKey(model.name());
  }

  /// @param now what rules call now: what has run out since does not come back by reading of the past
  List<Frame> frames(UnitChanges unit, RelatedRecords related, Instant now) {
    List<Frame> frames = new ArrayList<>();
    LogPlace place = new LogPlace(epochs.current(), unit.position());
    for (int index = 0; index < unit.changes().size(); index++) {
      Change change = unit.changes().get(index).orElse(null);
      VisibleRecords records = change == null ? null : visible.get(change.model().name());
      if (change != null && records != null) {
        notice(unit, new FeedPosition(place, index), change, records, related, now)
            .map(notice -> new Frame(notice, writer.bytes(notice)))
            .ifPresent(frames::add);
      }
    }
    return frames;
  }

  private static Optional<Notice> notice(
      UnitChanges unit,
      FeedPosition place,
      Change change,
      VisibleRecords records,
      RelatedRecords related,
      Instant now) {
    Item before = see(records, change.before(), now, related.before());
    Item after = see(records, change.after(), now, related.after());
    if (before == null && after == null) {
      return Optional.empty();
    }
    if (after == null && change.after() != null) {
      return Optional.of(new Notice.Gone(place, change.model(), change.id()));
    }
    return Optional.of(
        new Notice.Changed(
            place,
            change.model(),
            change.id(),
            change.kind(),
            change.version(),
            unit.at(),
            unit.actor(),
            after == null ? List.of() : ChangedFields.between(before, after),
            Optional.ofNullable(after)));
  }

  private static @Nullable Item see(
      VisibleRecords records, @Nullable Entity entity, Instant now, Bindings.Related related) {
    return entity == null ? null : records.of(entity, now, related).orElse(null);
  }
}
