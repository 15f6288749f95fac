package dev.varve.net.certificate;

import dev.varve.kernel.PrivateFile;
import dev.varve.settings.WrongSetting;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/// A certificate for whoever writes an application, good for this machine alone, which vouches for itself: a browser takes
/// it once its owner has said so. It is no authority, so who takes it takes nothing else with it.
///
/// @param data the data folder, where it is kept
public record LocalCertificate(Path data) {
  // what browsers take at most (CA/Browser Forum, Baseline Requirements 6.3.2, before 2026)
  private static final Duration LIFE = Duration.ofDays(398);
  private static final Duration RENEWED_BEFORE = Duration.ofDays(30);
  private static final int SERIAL_BITS = 120;

  public Path certificate() {
    return data.resolve("local").resolve("certificate.pem");
  }

  private Path key() {
    return data.resolve("local").resolve("key.pem");
  }

  /// The settings that serve it. It is made when there is none that is good for another month.
  public TlsSettings settings(Clock clock) throws IOException {
    if (!isGood(clock)) {
      make(clock.instant());
    }
    return TlsSettings.ofFiles(certificate().toString(), key().toString());
  }

  private boolean isGood(Clock clock) {
    if (!Files.exists(certificate()) || !Files.exists(key())) {
      return false;
    }
    try {
      Instant end =
          new CertificateFiles(certificate().toString(), key().toString(), "")
              .read(clock)
              .notAfter();
      return clock.instant().plus(RENEWED_BEFORE).isBefore(end);
    } catch (WrongSetting e) {
      // whatever it is, another one takes its place
      return false;
    }
  }

  private void make(Instant now) throws IOException {
    KeyPair keys = AcmeFolder.newKeys();
    try {
      X509Certificate made = signed(keys, now);
      PrivateFile.write(key(), pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
      PrivateFile.write(certificate(), pem("CERTIFICATE", made.getEncoded()));
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IOException("A certificate cannot be made", e);
    }
  }

  private static X509Certificate signed(KeyPair keys, Instant now)
      throws IOException, GeneralSecurityException, OperatorCreationException {
    X500Name name = new X500Name("CN=localhost,O=Varve on this machine");
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            name,
            new BigInteger(SERIAL_BITS, new SecureRandom()),
            // other clocks may be behind
            Date.from(now.minus(Duration.ofDays(1))),
            Date.from(now.plus(LIFE).minus(Duration.ofDays(1))),
            name,
            keys.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    builder.addExtension(
        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(
            new GeneralName[] {
              new GeneralName(GeneralName.dNSName, "localhost"),
              new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
              new GeneralName(GeneralName.iPAddress, "::1")
            }));
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
  }

  private static byte[] pem(String type, byte[] content) throws IOException {
    StringWriter text = new StringWriter();
    try (PemWriter writer = new PemWriter(text)) {
      writer.writeObject(new PemObject(type, content));
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /// How this system is told to trust it.
  public String howToTrust() {
    String system = System.getProperty("os.name", "");
    if (system.startsWith("Mac")) {
      return "security add-trusted-cert -p ssl " + certificate();
    }
    return system.startsWith("Windows")
        ? "certutil -user -addstore Root " + certificate()
        : "certutil -d sql:$HOME/.pki/nssdb -A -t P,, -n varve -i " + certificate();
  }
}
