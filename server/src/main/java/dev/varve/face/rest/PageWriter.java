package dev.varve.face.rest;

import dev.varve.kernel.Allowance;
import dev.varve.kernel.Json;
import dev.varve.lane.query.Item;
import dev.varve.lane.query.Page;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/// Writes a page of a list.
final class PageWriter {
  private static final byte[] START = "{\"items\":[".getBytes(StandardCharsets.US_ASCII);

  private final ItemWriter items;

  PageWriter(ItemWriter items) {
    this.items = items;
  }

  /// @param next the cursor of the page behind it
  byte[] bytes(Page page, Optional<String> next) {
    for (Item item : page.items()) {
      if (item.rendered().isEmpty()) {
        return Json.bytes(generator -> write(generator, page, next));
      }
    }
    return joined(page, next);
  }

  /// Records that are rendered already need only be put side by side.
  private static byte[] joined(Page page, Optional<String> next) {
    byte[] end = end(page, next).getBytes(StandardCharsets.US_ASCII);
    int length = START.length + end.length;
    for (Item item : page.items()) {
      length += item.rendered().orElseThrow().length + 1;
    }
    Allowance.current().take(length);
    ByteArrayOutputStream out = new ByteArrayOutputStream(length);
    out.writeBytes(START);
    for (int i = 0; i < page.items().size(); i++) {
      if (i > 0) {
        out.write(',');
      }
      out.writeBytes(page.items().get(i).rendered().orElseThrow());
    }
    out.writeBytes(end);
    return out.toByteArray();
  }

  // a cursor has no character that JSON escapes
  private static String end(Page page, Optional<String> next) {
    String count = page.count().isPresent() ? ",\"count\":" + page.count().getAsLong() : "";
    String cursor = next.map(text -> '"' + text + '"').orElse("null");
    return "],\"nextCursor\":" + cursor + count + "}";
  }

  private void write(JsonGenerator generator, Page page, Optional<String> next) {
    generator.writeStartObject();
    generator.writeName("items");
    generator.writeStartArray();
    for (Item item : page.items()) {
      items.write(generator, item);
    }
    generator.writeEndArray();
    writeNext(generator, next);
    if (page.count().isPresent()) {
      generator.writeName("count");
      generator.writeNumber(page.count().getAsLong());
    }
    generator.writeEndObject();
  }

  static void writeNext(JsonGenerator generator, Optional<String> next) {
    generator.writeName("nextCursor");
    if (next.isPresent()) {
      generator.writeString(next.get());
    } else {
      generator.writeNull();
    }
  }
}
