package dev.varve.face.events;

import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.kernel.Rfc3339;
import dev.varve.lane.live.FeedPosition;
import dev.varve.lane.live.Notice;
import dev.varve.lane.query.Item;
import dev.varve.schema.Field;
import dev.varve.schema.record.JsonValues;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/// The events of a stream as bytes (HTML, section 9.2, "Server-sent events"). JSON has no line breaks, so that each
/// fits on one line of `data`.
public final class ServerSentEvent {
  private ServerSentEvent() {}

  /// The first one: where the stream starts, and how long to wait before coming back.
  static byte[] start(FeedPosition place, int retryMillis) {
    byte[] retry = utf8("retry: " + retryMillis + "\n");
    byte[] event =
        event(place, "start", json -> json.writeNumberProperty("position", place.position()));
    byte[] both = new byte[retry.length + event.length];
    System.arraycopy(retry, 0, both, 0, retry.length);
    System.arraycopy(event, 0, both, retry.length, event.length);
    return both;
  }

  public static byte[] notice(Notice notice) {
    return switch (notice) {
      case Notice.Changed changed -> event(changed.place(), "change", json -> write(json, changed));
      case Notice.Gone gone -> event(gone.place(), "gone", json -> writeWhich(json, gone));
    };
  }

  /// The last one: why the stream ends.
  static byte[] end(FeedPosition place, Problem reason) {
    return event(
        place,
        "end",
        json -> {
          json.writeStringProperty("code", reason.code().name());
          json.writeStringProperty("message", reason.text());
        });
  }

  /// A sign of life. It carries the place, so that a client which comes back does not make the server look once more
  /// through what is not for it; without data it is no event (HTML, section 9.2.6).
  static byte[] heartbeat(FeedPosition place) {
    return utf8(":\nid: " + place.text() + "\n\n");
  }

  private static byte[] event(FeedPosition place, String name, Consumer<JsonGenerator> members) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(512);
    out.writeBytes(utf8("id: " + place.text() + "\nevent: " + name + "\ndata: "));
    try (JsonGenerator json = Json.generator(out)) {
      json.writeStartObject();
      members.accept(json);
      json.writeEndObject();
    }
    out.writeBytes(utf8("\n\n"));
    return out.toByteArray();
  }

  private static void write(JsonGenerator json, Notice.Changed changed) {
    writeWhich(json, changed);
    json.writeStringProperty("operation", changed.kind().name());
    json.writeNumberProperty("version", changed.version());
    json.writeStringProperty("at", Rfc3339.text(changed.at()));
    json.writeStringProperty("actor", changed.actor());
    json.writeName("changed");
    json.writeStartArray();
    changed.changed().forEach(json::writeString);
    json.writeEndArray();
    json.writeName("record");
    if (changed.record().isPresent()) {
      write(json, changed.record().get());
    } else {
      json.writeNull();
    }
  }

  private static void writeWhich(JsonGenerator json, Notice notice) {
    json.writeNumberProperty("position", notice.place().position());
    json.writeNumberProperty("index", notice.place().index());
    json.writeStringProperty("model", notice.model().name());
    json.writeStringProperty("id", notice.id());
  }

  private static void write(JsonGenerator json, Item item) {
    json.writeStartObject();
    for (Field field : item.entity().model().fields()) {
      if (item.visible().test(field)) {
        json.writeName(field.name());
        JsonValues.write(json, field, item.entity().value(field));
      }
    }
    json.writeEndObject();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
