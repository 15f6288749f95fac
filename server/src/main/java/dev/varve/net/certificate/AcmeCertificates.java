package dev.varve.net.certificate;

import java.io.IOException;
import java.security.cert.CertificateParsingException;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.shredzone.acme4j.exception.AcmeException;
import org.shredzone.acme4j.exception.AcmeRateLimitedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A certificate from an authority, renewed in time.
final class AcmeCertificates implements CertificateSource {
  private static final Logger LOG = LoggerFactory.getLogger(AcmeCertificates.class);
  private static final int DNS_NAME = 2;

  private final AcmeSettings settings;
  private final AcmeFolder folder;
  private final AcmeClient client;
  private final Clock clock;
  private AcmeSchedule schedule;

  AcmeCertificates(
      AcmeSettings settings, AcmeFolder folder, AcmeChallenges challenges, Clock clock) {
    this.settings = settings;
    this.folder = folder;
    this.client = new AcmeClient(settings, folder, challenges);
    this.clock = clock;
    this.schedule = new AcmeSchedule(clock.instant(), 0);
  }

  /// The one that was kept, if it is good for all names.
  @Override
  public Optional<ServerCertificate> current() {
    Optional<ServerCertificate> kept = folder.kept(clock);
    schedule = AcmeSchedule.beginning(kept.filter(this::hasAllNames), clock.instant());
    return kept;
  }

  private boolean hasAllNames(ServerCertificate certificate) {
    Set<String> named = new TreeSet<>();
    try {
      Collection<List<?>> names = certificate.certificate().getSubjectAlternativeNames();
      if (names != null) {
        for (List<?> name : names) {
          if (name.getFirst().equals(DNS_NAME)) {
            named.add(String.valueOf(name.getLast()).toLowerCase(Locale.ROOT));
          }
        }
      }
    } catch (CertificateParsingException e) {
      return false;
    }
    return settings.domains().stream()
        .allMatch(domain -> named.contains(domain.toLowerCase(Locale.ROOT)));
  }

  @Override
  public Optional<ServerCertificate> renewed() throws NoRenewal, InterruptedException {
    if (!schedule.isDue(clock.instant())) {
      return Optional.empty();
    }
    LOG.info("A certificate for {} is asked for at {}", settings.domains(), settings.directory());
    try {
      ServerCertificate issued = client.order(schedule.failures());
      requireGood(issued);
      folder.keep(issued);
      schedule = AcmeSchedule.after(issued);
      return Optional.of(issued);
    } catch (AcmeException | IOException | RuntimeException e) {
      schedule = schedule.afterFailure(clock.instant(), wanted(e));
      throw new NoRenewal(
          String.valueOf(e.getMessage()), "it is asked for again at " + schedule.dueAt(), e);
    }
  }

  /// What cannot be served must not take the place of what can.
  private void requireGood(ServerCertificate issued) throws IOException {
    if (!issued.keyFits() || !hasAllNames(issued) || !clock.instant().isBefore(issued.notAfter())) {
      throw new IOException("The authority has issued a certificate that cannot be served");
    }
  }

  private static Optional<Instant> wanted(Exception e) {
    return e instanceof AcmeRateLimitedException limited
        ? limited.getRetryAfter()
        : Optional.empty();
  }
}
