package dev.varve.net.certificate;

import dev.varve.net.http.ShownCertificate;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The certificate of the listener, as it is at the moment. New connections get the newest that is good; those that are
/// open keep what they were made with. While there is no newer one that can be served, the last good one stays.
///
/// ```
/// Certificates certificates = Certificates.open(settings, password, data, clock);
/// certificates.keepCurrent();             // once the listener is there, which an authority may want to see
/// SSLEngine engine = certificates.engine(List.of("h2", "http/1.1"));
/// ```
public final class Certificates implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(5);

  private final TlsSettings settings;
  private final CertificateSource source;
  private final AcmeChallenges challenges;
  private final ClientTrust trust;
  private final Clock clock;
  private final Duration lookEvery;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Optional<ServerCertificate> served;
  private volatile TlsContext context;
  private volatile TlsContext asking;
  private volatile Optional<String> trouble = Optional.empty();
  private volatile @Nullable Thread watching;

  private Certificates(
      TlsSettings settings,
      CertificateSource source,
      AcmeChallenges challenges,
      Clock clock,
      Duration lookEvery) {
    this.settings = settings;
    this.source = source;
    this.challenges = challenges;
    this.clock = clock;
    this.lookEvery = lookEvery;
    this.trust = new ClientTrust(settings.clientCertificates(), authorities(settings));
    this.served = source.current();
    this.context = contextOf(served, onMainPort());
    this.asking = contextOf(served, settings.clientCertificates());
  }

  /// The certificate that the settings speak of.
  ///
  /// @param password of a PKCS#12 file; empty for none
  /// @param data where certificates of an authority are kept
  /// @throws dev.varve.settings.WrongSetting when it cannot be served
  public static Certificates open(TlsSettings settings, String password, Path data, Clock clock) {
    return open(settings, password, data, clock, LOOK_EVERY);
  }

  static Certificates open(
      TlsSettings settings, String password, Path data, Clock clock, Duration lookEvery) {
    AcmeChallenges challenges = new AcmeChallenges();
    CertificateSource source =
        settings.acme().enabled()
            ? new AcmeCertificates(settings.acme(), new AcmeFolder(data), challenges, clock)
            : new WatchedFiles(
                new CertificateFiles(settings.certificate(), settings.key(), password), clock);
    return new Certificates(settings, source, challenges, clock, lookEvery);
  }

  private static List<X509Certificate> authorities(TlsSettings settings) {
    return settings.clientAuthorities().isEmpty()
        ? List.of()
        : CertificateFiles.certificates(
            TlsSettings.CLIENT_AUTHORITIES, settings.clientAuthorities());
  }

  private ClientCertificates onMainPort() {
    return settings.asksElsewhere() ? ClientCertificates.NONE : settings.clientCertificates();
  }

  private TlsContext contextOf(Optional<ServerCertificate> certificate, ClientCertificates asked) {
    return new TlsContext(certificate, challenges, asked, trust);
  }

  /// Goes on looking for a newer certificate, until this is closed.
  public void keepCurrent() {
    watching = Thread.ofVirtual().name("certificates").start(this::watch);
  }

  /// Speaks TLS on a new connection.
  ///
  /// @param protocols that are spoken over it (RFC 7301)
  public SSLEngine engine(List<String> protocols) {
    return context.engine(protocols);
  }

  /// The same on the port on which clients are asked for certificates. No session of the main port goes on there: its client was not asked.
  public SSLEngine engineThatAsks(List<String> protocols) {
    return asking.engine(protocols);
  }

  /// What a client showed; nothing when that is none.
  ///
  /// @param chain of a handshake that came to a good end
  public Optional<ShownCertificate> shown(List<X509Certificate> chain) {
    return chain.isEmpty()
        ? Optional.empty()
        : Optional.of(ShownCertificate.of(chain.getFirst(), trust.vouchesFor(chain)));
  }

  /// Whether a connection has done its work with its handshake: an authority has looked who answers (RFC 8737).
  public boolean isChallenge(String protocol) {
    return protocol.equals(AcmeChallenges.PROTOCOL);
  }

  /// What an authority wants to find at `/.well-known/acme-challenge/{token}` (RFC 8555, section 8.3).
  public Optional<String> httpChallenge(String token) {
    return challenges.http(token);
  }

  /// When the certificate that is shown ends; nothing while there is none yet.
  public Optional<Instant> notAfter() {
    return served.map(ServerCertificate::notAfter);
  }

  /// What is wrong with the certificate, for the operator's machinery; nothing while all is well.
  public Optional<String> trouble() {
    Optional<Instant> end = notAfter();
    if (end.isEmpty()) {
      return Optional.of(trouble.orElse("There is no certificate yet"));
    }
    if (clock.instant().isAfter(end.get())) {
      return Optional.of("The certificate expired at " + end.get());
    }
    return trouble;
  }

  private void watch() {
    try {
      do {
        look();
      } while (!closed.await(lookEvery.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() throws InterruptedException {
    try {
      source.renewed().ifPresent(this::serve);
    } catch (CertificateSource.NoRenewal e) {
      tell(e);
    } catch (RuntimeException bug) {
      LOG.error("Looking for a newer certificate failed; it is done again", bug);
    }
  }

  private void tell(CertificateSource.NoRenewal e) {
    if (closed.getCount() > 0) {
      String told =
          "There is no newer certificate that can be served; %s, and %s"
              .formatted(meanwhile(), e.next());
      trouble = Optional.of(told);
      LOG.warn("{}: {}", told, e.getMessage());
    }
  }

  private void serve(ServerCertificate newer) {
    context = contextOf(Optional.of(newer), onMainPort());
    asking = contextOf(Optional.of(newer), settings.clientCertificates());
    served = Optional.of(newer);
    trouble = Optional.empty();
    LOG.info("A newer certificate is served; it is good until {}", newer.notAfter());
  }

  private String meanwhile() {
    return served
        .map(known -> "the one before stays until " + known.notAfter())
        .orElse("nobody can connect");
  }

  @Override
  public void close() {
    closed.countDown();
    Thread looking = watching;
    if (looking != null) {
      looking.interrupt();
    }
  }
}
