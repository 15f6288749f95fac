package dev.varve.face.gateway.http2;

import dev.varve.net.http.HeaderLine;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.jspecify.annotations.Nullable;

/// Header fields on their way in and out (RFC 9113, section 8.2): names in small letters, nothing that is for one connection.
final class Fields {
  // RFC 9113, section 8.2.2
  private static final Set<String> OF_ONE_CONNECTION =
      Set.of("connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade");

  private Fields() {}

  /// @throws IllegalArgumentException when a header is for one connection: whoever passes it on must not
  static MetaData.Request request(Http2Request request) {
    HttpURI uri = uri(request);
    HttpFields.Mutable fields = HttpFields.build();
    for (HeaderLine header : request.headers()) {
      String name = header.name().toLowerCase(Locale.ROOT);
      if (OF_ONE_CONNECTION.contains(name)) {
        throw new IllegalArgumentException("Over HTTP/2 nobody sends " + name);
      }
      fields.add(new HttpField(name, octets(header.value())));
    }
    return new MetaData.Request(request.method(), uri, HttpVersion.HTTP_2, fields);
  }

  /// As it is: what a service is asked for was checked and written before.
  private static HttpURI uri(Http2Request request) {
    String target = request.target();
    int mark = target.indexOf('?');
    String path = mark < 0 ? target : target.substring(0, mark);
    @Nullable String query = mark < 0 ? null : target.substring(mark + 1);
    // a port that stands in the authority already
    return new HttpURI.Unsafe(request.scheme(), request.authority(), -1, path, query, null);
  }

  /// A character for each byte: letters beyond ASCII were UTF-8 when they came, and are when they go.
  private static String octets(String value) {
    return new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /// @throws Http2Failure MALFORMED when one must not be there
  static List<HeaderLine> received(HttpFields fields) throws Http2Failure {
    List<HeaderLine> lines = new ArrayList<>();
    for (HttpField field : fields) {
      String name = field.getLowerCaseName();
      if (OF_ONE_CONNECTION.contains(name)) {
        throw malformed(name + ", which is for one connection of HTTP/1.1");
      }
      String value = field.getValue() == null ? "" : field.getValue();
      requireText(value);
      lines.add(new HeaderLine(name, value));
    }
    return lines;
  }

  private static void requireText(String value) throws Http2Failure {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if ((c < ' ' && c != '\t') || c == 0x7F || c > 0xFF) {
        throw malformed("a header with a character that none has");
      }
    }
  }

  static Http2Failure malformed(String what) {
    return new Http2Failure(Http2Failure.Kind.MALFORMED, "sent " + what);
  }
}
