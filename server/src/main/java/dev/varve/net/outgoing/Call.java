package dev.varve.net.outgoing;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// One request to a server that others name.
///
/// @param headers beside those of the protocol
/// @param body nothing of a `GET`
/// @param bodyBytesMax how much of an answer is read
public record Call(
    String method, URI uri, Map<String, String> headers, byte[] body, int bodyBytesMax) {
  public Call {
    headers = Map.copyOf(headers);
  }

  public static Call get(URI uri, String accept, int bodyBytesMax) {
    return new Call("GET", uri, Map.of("Accept", accept), new byte[0], bodyBytesMax);
  }

  /// @param form already encoded, as `application/x-www-form-urlencoded`
  public static Call post(URI uri, String form, String accept, int bodyBytesMax) {
    return new Call(
        "POST",
        uri,
        Map.of("Accept", accept, "Content-Type", "application/x-www-form-urlencoded"),
        form.getBytes(StandardCharsets.UTF_8),
        bodyBytesMax);
  }

  public Call with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new Call(method, uri, more, body, bodyBytesMax);
  }
}
