package dev.varve.net.certificate;

import dev.varve.settings.WrongSetting;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The certificate of the listener, as it is at the moment. New connections get what the files hold now; those that are
/// open keep what they were made with. While the files hold nothing that can be served, the last good one stays.
public final class Certificates implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(5);

  private final TlsSettings settings;
  private final CertificateFiles files;
  private final List<X509Certificate> authorities;
  private final Clock clock;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Served served;
  private volatile Optional<String> trouble = Optional.empty();
  // of the thread that looks
  private String seen;
  private String judged;

  private record Served(TlsContext context, ServerCertificate certificate) {}

  private Certificates(TlsSettings settings, String password, Clock clock) {
    this.settings = settings;
    this.files = new CertificateFiles(settings.certificate(), settings.key(), password);
    this.clock = clock;
    this.authorities = authorities(settings);
    this.seen = files.digest();
    this.judged = seen;
    this.served = serving(files.read(clock));
  }

  /// Reads the certificate that the settings name, and goes on looking whether it has changed.
  ///
  /// @param password of a PKCS#12 file; empty for none
  /// @throws WrongSetting when it cannot be served
  public static Certificates open(TlsSettings settings, String password, Clock clock) {
    return open(settings, password, clock, LOOK_EVERY);
  }

  static Certificates open(TlsSettings settings, String password, Clock clock, Duration lookEvery) {
    Certificates opened = new Certificates(settings, password, clock);
    Thread.ofVirtual().name("certificates").start(() -> opened.watch(lookEvery));
    return opened;
  }

  private static List<X509Certificate> authorities(TlsSettings settings) {
    return settings.clientAuthorities().isEmpty()
        ? List.of()
        : CertificateFiles.certificates(
            TlsSettings.CLIENT_AUTHORITIES, settings.clientAuthorities());
  }

  private Served serving(ServerCertificate certificate) {
    return new Served(
        new TlsContext(certificate, settings.clientCertificates(), authorities), certificate);
  }

  /// Speaks TLS on a new connection.
  public SSLEngine engine() {
    return served.context().engine();
  }

  /// How long the certificate is good that is served.
  public Instant notAfter() {
    return served.certificate().notAfter();
  }

  /// What is wrong with the certificate, for the operator's machinery; nothing while all is well.
  public Optional<String> trouble() {
    if (clock.instant().isAfter(notAfter())) {
      return Optional.of("The certificate expired at %s".formatted(notAfter()));
    }
    return trouble;
  }

  private void watch(Duration every) {
    try {
      while (!closed.await(every.toMillis(), TimeUnit.MILLISECONDS)) {
        look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Serves what the files hold, once they have come to rest: whoever renews a certificate writes two files, one after
  /// the other.
  private void look() {
    String now;
    try {
      now = files.digest();
    } catch (WrongSetting e) {
      now = String.valueOf(e.getMessage());
    }
    boolean atRest = now.equals(seen);
    seen = now;
    if (atRest && !now.equals(judged)) {
      judged = now;
      judge();
    }
  }

  private void judge() {
    try {
      served = serving(files.read(clock));
      trouble = Optional.empty();
      LOG.info(
          "The certificate in {} is served now; it is good until {}",
          settings.certificate(),
          notAfter());
    } catch (RuntimeException e) {
      trouble =
          Optional.of(
              "The renewed certificate cannot be served; the one before stays until " + notAfter());
      LOG.warn(
          "The renewed certificate cannot be served; the one before stays until {}: {}",
          notAfter(),
          e.getMessage());
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
