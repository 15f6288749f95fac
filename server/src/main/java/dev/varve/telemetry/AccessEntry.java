package dev.varve.telemetry;

import dev.varve.kernel.Rfc3339;
import java.time.Instant;
import java.util.Set;
import tools.jackson.core.JsonGenerator;

/// A request and what became of it. It becomes a line without anything that lets somebody in: no header but the user
/// agent, and of the query only what [#HARMLESS] names.
///
/// @param route the pattern of the path; empty when nothing is there
/// @param path as it was sent, without the query
/// @param query as it was sent; empty when there is none
/// @param bytes of the body that was sent
/// @param traceId empty when the request is not traced
/// @param caller the name that the log keeps; empty when nobody asked who it is
/// @param client the address that it comes from
/// @param clientCertificate whom the certificate of the client names; empty when it showed none
/// @param position of the log that the answer shows; empty when it shows none
public record AccessEntry(
    Instant at,
    String method,
    String route,
    String path,
    String query,
    int status,
    long bytes,
    long nanos,
    String requestId,
    String traceId,
    String caller,
    String client,
    String clientCertificate,
    String protocol,
    String userAgent,
    String position) {
  /// Parameters whose values are written.
  static final Set<String> HARMLESS = Set.of("limit", "sort", "fields", "expand", "count", "asOf");

  // whoever sends more than this wants to fill the disk
  private static final int TEXT_LENGTH_MAX = 256;
  // no id that Varve makes is as long; what is may be a token that was put in the wrong place
  private static final int SEGMENT_LENGTH_MAX = 40;
  private static final double NANOS_PER_MILLI = 1e6;

  /// Writes an object on a line of its own.
  void writeLine(JsonGenerator json) {
    json.writeStartObject();
    write(json);
    json.writeEndObject();
    json.writeRaw('\n');
  }

  private void write(JsonGenerator json) {
    json.writeStringProperty("at", Rfc3339.text(at));
    json.writeStringProperty("method", shortened(method));
    property(json, "route", route);
    json.writeStringProperty("path", shownPath(path));
    property(json, "query", harmless(query));
    json.writeNumberProperty("status", status);
    json.writeNumberProperty("bytes", bytes);
    json.writeNumberProperty("durationMillis", Math.round(nanos / NANOS_PER_MILLI * 1e3) / 1e3);
    json.writeStringProperty("requestId", requestId);
    property(json, "traceId", traceId);
    property(json, "caller", caller);
    property(json, "client", client);
    property(json, "clientCertificate", shortened(clientCertificate));
    json.writeStringProperty("protocol", protocol);
    property(json, "userAgent", shortened(userAgent));
    property(json, "position", position);
  }

  private static void property(JsonGenerator json, String name, String value) {
    if (!value.isEmpty()) {
      json.writeStringProperty(name, value);
    }
  }

  private static String shortened(String text) {
    return text.length() > TEXT_LENGTH_MAX ? text.substring(0, TEXT_LENGTH_MAX) + "..." : text;
  }

  /// The path, with segments left out that are too long for an id.
  public static String shownPath(String path) {
    String shown = shortened(path);
    return hasLongSegment(shown) ? withoutLongSegments(shown) : shown;
  }

  private static boolean hasLongSegment(String path) {
    int start = 0;
    while (path.length() - start > SEGMENT_LENGTH_MAX) {
      int slash = path.indexOf('/', start);
      int end = slash < 0 ? path.length() : slash;
      if (end - start > SEGMENT_LENGTH_MAX) {
        return true;
      }
      start = end + 1;
    }
    return false;
  }

  private static String withoutLongSegments(String path) {
    StringBuilder shown = new StringBuilder(path.length());
    for (String segment : path.split("/", -1)) {
      shown.append(segment.length() > SEGMENT_LENGTH_MAX ? "..." : segment).append('/');
    }
    return shown.substring(0, shown.length() - 1);
  }

  private static String harmless(String query) {
    if (query.isEmpty()) {
      return "";
    }
    StringBuilder shown = new StringBuilder();
    for (String pair : shortened(query).split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0 && HARMLESS.contains(pair.substring(0, equals))) {
        shown.append(shown.isEmpty() ? "" : "&").append(pair);
      }
    }
    return shown.toString();
  }
}
