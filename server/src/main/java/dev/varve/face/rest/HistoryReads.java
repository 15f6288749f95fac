package dev.varve.face.rest;

import dev.varve.kernel.Json;
import dev.varve.kernel.Rfc3339;
import dev.varve.lane.access.Access;
import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Moment;
import dev.varve.lane.access.Read;
import dev.varve.lane.query.Cursor;
import dev.varve.lane.query.Query;
import dev.varve.lane.query.Versions;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/// Answers the requests for the versions of a record.
final class HistoryReads {
  private final Access access;
  private final Query query;
  private final ItemWriter items;

  HistoryReads(Schema schema, Access access, Query query) {
    this.access = access;
    this.query = query;
    this.items = new ItemWriter(schema);
  }

  Answer answer(Model model, Request request) {
    String id = Rest.id(model, request);
    Read.Versions read = HistoryParameters.read(model, id, request.query().all());
    Authorized<Read.Versions> authorized = access.authorize(request.caller(), read);
    Versions versions =
        query.versions(authorized).orElseThrow(() -> RecordReads.missing(model, id, Moment.NOW));
    Optional<String> next = versions.nextBefore().map(before -> Cursor.text(model, id, before));
    Answer answer = Answer.json(200, Json.bytes(generator -> write(generator, versions, next)));
    if (next.isPresent()) {
      answer = answer.with(NextLink.NAME, NextLink.of(request, next.get()));
    }
    return RecordReads.seenBy(
        query, authorized, RecordReads.at(query, answer, versions.position()));
  }

  private void write(JsonGenerator generator, Versions versions, Optional<String> next) {
    generator.writeStartObject();
    generator.writeName("items");
    generator.writeStartArray();
    for (Versions.Version version : versions.versions()) {
      write(generator, version);
    }
    generator.writeEndArray();
    PageWriter.writeNext(generator, next);
    generator.writeEndObject();
  }

  private void write(JsonGenerator generator, Versions.Version version) {
    generator.writeStartObject();
    generator.writeNumberProperty("version", version.version());
    generator.writeStringProperty("operation", version.kind().name());
    generator.writeNumberProperty("position", version.position());
    generator.writeStringProperty("at", Rfc3339.text(version.at()));
    generator.writeStringProperty("actor", version.actor());
    generator.writeStringProperty("requestId", version.requestId());
    generator.writeName("changed");
    generator.writeStartArray();
    version.changed().forEach(generator::writeString);
    generator.writeEndArray();
    generator.writeName("record");
    items.write(generator, version.item());
    generator.writeEndObject();
  }
}
