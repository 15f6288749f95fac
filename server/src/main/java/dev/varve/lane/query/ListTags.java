package dev.varve.lane.query;

import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Moment;
import dev.varve.lane.access.Read;
import dev.varve.schema.Model;
import dev.varve.store.cache.RecordCache;
import java.util.Optional;
import java.util.OptionalLong;

/// Says what of a list stays the same while its answer does: the position at which one of the models that it depends on
/// changed last. Absent when the answer changes with time alone.
final class ListTags {
  private final RecordCache cache;

  ListTags(RecordCache cache) {
    this.cache = cache;
  }

  /// As it is known before anything is read; absent too where that takes reading.
  Optional<ListTag> before(Caller caller, Dependencies dependencies, AskedMoment asked) {
    if (dependencies.onNow()) {
      return Optional.empty();
    }
    OptionalLong position =
        switch (asked.moment()) {
          case Moment.Now _ ->
              cache.isCurrent() ? OptionalLong.of(lastChange(dependencies)) : OptionalLong.empty();
          case Moment.AtInstant _ -> asked.atInstant();
          case Moment.AtPosition at ->
              at.position() > cache.head() ? OptionalLong.empty() : OptionalLong.of(at.position());
        };
    return position.isPresent()
        ? Optional.of(dependencies.tag(position.getAsLong(), caller))
        : Optional.empty();
  }

  /// Of the page that shows `position`: what was changed later is not in it.
  Optional<ListTag> of(Authorized<Read.Page> read, Dependencies dependencies, long position) {
    if (dependencies.onNow()) {
      return Optional.empty();
    }
    boolean knowsLastChange =
        read.request().moment() instanceof Moment.Now && cache.head() >= position;
    long changed = knowsLastChange ? Math.min(lastChange(dependencies), position) : position;
    return Optional.of(dependencies.tag(changed, read.caller()));
  }

  private long lastChange(Dependencies dependencies) {
    long last = 0;
    for (Model model : dependencies.models()) {
      last = Math.max(last, cache.lastChange(model));
    }
    return last;
  }
}
