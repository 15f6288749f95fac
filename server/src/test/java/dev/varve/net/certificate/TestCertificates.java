package dev.varve.net.certificate;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

/// Certificates that notice within a moment that their files have changed.
public final class TestCertificates {
  private TestCertificates() {}

  public static Certificates open(TlsSettings settings) {
    return open(settings, "");
  }

  public static Certificates open(TlsSettings settings, String password) {
    return Certificates.open(
        settings, password, Path.of("nowhere"), Clock.systemUTC(), Duration.ofMillis(20));
  }

  /// @param data where what an authority has issued is kept
  public static Certificates open(AcmeSettings settings, Path data, Clock clock) {
    return Certificates.open(TlsSettings.of(settings), "", data, clock, Duration.ofMillis(20));
  }

  /// Writes `cert.pem` and `key.pem`.
  public static TlsSettings written(TestAuthority.Issued issued, Path folder) throws IOException {
    Path certificate = folder.resolve("cert.pem");
    Path key = folder.resolve("key.pem");
    issued.write(certificate, key);
    return TlsSettings.ofFiles(certificate.toString(), key.toString());
  }
}
