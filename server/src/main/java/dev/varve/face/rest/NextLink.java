package dev.varve.face.rest;

import dev.varve.net.http.QueryString;
import dev.varve.net.http.Request;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/// The header `Link` (RFC 8288) that leads to the next page: the same request with another cursor.
final class NextLink {
  static final String NAME = "Link";

  private NextLink() {}

  static String of(Request request, String cursor) {
    StringBuilder link = new StringBuilder("<");
    request.segments().forEach(segment -> link.append('/').append(Rest.encoded(segment)));
    link.append('?');
    for (QueryString.Parameter parameter : request.query().all()) {
      if (!parameter.name().equals(CursorParameter.NAME)) {
        link.append(encoded(parameter.name())).append('=');
        link.append(encoded(parameter.value())).append('&');
      }
    }
    return link.append(CursorParameter.NAME)
        .append('=')
        .append(cursor)
        .append(">; rel=\"next\"")
        .toString();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
