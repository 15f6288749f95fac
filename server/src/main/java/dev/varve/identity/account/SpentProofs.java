package dev.varve.identity.account;

import dev.varve.identity.token.KeyProofs;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import dev.varve.store.sql.StorageException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which proofs of keys have come, for all nodes of a shared database. Such proofs come with every request, so they are written beside
/// the writer: that a row is there once is what decides, and no order.
public final class SpentProofs implements KeyProofs.Spent {
  private static final Logger LOG = LoggerFactory.getLogger(SpentProofs.class);
  private static final String KIND = SingleUse.Kind.KEY_PROOF.name();
  private static final Duration PRUNED_EVERY = Duration.ofSeconds(5);
  // more than come in that time, and few enough that nobody waits for long
  private static final int PRUNED_MAX = 20_000;

  private final Database database;
  private final AtomicLong prunedMillis = new AtomicLong();

  public SpentProofs(Database database) {
    this.database = database;
  }

  @Override
  public boolean spend(byte[] id, Instant now, Instant until) {
    boolean first = database.<Boolean>beside(session -> add(session, id, now, until));
    long last = prunedMillis.get();
    long millis = now.toEpochMilli();
    if (millis - last > PRUNED_EVERY.toMillis() && prunedMillis.compareAndSet(last, millis)) {
      prune(now);
    }
    return first;
  }

  private static boolean add(Session session, byte[] id, Instant now, Instant until)
      throws SQLException {
    try {
      session.update(
          "INSERT INTO varve_single_use (kind, hash, content, created_at, expires_at, used_at) VALUES (?, ?, ?, ?, ?, ?)",
          List.of(
              KIND,
              id,
              "{}",
              SqlValues.micros(now),
              SqlValues.micros(until),
              SqlValues.micros(now)));
      return true;
    } catch (SQLException e) {
      if (session.dialect().isConstraintViolation(e)) {
        return false;
      }
      throw e;
    }
  }

  private void prune(Instant now) {
    try {
      database.<Integer>beside(session ->
          session.update(
              "DELETE FROM varve_single_use WHERE (kind, hash) IN"
                  + " (SELECT kind, hash FROM varve_single_use WHERE kind = ? AND expires_at < ? LIMIT ?)",
              List.of(KIND, SqlValues.micros(now), PRUNED_MAX)));
    } catch (StorageException e) {
      // another node does the same at the same time
      LOG.debug("Proofs that are of no use any more stay for longer", e);
    }
  }
}
