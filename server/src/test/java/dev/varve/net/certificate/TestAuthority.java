package dev.varve.net.certificate;

import dev.varve.identity.token.RsaKeyPairs;
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
import java.util.Date;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.security.auth.x500.X500Principal;
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
  private static final X500Principal ISSUER = new X500Principal("CN=Test Authority");

  private final KeyPair keys = ecKeys();
  private final X509Certificate root;

  public TestAuthority() {
    Instant now = Instant.now();
    this.root =
        sign(
            ISSUER,
            keys.getPublic(),
            true,
            List.of(),
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
    return RsaKeyPairs.make();
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

  /// A certificate of somebody, from an hour ago until an hour from now.
  ///
  /// @param subject as RFC 4514 writes it
  public Issued issueTo(String subject, GeneralName... names) {
    KeyPair of = ecKeys();
    Instant now = Instant.now();
    X509Certificate certificate =
        sign(
            new X500Principal(subject),
            of.getPublic(),
            false,
            List.of(names),
            now.minus(Duration.ofHours(1)),
            now.plus(Duration.ofHours(1)));
    return new Issued(List.of(certificate, root), of.getPrivate());
  }

  /// One for which nobody vouches but whoever has the keys.
  public static Issued selfSigned(String subject, KeyPair of) {
    Instant now = Instant.now();
    X500Principal name = new X500Principal(subject);
    X509Certificate certificate =
        signed(
            of.getPrivate(),
            name,
            name,
            of.getPublic(),
            false,
            List.of(),
            now.minus(Duration.ofHours(1)),
            now.plus(Duration.ofHours(1)));
    return new Issued(List.of(certificate), of.getPrivate());
  }

  public X509Certificate certificate(PublicKey of, Set<String> names, Instant from, Instant until) {
    List<GeneralName> general =
        names.stream()
            .map(name ->
                new GeneralName(
                    isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName, name))
            .toList();
    return sign(
        new X500Principal("CN=" + names.iterator().next()), of, false, general, from, until);
  }

  private X509Certificate sign(
      X500Principal subject,
      PublicKey of,
      boolean authority,
      List<GeneralName> names,
      Instant from,
      Instant until) {
    return signed(keys.getPrivate(), ISSUER, subject, of, authority, names, from, until);
  }

  private static X509Certificate signed(
      PrivateKey by,
      X500Principal issuer,
      X500Principal subject,
      PublicKey of,
      boolean authority,
      List<GeneralName> names,
      Instant from,
      Instant until) {
    try {
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              issuer, new BigInteger(120, RANDOM), Date.from(from), Date.from(until), subject, of);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
      if (!names.isEmpty()) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(names.toArray(GeneralName[]::new)));
      }
      String algorithm = by.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
      return new JcaX509CertificateConverter()
          .getCertificate(builder.build(new JcaContentSignerBuilder(algorithm).build(by)));
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
    // PKCS#12 would take ten thousand hashes for each key
    KeyStore store = KeyStore.getInstance("JKS");
    store.load(null, null);
    store.setKeyEntry("own", own.key(), new char[0], own.chain().toArray(Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, new char[0]);
    return factory.getKeyManagers();
  }
}
