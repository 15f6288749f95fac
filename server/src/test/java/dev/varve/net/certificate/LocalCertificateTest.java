package dev.varve.net.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.SteppedClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalCertificateTest {
  @TempDir Path data;

  private final SteppedClock clock = SteppedClock.standing();

  private X509Certificate served() throws Exception {
    TlsSettings settings = new LocalCertificate(data).settings(clock);
    return new CertificateFiles(settings.certificate(), settings.key(), "")
        .read(clock)
        .certificate();
  }

  @Test
  void itIsForThisMachineAloneAndKept() throws Exception {
    X509Certificate made = served();
    assertThat(
            made.getSubjectAlternativeNames().stream().map(name -> String.valueOf(name.getLast())))
        .containsExactly("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1");
    assertThat(made.getBasicConstraints()).isEqualTo(-1);
    assertThat(served()).isEqualTo(made);
    for (String file : List.of("certificate.pem", "key.pem")) {
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(data.resolve("local").resolve(file))))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void itIsMadeAnewBeforeItEndsAndWhenItIsDamaged() throws Exception {
    X509Certificate first = served();
    clock.move(Duration.ofDays(366));
    assertThat(served()).isEqualTo(first);
    clock.move(Duration.ofDays(2));
    X509Certificate second = served();
    assertThat(second).isNotEqualTo(first);
    Files.writeString(data.resolve("local").resolve("key.pem"), "nothing");
    assertThat(served()).isNotEqualTo(second);
  }
}
