package dev.varve.face.gateway.discovery;

import dev.varve.face.gateway.resilience.ServiceEvents;
import dev.varve.face.gateway.resilience.ServiceEvents.Kind;
import dev.varve.face.gateway.resilience.ServiceMeasures;
import dev.varve.kernel.Pauses;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks again and again where the hosts of a service are, until it is closed. What was heard last holds until something better
/// is: an answer that fails, or has no host in it, changes nothing and is told.
public final class HostSearch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HostSearch.class);

  private final String service;
  private final DiscoverySettings settings;
  private final HostSource source;
  private final Clock clock;
  private final ServiceEvents events;
  private final ServiceMeasures measures;
  private final Consumer<List<HostEntry>> heard;
  private final Pauses pauses = new Pauses();

  /// When somebody is asked again; zero before the first time. Belongs to whoever asks: one thread after the other.
  private Duration next = Duration.ZERO;

  private volatile Standing standing;

  /// What is known of it.
  ///
  /// @param source what is asked, in words
  /// @param foundAt when the last answer came that was of use
  /// @param failingSince the first of the failures after that
  /// @param what the last failure was
  /// @param leftOut how many hosts there were beyond what is kept
  public record Standing(
      String source,
      Optional<Instant> foundAt,
      Optional<Instant> failingSince,
      String what,
      int leftOut) {}

  /// @param heard takes the hosts over, each time somebody has been asked
  public HostSearch(
      String service,
      DiscoverySettings settings,
      Clock clock,
      ServiceEvents events,
      ServiceMeasures measures,
      Consumer<List<HostEntry>> heard) {
    this.service = service;
    this.settings = settings;
    this.source = HostSource.of(settings);
    this.clock = clock;
    this.events = events;
    this.measures = measures;
    this.heard = heard;
    this.standing = new Standing(source.shown(), Optional.empty(), Optional.empty(), "", 0);
  }

  /// Asks once. For one thread, before [#begin].
  public void ask() {
    next = asked();
  }

  /// Asks from now on.
  public void begin() {
    Thread.ofVirtual().name("gateway-discovery-" + service).start(this::run);
  }

  private void run() {
    while (pauses.pause(next)) {
      next = asked();
    }
  }

  /// @return the time until the next question
  private Duration asked() {
    try {
      Findings found = source.ask();
      found(found);
      return settings.within(found.goodFor());
    } catch (DiscoveryFailure failure) {
      failed(failure.text());
    } catch (RuntimeException bug) {
      LOG.error("The hosts of {} cannot be found", service, bug);
      failed(String.valueOf(bug.getMessage()));
    }
    return settings.within(Duration.ZERO);
  }

  private void found(Findings found) {
    Standing before = standing;
    standing =
        new Standing(
            before.source(), Optional.of(clock.instant()), Optional.empty(), "", found.leftOut());
    heard.accept(found.hosts());
    if (before.failingSince().isPresent()) {
      events.tell(Kind.DISCOVERY_RECOVERED, "", before.failingSince(), "");
    }
    if (found.leftOut() > 0 && found.leftOut() != before.leftOut()) {
      LOG.warn(
          "The service {} has more hosts than {}: {} are left out",
          service,
          Findings.HOSTS_MAX,
          found.leftOut());
    }
  }

  private void failed(String what) {
    Standing before = standing;
    Optional<Instant> since = before.failingSince().or(() -> Optional.of(clock.instant()));
    standing = new Standing(before.source(), before.foundAt(), since, what, before.leftOut());
    measures.discoveryFailed();
    if (before.failingSince().isEmpty()) {
      events.tell(Kind.DISCOVERY_FAILED, "", since, what);
    }
  }

  public Standing standing() {
    return standing;
  }

  /// Asks no more.
  @Override
  public void close() {
    pauses.close();
  }
}
