package dev.varve.face.gateway.upstream;

/// Which version of HTTP a service is spoken to in. WebSockets are HTTP/1.1 always.
public enum Protocol {
  /// HTTP/2 where a host agrees on it in the handshake of TLS, HTTP/1.1 otherwise.
  AUTO,
  HTTP1,
  /// HTTP/2 alone: agreed on over TLS, by prior knowledge without (RFC 9113, section 3.3).
  HTTP2
}
