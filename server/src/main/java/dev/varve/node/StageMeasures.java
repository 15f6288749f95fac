package dev.varve.node;

import dev.varve.identity.account.Passwords;
import dev.varve.net.certificate.Certificates;
import dev.varve.store.log.LogEpochs.Gap;
import dev.varve.store.sql.Database;
import dev.varve.telemetry.Metrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/// What is asked of the stages when somebody looks at the metrics: how much waits, how far they have come, how much they
/// hold. What they count and time as they go they tell themselves.
final class StageMeasures {
  private final Metrics metrics;

  StageMeasures(Metrics metrics) {
    this.metrics = metrics;
  }

  /// @param serving what is served when it is asked
  void add(
      Supplier<Serving> serving,
      Database database,
      Path file,
      Passwords passwords,
      Optional<Certificates> certificates) {
    certificates.ifPresent(this::addCertificate);
    addWrites(serving);
    addStorage(database, file);
    addNode(serving, database);
    addFeed(serving);
    metrics.gauge(
        "varve_password_hashes_waiting", "Password hashes in the queue.", passwords::waiting);
    metrics.gauge(
        "varve_password_hashes_in_progress", "Password hashes being computed.", passwords::hashing);
    metrics.count("varve_password_hashes", "Password hashes computed.", passwords::hashed);
  }

  private void addCertificate(Certificates certificates) {
    metrics.gauge(
        "varve_tls_certificate_expiry_timestamp_seconds",
        "When the certificate that is shown ends, in seconds since 1970.",
        () -> certificates.notAfter().map(end -> (double) end.getEpochSecond()).orElse(Double.NaN));
    metrics.gauge(
        "varve_tls_certificate_trouble",
        "1 while something is wrong with the certificate, such as a newer one that cannot be served.",
        () -> certificates.trouble().isPresent() ? 1 : 0);
  }

  private void addWrites(Supplier<Serving> serving) {
    metrics.gauge(
        "varve_write_queue_units",
        "Units of work that wait for the writer.",
        () -> serving.get().engine().sequencer().waiting());
    metrics.gauge(
        "varve_log_position",
        "The position of the last unit of work.",
        () -> serving.get().engine().sequencer().position());
    metrics.gauge(
        "varve_log_lost_units",
        "Units of work that the database has lost and nobody has accepted: nothing is written while there are some.",
        () -> serving.get().engine().log().epochs().gap().map(Gap::units).orElse(0L));
  }

  private void addStorage(Database database, Path file) {
    metrics.gauge("varve_database_size_bytes", "The size of the database file.", () -> size(file));
    metrics.gauge(
        "varve_database_wal_size_bytes",
        "The size of the write-ahead log of the database.",
        () -> size(file.resolveSibling(file.getFileName() + "-wal")));
    metrics.gauge(
        "varve_database_reads_waiting",
        "Reads that wait for a thread of the database.",
        database::readsWaiting);
    metrics.gauge(
        "varve_disk_free_bytes", "What is free on the disk of the database.", () -> free(file));
  }

  private void addNode(Supplier<Serving> serving, Database database) {
    metrics.gauge(
        "varve_node_lag_positions",
        "How many positions of the log this node has seen and not followed yet.",
        () -> serving.get().engine().following().follower().lag());
    metrics.gauge(
        "varve_node_lag_seconds",
        "How long ago this node looked last at what others had written, and knew all of it.",
        () -> serving.get().engine().following().freshness().age().toMillis() / 1_000.0);
    metrics.count(
        "varve_database_reconnects",
        "Connections to the database that were made in the place of lost ones.",
        database::reconnects);
  }

  private static double size(Path file) {
    try {
      return Files.exists(file) ? Files.size(file) : 0;
    } catch (IOException e) {
      return Double.NaN;
    }
  }

  private static double free(Path file) {
    try {
      return Files.getFileStore(file).getUsableSpace();
    } catch (IOException e) {
      return Double.NaN;
    }
  }

  private void addFeed(Supplier<Serving> serving) {
    metrics.gauge(
        "varve_feed_readers", "Open streams of changes.", () -> serving.get().feed().subscribers());
    metrics.gauge(
        "varve_feed_lag_positions",
        "How many positions behind the log readers have been told of.",
        () -> lag(serving.get()));
    metrics.gauge(
        "varve_feed_kept_bytes",
        "Changes kept in memory for slower readers.",
        () -> serving.get().feed().keptBytes());
  }

  private static double lag(Serving serving) {
    long told = serving.feed().position();
    return Math.max(0, serving.engine().sequencer().position() - told);
  }
}
