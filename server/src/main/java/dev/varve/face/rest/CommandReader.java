package dev.varve.face.rest;

import dev.varve.lane.access.Access;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Command;
import dev.varve.lane.access.OlderVersion;
import dev.varve.lane.access.Precondition;
import dev.varve.lane.query.Query;
import dev.varve.net.http.EntityTags;
import dev.varve.schema.Model;
import dev.varve.schema.record.Input;
import dev.varve.schema.record.InputReader;
import dev.varve.store.log.LogEpochs;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Makes commands of what callers send. Bodies are plain values, as [dev.varve.kernel.Json] reads them.
final class CommandReader {
  private final Access access;
  private final LogEpochs epochs;
  private final OlderVersionReader versions;
  private final Supplier<String> ids;
  private final boolean requireIfMatch;

  CommandReader(Access access, Query query, Supplier<String> ids, RestSettings settings) {
    this.access = access;
    this.epochs = query.epochs();
    this.versions = new OlderVersionReader(query);
    this.ids = ids;
    this.requireIfMatch = settings.requireIfMatch();
  }

  /// What stands for `If-Match` inside JSON; absent when it is none.
  Optional<EntityTags> ifMatch(Object plain) {
    return RecordTag.given(plain, epochs.current());
  }

  String newId() {
    return ids.get();
  }

  Command create(Caller caller, Model model, @Nullable Object body) {
    return access.creation(caller, model, body, ids);
  }

  Command replace(Model model, String id, @Nullable Object body, Optional<EntityTags> ifMatch) {
    Input input = InputReader.read(model, body, InputReader.Mode.REPLACE);
    return new Command.Replace(model, id, input, precondition(ifMatch));
  }

  Command merge(Model model, String id, @Nullable Object body, Optional<EntityTags> ifMatch) {
    Input input = InputReader.read(model, body, InputReader.Mode.MERGE);
    return new Command.Merge(model, id, input, precondition(ifMatch));
  }

  Command delete(Model model, String id, Optional<EntityTags> ifMatch) {
    return new Command.Delete(model, id, precondition(ifMatch));
  }

  /// @param body `{"version": 3}`, `{"asOf": "2026-03-01T00:00:00Z"}` or `{"asOf": "position:1234"}`
  Command restore(Model model, String id, @Nullable Object body, Optional<EntityTags> ifMatch) {
    OlderVersion version = versions.read(body);
    return new Command.Restore(model, id, version, precondition(ifMatch));
  }

  private Precondition precondition(Optional<EntityTags> ifMatch) {
    return Precondition.of(
        ifMatch.map(tags -> RecordTag.precondition(tags, epochs.current())), requireIfMatch);
  }
}
