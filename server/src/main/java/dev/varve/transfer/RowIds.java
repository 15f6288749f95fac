package dev.varve.transfer;

import dev.varve.kernel.Json;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.record.Input;
import dev.varve.schema.record.JsonValues;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/// Makes ids for records that have none in their file, so that the same file gives the same ids again: a
/// UUID from the content of the record (version 8 of RFC 9562, section 5.8, from SHA-256), and from how
/// many of the same content came before it.
///
/// Of each content 8 bytes are kept, so memory grows by some 16 bytes a record.
final class RowIds {
  private final Model model;
  private final MessageDigest digest;
  private final LongSet seen = new LongSet();
  private final Map<Long, Integer> repeated = new HashMap<>();

  RowIds(Model model) {
    this.model = model;
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  String next(Input given) {
    digest.update(model.name().getBytes(StandardCharsets.UTF_8));
    byte[] content = digest.digest(content(given));
    long fingerprint = ByteBuffer.wrap(content).getLong();
    int before = seen.add(fingerprint) ? 0 : repeated.merge(fingerprint, 1, Integer::sum);
    digest.update(content);
    return uuid(ByteBuffer.wrap(digest.digest(ByteBuffer.allocate(4).putInt(before).array())));
  }

  /// Absent values count like those that are not given, so that CSV and NDJSON agree.
  private static byte[] content(Input given) {
    return Json.bytes(generator -> {
      generator.writeStartObject();
      for (Field field : given.model().fields()) {
        if (given.has(field) && given.value(field) != null) {
          generator.writeName(field.name());
          JsonValues.write(generator, field, given.value(field));
        }
      }
      generator.writeEndObject();
    });
  }

  private static String uuid(ByteBuffer hash) {
    long high = (hash.getLong() & ~0xf000L) | 0x8000L;
    long low = (hash.getLong() & ~(3L << 62)) | (1L << 63);
    return new UUID(high, low).toString();
  }
}
