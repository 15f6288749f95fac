package dev.varve.identity.account;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.varve.lane.write.WriteContext;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// How often attempts at something have failed, and until when it is locked: the table `varve_attempt`, in which an address stands as a
/// hash (SHA-256). Until when the keys of a network are locked is known in memory as well.
final class AttemptCounts {
  /// What was not tried for this long is forgotten.
  static final Duration FORGOTTEN = Duration.ofDays(1);

  private static final int NETWORKS_KNOWN_MAX = 100_000;
  private static final Duration KNOWN = Duration.ofMinutes(1);

  private final Database database;
  private final Cache<String, Instant> locks =
      Caffeine.newBuilder().maximumSize(NETWORKS_KNOWN_MAX).expireAfterWrite(KNOWN).build();

  AttemptCounts(Database database) {
    this.database = database;
  }

  record Count(int failures, Instant lockedUntil) {
    static final Count NONE = new Count(0, Instant.EPOCH);
  }

  static Count read(Session session, AttemptSubject subject, Instant at) throws SQLException {
    return session
        .first(
            "SELECT failures, locked_until FROM varve_attempt WHERE subject = ? AND last_at > ?",
            List.of(subject.key(), SqlValues.micros(at.minus(FORGOTTEN))),
            row -> new Count(row.getInt(1), SqlValues.instant(row.getLong(2))))
        .orElse(Count.NONE);
  }

  /// Until when the keys of a network are locked, from memory if it is known there.
  Instant lockedUntil(AttemptSubject keys, Instant at) {
    return locks.get(
        keys.key(), _ -> database.lookup(session -> read(session, keys, at).lockedUntil()));
  }

  /// @return whether it is locked from now on
  boolean write(WriteContext write, AttemptSubject subject, int failures) throws SQLException {
    Instant lockedUntil = subject.lockedUntil(failures, write.at());
    write(write, subject, failures, lockedUntil);
    return lockedUntil.isAfter(write.at());
  }

  void write(WriteContext write, AttemptSubject subject, int failures, Instant lockedUntil)
      throws SQLException {
    remove(write, subject);
    if (failures > 0) {
      write
          .session()
          .update(
              "INSERT INTO varve_attempt (subject, failures, last_at, locked_until) VALUES (?, ?, ?, ?)",
              List.of(
                  subject.key(),
                  failures,
                  SqlValues.micros(write.at()),
                  SqlValues.micros(lockedUntil)));
    }
    if (subject.isOfKeys()) {
      locks.put(subject.key(), lockedUntil);
    }
  }

  void takeBack(WriteContext write, AttemptSubject subject) throws SQLException {
    int failures = Math.max(0, read(write.session(), subject, write.at()).failures() - 1);
    write(write, subject, failures, Instant.EPOCH);
  }

  static void remove(WriteContext write, AttemptSubject subject) throws SQLException {
    write.session().update("DELETE FROM varve_attempt WHERE subject = ?", List.of(subject.key()));
  }

  /// Notes that it was tried just now.
  static void touch(WriteContext write, AttemptSubject subject) throws SQLException {
    write
        .session()
        .update(
            "UPDATE varve_attempt SET last_at = ? WHERE subject = ?",
            List.of(SqlValues.micros(write.at()), subject.key()));
  }

  static void forgetOld(WriteContext write) throws SQLException {
    Expiry.prune(write, "varve_attempt", "subject", "last_at", write.at().minus(FORGOTTEN));
  }
}
