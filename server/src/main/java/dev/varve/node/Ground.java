package dev.varve.node;

import dev.varve.identity.token.Secrets;
import dev.varve.kernel.Ids;
import dev.varve.net.certificate.Certificates;
import dev.varve.net.certificate.TlsSettings;
import dev.varve.store.copy.CopyMark;
import dev.varve.store.follow.NodeRows;
import dev.varve.store.follow.SharedClock;
import dev.varve.store.sql.DataFolder;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.DatabaseOptions;
import dev.varve.store.sql.Migrations;
import dev.varve.telemetry.Telemetry;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What every stage of a running Varve stands on, whatever schema it serves.
///
/// @param clock that all nodes have
/// @param ids of accounts, sessions and records
record Ground(
    App.Start start,
    Settings settings,
    DataFolder folder,
    Database database,
    Telemetry telemetry,
    Clock clock,
    Ids ids,
    NodeMembership membership)
    implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Ground.class);

  /// @param data the folder
  static Ground open(App.Start start, Settings settings, Path data, Clock clock) {
    DataFolder folder = DataFolder.hold(data);
    try {
      Database database =
          Storage.of(settings.database(), start.environment(), folder.folder())
              .open(DatabaseOptions.DEFAULT);
      try {
        Migrations.run(database);
        CopyMark.requireServable(database);
        Telemetry telemetry =
            Telemetry.start(
                settings.telemetry(), Optional.ofNullable(start.environment().get(Secrets.TRACES)));
        Clock shared = SharedClock.at(database, clock);
        Ids ids = new Ids(shared, new SecureRandom());
        NodeMembership membership = new NodeMembership(ids.get(), settings.nodes(), shared);
        membership.requireCommonSecret(
            database,
            start.development() || Secrets.of(start.environment()).bytes(Secrets.AUTH).isPresent());
        return new Ground(start, settings, folder, database, telemetry, shared, ids, membership);
      } catch (RuntimeException e) {
        database.close();
        throw e;
      }
    } catch (RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  Secrets secrets() {
    return Secrets.of(start.environment());
  }

  /// A secret of another server, such as that of mails; empty when there is none.
  String secret(String variable) {
    return start.environment().getOrDefault(variable, "");
  }

  /// Those of the listener, where it encrypts.
  Optional<Certificates> certificates() {
    TlsSettings tls = settings.http().tls();
    return tls.enabled()
        ? Optional.of(Certificates.open(tls, secret(Secrets.TLS), folder.folder(), clock))
        : Optional.empty();
  }

  /// Tells the other nodes that this one has ended. Called when nothing of it runs any more.
  void leave() {
    if (!database.isShared()) {
      return;
    }
    try {
      removeRow();
    } catch (SQLException e) {
      // it is taken for gone when it has been silent for a while
      LOG.debug("The node could not take its leave", e);
    }
  }

  private void removeRow() throws SQLException {
    try {
      NodeRows.remove(database.writer(), membership.id());
    } catch (SQLException e) {
      if (!database.writer().dialect().isLost(e)) {
        throw e;
      }
      // since the last write, which may be long ago
      database.renewWriter();
      NodeRows.remove(database.writer(), membership.id());
    }
  }

  @Override
  public void close() {
    membership.ends();
    telemetry.close();
    database.close();
    folder.close();
  }
}
