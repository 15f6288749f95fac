package dev.varve.node;

import dev.varve.net.certificate.Certificates;
import dev.varve.net.http.Health;
import dev.varve.schema.Schema;
import dev.varve.store.follow.SharedClock;
import dev.varve.store.log.EventLog;
import dev.varve.store.state.AppliedSchema;
import dev.varve.store.state.IndexBuild;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// What is looked at when somebody asks whether the server is well.
final class Checks {
  // several looks later
  private static final Duration LOOKED_WITHIN = Duration.ofSeconds(2);
  private static final Duration SKEW_MAX = Duration.ofSeconds(1);

  private Checks() {}

  /// @param serving what is served when it is asked
  /// @param file the schema that the node was told to serve
  /// @param shared whether other nodes may write to the database too
  /// @param clock by which the server goes
  static List<Health.Check> of(
      Supplier<Serving> serving,
      Supplier<Schema> file,
      boolean shared,
      Clock clock,
      Optional<Certificates> certificates) {
    List<Health.Check> checks = new ArrayList<>();
    checks.add(Health.Check.vital("log", () -> logFailure(serving.get().engine())));
    if (shared) {
      checks.add(Health.Check.vital("nodes", () -> behind(serving.get().engine().following())));
      checks.add(Health.Check.warning("writes", () -> halted(serving.get().engine().log())));
      checks.add(
          Health.Check.warning(
              "schema", () -> leftBehind(serving.get().engine().schema(), file.get())));
      checks.add(Health.Check.warning("indexes", () -> missingIndexes(serving.get().engine())));
    }
    if (clock instanceof SharedClock common) {
      checks.add(Health.Check.warning("clock", () -> skew(common)));
    }
    certificates.ifPresent(
        known -> checks.add(Health.Check.warning("certificate", known::trouble)));
    return checks;
  }

  /// Whether the node does not know by now what others have written, or cannot serve it.
  private static Optional<String> behind(Engine.Following following) {
    if (following.follower().isOutdated()) {
      return Optional.of("another node has brought the data to a newer schema, or format");
    }
    Duration age = following.freshness().age();
    Duration believed = following.freshness().longest().multipliedBy(2);
    return age.compareTo(LOOKED_WITHIN) < 0 || age.compareTo(believed) < 0
        ? Optional.empty()
        : Optional.of(
            "what other nodes have written was looked at %d s ago".formatted(age.toSeconds()));
  }

  /// Whether nobody writes, while reads are answered as before.
  private static Optional<String> halted(EventLog log) {
    return log.epochs()
        .gap()
        .map(gap ->
            "the database has lost %s of the log: nothing is written until that is accepted"
                .formatted(gap.text()));
  }

  /// Whether a start with the schema file of the node would serve another than the file.
  private static Optional<String> leftBehind(AppliedSchema served, Schema file) {
    int version = served.versionOf(file);
    return version == served.version()
        ? Optional.empty()
        : Optional.of(
            "the schema file of this node is version %d, and the data have version %d, which is served: deploy that"
                .formatted(version, served.version()));
  }

  private static Optional<String> missingIndexes(Engine engine) {
    List<String> missing = engine.indexes().map(IndexBuild::missing).orElse(List.of());
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "indexes are made while requests are served, those that need them are slow: "
                + String.join(", ", missing));
  }

  private static Optional<String> skew(SharedClock clock) {
    return clock.skew().compareTo(SKEW_MAX) < 0
        ? Optional.empty()
        : Optional.of(
            "the clock of this machine is %d ms off that of the database, by which it goes"
                .formatted(clock.skew().toMillis()));
  }

  private static Optional<String> logFailure(Engine engine) {
    try {
      engine.log().head();
      return Optional.empty();
    } catch (RuntimeException e) {
      return Optional.of("the log cannot be read");
    }
  }
}
