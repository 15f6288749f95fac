package dev.varve.net.certificate;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// What an authority is shown that wants to know whether a name belongs to this server, as long as it looks.
final class AcmeChallenges {
  /// What it speaks that looks at a handshake alone (RFC 8737, section 6.2).
  static final String PROTOCOL = "acme-tls/1";

  private final Map<String, String> http = new ConcurrentHashMap<>();
  private final Map<String, ServerCertificate> tls = new ConcurrentHashMap<>();

  /// Something that is shown until it is closed.
  interface Shown extends AutoCloseable {
    @Override
    void close();
  }

  Shown show(String token, String authorization) {
    http.put(token, authorization);
    return () -> http.remove(token);
  }

  Shown show(String domain, ServerCertificate certificate) {
    String name = domain.toLowerCase(Locale.ROOT);
    tls.put(name, certificate);
    return () -> tls.remove(name);
  }

  Optional<String> http(String token) {
    return Optional.ofNullable(http.get(token));
  }

  Optional<ServerCertificate> tls(String domain) {
    return Optional.ofNullable(tls.get(domain.toLowerCase(Locale.ROOT)));
  }

  boolean tls() {
    return !tls.isEmpty();
  }
}
