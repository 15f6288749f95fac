package dev.varve.net.certificate;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// When a certificate is asked for next: at two thirds of the life of the last one, or some time after a failure.
///
/// @param failures since the last success
record AcmeSchedule(Instant dueAt, int failures) {
  // Let's Encrypt takes five failures of a name in an hour; so there are four
  private static final Duration BACK_OFF = Duration.ofMinutes(5);
  private static final Duration BACK_OFF_MAX = Duration.ofHours(6);
  // doubled that often, it is beyond the longest
  private static final int DOUBLINGS_MAX = 7;

  /// @param kept what is there at the start
  static AcmeSchedule beginning(Optional<ServerCertificate> kept, Instant now) {
    return kept.map(AcmeSchedule::after).orElse(new AcmeSchedule(now, 0));
  }

  static AcmeSchedule after(ServerCertificate issued) {
    Duration life = Duration.between(issued.notBefore(), issued.notAfter());
    return new AcmeSchedule(issued.notBefore().plus(life.multipliedBy(2).dividedBy(3)), 0);
  }

  /// @param notBefore when the authority wants to be asked again, where it says so
  AcmeSchedule afterFailure(Instant now, Optional<Instant> notBefore) {
    Duration doubled = BACK_OFF.multipliedBy(1L << Math.min(failures, DOUBLINGS_MAX));
    Instant next = now.plus(doubled.compareTo(BACK_OFF_MAX) > 0 ? BACK_OFF_MAX : doubled);
    return new AcmeSchedule(
        notBefore.filter(wanted -> wanted.isAfter(next)).orElse(next), failures + 1);
  }

  boolean isDue(Instant now) {
    return !now.isBefore(dueAt);
  }
}
