package dev.varve.net.certificate;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/// An authority that issues certificates to whoever asks, and clients that trust it alone.
public final class TestAuthority {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final KeyPair keys = ecKeys();
  private final X509Certificate root;

  public TestAuthority() {
    Instant now = Instant.now();
    this.root =
        sign(
            "CN=Test Authority",
            keys.getPublic(),
            true,
            Set.of(),
            now.minus(Duration.ofDays(1)),
            now.plus(Duration.ofDays(3650)));
  }

  /// A certificate with its key.
  public record Issued(List<X509Certificate> chain, PrivateKey key) {
    public X509Certificate certificate() {
      return chain.getFirst();
    }

    /// Writes both as PEM.
    public void write(Path certificate, Path key) throws IOException {
      Files.writeString(key, pem(this.key));
      Files.writeString(certificate, pem(chain.toArray()));
    }

    public void writePkcs12(Path file, String password) throws Exception {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("any", key, password.toCharArray(), chain.toArray(Certificate[]::new));
      try (var out = Files.newOutputStream(file)) {
        store.store(out, password.toCharArray());
      }
    }
  }

  public static String pem(Object... parts) {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      for (Object part : parts) {
        // what the writer makes of an EC key lacks the curve
        writer.writeObject(
            part instanceof PrivateKey key ? new JcaPKCS8Generator(key, null) : part);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return text.toString();
  }

  public static KeyPair ecKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  public static KeyPair rsaKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  public X509Certificate root() {
    return root;
  }

  /// A certificate for this machine, from an hour ago until an hour from now.
  public Issued issue() {
    return issue(ecKeys());
  }

  public Issued issue(KeyPair of) {
    Instant now = Instant.now();
    return issue(of, now.minus(Duration.ofHours(1)), now.plus(Duration.ofHours(1)));
  }

  public Issued issue(KeyPair of, Instant from, Instant until) {
    return new Issued(
        List.of(certificate(of.getPublic(), Set.of("localhost", "127.0.0.1"), from, until), root),
        of.getPrivate());
  }

  public X509Certificate certificate(PublicKey of, Set<String> names, Instant from, Instant until) {
    return sign("CN=" + names.iterator().next(), of, false, names, from, until);
  }

  private X509Certificate sign(
      String subject,
      PublicKey of,
      boolean authority,
      Set<String> names,
      Instant from,
      Instant until) {
    try {
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              new X500Name("CN=Test Authority"),
              new BigInteger(120, RANDOM),
              Date.from(from),
              Date.from(until),
              new X500Name(subject),
              of);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
      if (!names.isEmpty()) {
        List<GeneralName> general = new ArrayList<>();
        for (String name : names) {
          general.add(
              new GeneralName(isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName, name));
        }
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(general.toArray(GeneralName[]::new)));
      }
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    } catch (IOException | OperatorCreationException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isAddress(String name) {
    try {
      return InetAddress.ofLiteral(name) != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /// What a client speaks TLS with that trusts this authority, and shows no certificate.
  public SSLContext client() {
    return client(null);
  }

  /// The same with a certificate of its own.
  public SSLContext client(@Nullable Issued own) {
    try {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry("root", root);
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(own == null ? null : keyManagers(own), trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyManager[] keyManagers(Issued own) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("own", own.key(), new char[0], own.chain().toArray(Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, new char[0]);
    return factory.getKeyManagers();
  }
}
