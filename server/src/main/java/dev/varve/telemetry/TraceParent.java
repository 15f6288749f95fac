package dev.varve.telemetry;

import java.util.Optional;

/// The place of a caller's span in its trace, as the header `traceparent` gives it (W3C Trace Context, section 3.2):
/// `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01`.
///
/// @see <a href="https://www.w3.org/TR/trace-context/#traceparent-header">W3C Trace Context</a>
public record TraceParent(String traceId, String spanId, boolean sampled) {
  /// The name of the header.
  public static final String HEADER = "traceparent";

  private static final int TRACE_ID = 3;
  private static final int SPAN_ID = 36;
  private static final int FLAGS = 53;
  private static final int LENGTH = 55;

  /// Nothing when the header is not well-formed: then a new trace begins.
  static Optional<TraceParent> parse(String header) {
    if (!isWellFormed(header)) {
      return Optional.empty();
    }
    String traceId = header.substring(TRACE_ID, SPAN_ID - 1);
    String spanId = header.substring(SPAN_ID, FLAGS - 1);
    boolean sampled = (Character.digit(header.charAt(FLAGS + 1), 16) & 1) != 0;
    return Optional.of(new TraceParent(traceId, spanId, sampled));
  }

  private static boolean isWellFormed(String header) {
    return header.length() >= LENGTH
        && isHex(header, 0, TRACE_ID - 1)
        && fitsVersion(header)
        && header.charAt(TRACE_ID - 1) == '-'
        && isId(header, TRACE_ID, SPAN_ID - 1)
        && header.charAt(SPAN_ID - 1) == '-'
        && isId(header, SPAN_ID, FLAGS - 1)
        && header.charAt(FLAGS - 1) == '-'
        && isHex(header, FLAGS, LENGTH);
  }

  /// Later versions may add fields behind those of the first; there will be no version `ff`.
  private static boolean fitsVersion(String header) {
    if (header.startsWith("00")) {
      return header.length() == LENGTH;
    }
    return !header.startsWith("ff") && (header.length() == LENGTH || header.charAt(LENGTH) == '-');
  }

  /// An id of zeros is none.
  private static boolean isId(String header, int from, int to) {
    boolean differs = false;
    for (int i = from; i < to; i++) {
      differs |= header.charAt(i) != '0';
    }
    return differs && isHex(header, from, to);
  }

  private static boolean isHex(String header, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = header.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }

  static String text(String traceId, String spanId) {
    return "00-" + traceId + "-" + spanId + "-01";
  }
}
