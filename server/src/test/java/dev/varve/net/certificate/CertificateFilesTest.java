package dev.varve.net.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.settings.WrongSetting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateFilesTest {
  private static final TestAuthority AUTHORITY = new TestAuthority();
  private static final KeyPair RSA = TestAuthority.rsaKeys();
  private static final Clock CLOCK = Clock.systemUTC();

  @TempDir Path folder;

  private CertificateFiles pem(TestAuthority.Issued issued) throws IOException {
    TlsSettings written = TestCertificates.written(issued, folder);
    return new CertificateFiles(written.certificate(), written.key(), "");
  }

  private String refused(CertificateFiles files) {
    try {
      files.read(CLOCK);
    } catch (WrongSetting e) {
      return String.valueOf(e.getMessage()).replace(folder + "/", "");
    }
    throw new AssertionError("It was taken");
  }

  @Test
  void keysOfEveryKindAreRead() throws Exception {
    KeyPair edwards = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    for (KeyPair keys : List.of(TestAuthority.ecKeys(), RSA, edwards)) {
      TestAuthority.Issued issued = AUTHORITY.issue(keys);
      ServerCertificate read = pem(issued).read(CLOCK);
      assertThat(read.chain()).isEqualTo(issued.chain());
      assertThat(read.key()).isEqualTo(issued.key());
    }
  }

  /// As `openssl rsa -traditional` and `openssl ecparam -genkey` write them.
  @Test
  void theOlderFormsOfKeysAreRead() throws Exception {
    TestAuthority.Issued rsa = AUTHORITY.issue(RSA);
    CertificateFiles files = pem(rsa);
    try (JcaPEMWriter writer = new JcaPEMWriter(Files.newBufferedWriter(Path.of(files.key())))) {
      writer.writeObject(RSA.getPrivate());
    }
    assertThat(Files.readString(Path.of(files.key()))).contains("BEGIN RSA PRIVATE KEY");
    assertThat(files.read(CLOCK).key()).isEqualTo(RSA.getPrivate());
  }

  @Test
  void aPkcs12FileIsOpenedWithItsPassword() throws Exception {
    TestAuthority.Issued issued = AUTHORITY.issue();
    Path file = folder.resolve("all.p12");
    issued.writePkcs12(file, "correct horse");
    ServerCertificate read = new CertificateFiles(file.toString(), "", "correct horse").read(CLOCK);
    assertThat(read.chain()).isEqualTo(issued.chain());
    assertThat(read.key()).isEqualTo(issued.key());
    assertThat(refused(new CertificateFiles(file.toString(), "", "battery staple")))
        .isEqualTo(
            "http.tls.certificate names all.p12, which the password in the environment variable VARVE_HTTP_TLS_PASSWORD does not open");
    assertThat(refused(new CertificateFiles(file.toString(), "", "")))
        .isEqualTo(
            "http.tls.certificate names all.p12, which has a password: set the environment variable VARVE_HTTP_TLS_PASSWORD");
    Files.writeString(file, "not at all");
    assertThat(refused(new CertificateFiles(file.toString(), "", "correct horse")))
        .startsWith(
            "http.tls.certificate names all.p12, which is no PKCS#12 file that can be read: ");
  }

  @Test
  void filesThatAreMissingOrHoldSomethingElseAreNamed() throws Exception {
    CertificateFiles files = pem(AUTHORITY.issue());
    String certificate = Files.readString(Path.of(files.certificate()));
    Files.writeString(Path.of(files.key()), certificate);
    assertThat(refused(files))
        .isEqualTo(
            "http.tls.key names key.pem, which holds no private key: it must be a PEM file with -----BEGIN PRIVATE KEY-----");
    Files.writeString(
        Path.of(files.key()), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    assertThat(refused(files))
        .startsWith("http.tls.key names key.pem, which holds no private key that can be read: ");
    Files.delete(Path.of(files.key()));
    assertThat(refused(files)).isEqualTo("http.tls.key names key.pem, and there is no such file");
    Files.writeString(Path.of(files.certificate()), "");
    assertThat(refused(files))
        .isEqualTo(
            "http.tls.certificate names cert.pem, which holds no certificate: it must be a PEM file with -----BEGIN CERTIFICATE-----");
    Files.writeString(Path.of(files.certificate()), certificate.replaceFirst("MII", "XXX"));
    assertThat(refused(files))
        .startsWith(
            "http.tls.certificate names cert.pem, which holds no certificate that can be read: ");
    Files.delete(Path.of(files.certificate()));
    assertThat(refused(files))
        .isEqualTo("http.tls.certificate names cert.pem, and there is no such file");
    Files.createDirectory(Path.of(files.certificate()));
    assertThat(refused(files))
        .isEqualTo(
            "http.tls.certificate names cert.pem, which cannot be read (IOException): see who may with `ls -l`");
  }

  @Test
  void aKeyThatDoesNotFitIsRefused() throws Exception {
    TestAuthority.Issued first = AUTHORITY.issue();
    for (KeyPair other : List.of(TestAuthority.ecKeys(), RSA)) {
      CertificateFiles files = pem(new TestAuthority.Issued(first.chain(), other.getPrivate()));
      assertThat(refused(files))
          .isEqualTo(
              "http.tls.key names key.pem, a key that does not fit the certificate in cert.pem: name the two that were made together, and the file with the server's certificate first in its chain");
    }
    // the chain the wrong way round
    assertThat(refused(pem(new TestAuthority.Issued(first.chain().reversed(), first.key()))))
        .contains("a key that does not fit");
  }

  @Test
  void aKeyWithAPasswordIsRefused() throws Exception {
    CertificateFiles files = pem(AUTHORITY.issue(RSA));
    try (JcaPEMWriter writer = new JcaPEMWriter(Files.newBufferedWriter(Path.of(files.key())))) {
      writer.writeObject(
          new JcaPKCS8Generator(
              RSA.getPrivate(),
              new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC)
                  .setProvider(new BouncyCastleProvider())
                  .setPassword("secret".toCharArray())
                  .build()));
    }
    assertThat(refused(files))
        .isEqualTo(
            "http.tls.key names key.pem, a key that has a password: take it off with `openssl pkey -in KEY -out NEW`, or use a PKCS#12 file");
  }

  @Test
  void aCertificateOutOfItsTimeIsRefused() throws Exception {
    Instant now = Instant.parse("2026-03-01T10:00:00Z");
    Clock clock = Clock.fixed(now, ZoneOffset.UTC);
    CertificateFiles past =
        pem(AUTHORITY.issue(RSA, now.minus(Duration.ofDays(2)), now.minus(Duration.ofDays(1))));
    assertThatThrownBy(() -> past.read(clock))
        .hasMessage(
            "http.tls.certificate names %s, a certificate that expired at 2026-02-28T10:00:00Z: renew it",
            folder.resolve("cert.pem"));
    CertificateFiles future =
        pem(AUTHORITY.issue(RSA, now.plus(Duration.ofDays(1)), now.plus(Duration.ofDays(2))));
    assertThatThrownBy(() -> future.read(clock))
        .hasMessage(
            "http.tls.certificate names %s, a certificate that is good from 2026-03-02T10:00:00Z on, and it is 2026-03-01T10:00:00Z now: look at the clock of this machine",
            folder.resolve("cert.pem"));
  }
}
