package dev.varve.bench;

import java.net.URI;
import java.nio.charset.StandardCharsets;

/// The bytes of requests, made before anything is timed.
final class Requests {
  private Requests() {}

  static byte[] get(String target) {
    return "GET %s HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n"
        .formatted(target)
        .getBytes(StandardCharsets.US_ASCII);
  }

  /// From a page of another origin.
  static byte[] get(String target, URI origin) {
    return "GET %s HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nOrigin: %s\r\n\r\n"
        .formatted(target, origin)
        .getBytes(StandardCharsets.US_ASCII);
  }

  /// For whoever takes the answer compressed.
  static byte[] getGzip(String target) {
    return "GET %s HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nAccept-Encoding: gzip, deflate, br\r\n\r\n"
        .formatted(target)
        .getBytes(StandardCharsets.US_ASCII);
  }

  /// With an access token.
  static byte[] get(String target, String token) {
    return "GET %s HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nAuthorization: Bearer %s\r\n\r\n"
        .formatted(target, token)
        .getBytes(StandardCharsets.US_ASCII);
  }

  /// With an access token that is bound to a key, and a proof of that key for this request.
  static byte[] get(String target, String token, String proof) {
    return "GET %s HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nAuthorization: DPoP %s\r\nDPoP: %s\r\n\r\n"
        .formatted(target, token, proof)
        .getBytes(StandardCharsets.US_ASCII);
  }

  static byte[] post(String target, String json) {
    return post(target, "Content-Type: application/json", json);
  }

  /// @param headers one more or many, with line ends between them
  static byte[] post(String target, String headers, String text) {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    byte[] head =
        "POST %s HTTP/1.1\r\nHost: localhost\r\n%s\r\nContent-Length: %d\r\n\r\n"
            .formatted(target, headers, body.length)
            .getBytes(StandardCharsets.US_ASCII);
    byte[] request = new byte[head.length + body.length];
    System.arraycopy(head, 0, request, 0, head.length);
    System.arraycopy(body, 0, request, head.length, body.length);
    return request;
  }
}
