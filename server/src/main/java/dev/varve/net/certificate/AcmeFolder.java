package dev.varve.net.certificate;

import dev.varve.kernel.PrivateFile;
import dev.varve.settings.WrongSetting;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Clock;
import java.util.Optional;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is kept of an authority in the data folder, for its owner alone: the key of the account, and the last certificate
/// with its key in one file, so that they always fit.
///
/// @param data the data folder
record AcmeFolder(Path data) {
  private static final Logger LOG = LoggerFactory.getLogger(AcmeFolder.class);
  // the file is protected by its mode; PKCS#12 wants a password all the same
  private static final char[] PASSWORD = "varve".toCharArray();
  private static final String ALIAS = "server";
  private static final String PRIVATE_KEY = "PRIVATE KEY";
  private static final String PUBLIC_KEY = "PUBLIC KEY";

  private Path account() {
    return data.resolve("acme").resolve("account.pem");
  }

  private Path certificate() {
    return data.resolve("acme").resolve("certificate.p12");
  }

  static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has P-256", e);
    }
  }

  /// The key that the authority knows this server by; made when there is none.
  KeyPair accountKeys() throws IOException {
    if (Files.exists(account())) {
      return readAccount();
    }
    KeyPair made = newKeys();
    StringWriter text = new StringWriter();
    try (PemWriter writer = new PemWriter(text)) {
      writer.writeObject(new PemObject(PRIVATE_KEY, made.getPrivate().getEncoded()));
      writer.writeObject(new PemObject(PUBLIC_KEY, made.getPublic().getEncoded()));
    }
    PrivateFile.write(account(), text.toString().getBytes(StandardCharsets.US_ASCII));
    return made;
  }

  private KeyPair readAccount() throws IOException {
    String text = Files.readString(account(), StandardCharsets.US_ASCII);
    try (PemReader reader = new PemReader(new StringReader(text))) {
      KeyFactory keys = KeyFactory.getInstance("EC");
      byte[] first = content(reader, PRIVATE_KEY);
      byte[] second = content(reader, PUBLIC_KEY);
      return new KeyPair(
          keys.generatePublic(new X509EncodedKeySpec(second)),
          keys.generatePrivate(new PKCS8EncodedKeySpec(first)));
    } catch (GeneralSecurityException e) {
      throw unreadable(e);
    }
  }

  private byte[] content(PemReader reader, String type) throws IOException {
    PemObject part = reader.readPemObject();
    if (part == null || !part.getType().equals(type)) {
      throw unreadable(null);
    }
    return part.getContent();
  }

  private IOException unreadable(@Nullable Exception e) {
    return new IOException(
        account() + " holds no key: bring it back from a backup, or remove it for a new account",
        e);
  }

  /// The last certificate, as long as it is good.
  Optional<ServerCertificate> kept(Clock clock) {
    if (!Files.exists(certificate())) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new CertificateFiles(certificate().toString(), "", new String(PASSWORD)).read(clock));
    } catch (WrongSetting e) {
      LOG.warn("The certificate that was kept is not served: {}", e.getMessage());
      return Optional.empty();
    }
  }

  void keep(ServerCertificate issued) throws IOException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(ALIAS, issued.key(), PASSWORD, issued.chain().toArray(Certificate[]::new));
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      store.store(bytes, PASSWORD);
      PrivateFile.write(certificate(), bytes.toByteArray());
    } catch (GeneralSecurityException e) {
      throw new IOException("The certificate cannot be written", e);
    }
  }
}
