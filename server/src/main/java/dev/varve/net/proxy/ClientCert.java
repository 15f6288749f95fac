package dev.varve.net.proxy;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.net.http.ShownCertificate;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import java.security.cert.CertificateException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// The header in which a proxy says which certificate its client showed (RFC 9440, section 2.2): the DER in base64, between colons (RFC
/// 9651, section 3.3.5).
///
/// ```
/// Client-Cert: :MIIBqDCCAU6gAwIBAgIBBzAKBggqhkjOPQQDAjA6...:
/// ```
final class ClientCert {
  private static final HeaderName NAME = HeaderNames.create("Client-Cert");

  private ClientCert() {}

  /// @param vouched whether the proxy has verified what it says
  /// @throws Problem MALFORMED_REQUEST
  static Optional<ShownCertificate> read(Headers request, boolean vouched) {
    if (!request.contains(NAME)) {
      return Optional.empty();
    }
    List<String> lines = request.all(NAME, List::of);
    String value = lines.size() == 1 ? lines.getFirst().strip() : "";
    if (value.length() < 2 || !value.startsWith(":") || !value.endsWith(":")) {
      throw malformed();
    }
    try {
      byte[] encoded = Base64.getDecoder().decode(value.substring(1, value.length() - 1));
      return Optional.of(ShownCertificate.read(encoded, vouched));
    } catch (IllegalArgumentException | CertificateException e) {
      throw malformed();
    }
  }

  private static Problem malformed() {
    return new Problem(
        ErrorCode.MALFORMED_REQUEST,
        "The header Client-Cert must be one certificate, its DER in base64 between colons (RFC 9440)");
  }
}
