package dev.varve.face.graphql;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A message of `graphql-transport-ws`: `{"type": ..., "id": ..., "payload": ...}`, the last two where the type has them.
///
/// @param members as they were sent; none when the message is no object
record SocketMessage(Map<?, ?> members) {
  private static final byte[] PAYLOAD = ",\"payload\":".getBytes(StandardCharsets.UTF_8);

  /// @throws Problem when it is JSON that is not read, such as one nested too deep
  static SocketMessage read(String text) {
    try {
      return new SocketMessage(
          Json.read(text.getBytes(StandardCharsets.UTF_8)) instanceof Map<?, ?> members
              ? members
              : Map.of());
    } catch (Problem problem) {
      if (problem.code() != ErrorCode.MALFORMED_REQUEST) {
        throw problem;
      }
      return new SocketMessage(Map.of());
    }
  }

  /// Empty when there is none.
  String type() {
    return text("type");
  }

  /// Of the operation that it is about; empty when there is none.
  String id() {
    return text("id");
  }

  private String text(String member) {
    return members.get(member) instanceof String text ? text : "";
  }

  boolean hasId() {
    return members.get("id") instanceof String;
  }

  /// Whether its payload is an operation: an object with a `query`.
  boolean hasOperation() {
    return members.get("payload") instanceof Map<?, ?> payload
        && payload.get("query") instanceof String;
  }

  /// Where the payload has `Authorization`, in one of the two ways to write it, that.
  @Nullable String authorization() {
    if (members.get("payload") instanceof Map<?, ?> payload) {
      for (String name : new String[] {"Authorization", "authorization"}) {
        if (payload.get(name) instanceof String given) {
          return given;
        }
      }
    }
    return null;
  }

  @SuppressWarnings("unchecked")
  Map<String, @Nullable Object> payload() {
    return (Map<String, @Nullable Object>) Objects.requireNonNull(members.get("payload"));
  }

  /// A message to send.
  ///
  /// @param payload JSON already, and perhaps long: it is copied once
  static byte[] bytes(String type, @Nullable String id, byte @Nullable [] payload) {
    byte[] head =
        Json.bytes(json -> {
          json.writeStartObject();
          json.writeStringProperty("type", type);
          if (id != null) {
            json.writeStringProperty("id", id);
          }
          json.writeEndObject();
        });
    return payload == null ? head : with(head, payload);
  }

  private static byte[] with(byte[] object, byte[] payload) {
    int open = object.length - 1;
    return ByteBuffer.allocate(open + PAYLOAD.length + payload.length + 1)
        .put(object, 0, open)
        .put(PAYLOAD)
        .put(payload)
        .put((byte) '}')
        .array();
  }
}
