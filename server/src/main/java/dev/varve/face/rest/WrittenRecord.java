package dev.varve.face.rest;

import dev.varve.kernel.Json;
import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Command;
import dev.varve.lane.write.Outcome;
import dev.varve.net.http.Answer;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.EntityWriter;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/// What became of one command, in the words of HTTP.
///
/// @param record the record afterwards; absent when it was deleted
record WrittenRecord(
    int status, Optional<String> location, Optional<String> etag, Optional<Outcome.Result> record) {

  /// @param epoch of the log
  static WrittenRecord of(Authorized<Command> authorized, Outcome.Result result, long epoch) {
    Command command = authorized.request();
    if (result.entity().isEmpty()) {
      return new WrittenRecord(204, Optional.empty(), Optional.empty(), Optional.empty());
    }
    Entity entity = result.entity().get();
    Optional<String> etag =
        Optional.of(RecordTag.of(epoch, entity.version(), authorized.fieldsMark(entity.model())));
    return command instanceof Command.Create
        ? new WrittenRecord(201, Optional.of(location(entity)), etag, Optional.of(result))
        : new WrittenRecord(200, Optional.empty(), etag, Optional.of(result));
  }

  private static String location(Entity entity) {
    return Rest.ROOT + entity.model().path() + "/" + Rest.encoded(entity.id());
  }

  Answer answer() {
    Answer answer =
        record.isPresent()
            ? Answer.json(status, Json.bytes(this::writeRecord))
            : Answer.empty(status);
    if (location.isPresent()) {
      answer = answer.with("Location", location.get());
    }
    return etag.isPresent() ? answer.with("ETag", etag.get()) : answer;
  }

  /// Writes the result of an operation of a batch.
  void write(JsonGenerator generator, Optional<String> ref) {
    generator.writeStartObject();
    generator.writeName("status");
    generator.writeNumber(status);
    write(generator, "ref", ref);
    write(generator, "location", location);
    write(generator, "etag", etag);
    if (record.isPresent()) {
      generator.writeName("body");
      writeRecord(generator);
    }
    generator.writeEndObject();
  }

  private static void write(JsonGenerator generator, String name, Optional<String> text) {
    if (text.isPresent()) {
      generator.writeName(name);
      generator.writeString(text.get());
    }
  }

  private void writeRecord(JsonGenerator generator) {
    Outcome.Result result = record.orElseThrow();
    EntityWriter.write(generator, result.entity().orElseThrow(), result.visible());
  }
}
