package dev.varve.face.gateway.http2;

import dev.varve.net.http.HeaderLine;
import java.util.List;

/// The head of a request.
///
/// @param scheme `http` or `https`
/// @param authority host and port, as its URL has them
/// @param target path and query
/// @param headers without those that are for one connection
public record Http2Request(
    String method, String scheme, String authority, String target, List<HeaderLine> headers) {
  public Http2Request {
    headers = List.copyOf(headers);
  }
}
