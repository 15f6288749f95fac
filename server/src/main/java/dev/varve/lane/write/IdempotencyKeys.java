package dev.varve.lane.write;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.store.sql.ColumnKind;
import dev.varve.store.sql.IdList;
import dev.varve.store.sql.RowInsert;
import dev.varve.store.sql.RowInsert.Column;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.SqlValues;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The answers kept under idempotency keys. They are written in the transaction of the unit they answer.
/// Used by the writer thread alone.
final class IdempotencyKeys {
  private static final Duration KEPT = Duration.ofHours(24);
  private static final Duration PRUNED_EVERY = Duration.ofMinutes(1);
  private static final String SELECT =
      "SELECT digest, answer, position FROM varve_idempotency"
          + " WHERE actor = ? AND idempotency_key = ? AND at > ?";
  private static final IdList.Text SELECT_ALL =
      IdList.Text.byPair(
          "SELECT digest, answer, position, actor, idempotency_key FROM varve_idempotency"
              + " WHERE at > ? AND (actor, idempotency_key)");
  // answers that are kept may be large
  private static final long PREFETCHED_BYTES_MAX = 16L * 1024 * 1024;
  private static final RowInsert INSERT =
      RowInsert.inPlaceOf(
          "varve_idempotency",
          List.of(
              new Column("actor", ColumnKind.TEXT),
              new Column("idempotency_key", ColumnKind.TEXT),
              new Column("digest", ColumnKind.BYTES),
              new Column("position", ColumnKind.NUMBER),
              new Column("at", ColumnKind.NUMBER),
              new Column("answer", ColumnKind.BYTES)),
          List.of("actor", "idempotency_key"));
  private static final String PRUNE = "DELETE FROM varve_idempotency WHERE at <= ?";

  private Instant pruned = Instant.EPOCH;

  record Key(String actor, String key) {}

  private record Kept(byte[] digest, byte[] answer, long position) {
    static Kept read(ResultSet row) throws SQLException {
      return new Kept(row.getBytes(1), row.getBytes(2), row.getLong(3));
    }
  }

  private record KeptUnder(Key key, Kept kept) {}

  Group group(Session session, Instant at) {
    return new Group(session, at);
  }

  /// The keys of one group of units.
  final class Group {
    private final Session session;
    private final Instant at;
    private final Map<Key, Kept> added = new LinkedHashMap<>();
    // whether they are kept, of those that come next
    private final Map<Key, Optional<Kept>> ahead = new HashMap<>();

    private Group(Session session, Instant at) {
      this.session = session;
      this.at = at;
    }

    /// The answer that the same request got before.
    ///
    /// @throws Problem when the key was used for another request
    Optional<WriteResult.Replayed> earlier(String actor, Optional<Idempotency> idempotency)
        throws SQLException {
      if (idempotency.isEmpty()) {
        return Optional.empty();
      }
      Kept kept = find(new Key(actor, idempotency.get().key()));
      if (kept == null) {
        return Optional.empty();
      }
      if (!Arrays.equals(kept.digest(), idempotency.get().digest())) {
        throw new Problem(
            ErrorCode.IDEMPOTENCY_KEY_REUSED,
            "This Idempotency-Key came with another request before: use a new key for a new request");
      }
      return Optional.of(new WriteResult.Replayed(kept.answer(), kept.position()));
    }

    private @Nullable Kept find(Key key) throws SQLException {
      Kept kept = added.get(key);
      if (kept != null) {
        return kept;
      }
      Optional<Kept> known = ahead.get(key);
      return (known != null
              ? known
              : session.first(SELECT, List.of(key.actor(), key.key(), keptSince()), Kept::read))
          .orElse(null);
    }

    private long keptSince() {
      return SqlValues.micros(at.minus(KEPT));
    }

    /// Reads at once what is kept under keys that are going to be asked for one by one, in the place of what was read before.
    void prefetch(Set<Key> keys) throws SQLException {
      ahead.clear();
      for (List<Key> chunk : IdList.chunks(keys)) {
        List<@Nullable Object> binds = new ArrayList<>();
        binds.add(keptSince());
        for (Key key : IdList.padded(chunk)) {
          binds.add(key == null ? null : key.actor());
          binds.add(key == null ? null : key.key());
        }
        Answers answers = new Answers();
        if (session.fill(
            SELECT_ALL.of(chunk.size()),
            binds,
            row -> new KeptUnder(new Key(row.getString(4), row.getString(5)), Kept.read(row)),
            answers)) {
          chunk.forEach(key -> ahead.putIfAbsent(key, Optional.empty()));
        }
      }
    }

    /// Takes answers that are kept as long as they fit.
    private final class Answers implements Session.Filling<KeptUnder> {
      private long bytes;

      @Override
      public boolean take(KeptUnder row) {
        ahead.put(row.key(), Optional.of(row.kept()));
        bytes += row.kept().answer().length;
        return bytes < PREFETCHED_BYTES_MAX;
      }

      @Override
      public int roomFor() {
        return 0;
      }
    }

    /// Keeps the answer of a unit that is accepted.
    void keep(String actor, Optional<Idempotency> idempotency, Outcome outcome) {
      idempotency.ifPresent(request ->
          added.put(
              new Key(actor, request.key()),
              new Kept(request.digest(), request.answer().apply(outcome), outcome.position())));
    }

    boolean isEmpty() {
      return added.isEmpty();
    }

    void write() throws SQLException {
      if (pruned.plus(PRUNED_EVERY).isBefore(at)) {
        session.update(PRUNE, List.of(keptSince()));
        pruned = at;
      }
      List<@Nullable Object[]> rows = new ArrayList<>(added.size());
      added.forEach((key, kept) -> rows.add(row(key, kept)));
      session.insert(INSERT, rows);
    }

    private @Nullable Object[] row(Key key, Kept kept) {
      return new @Nullable Object[] {
        key.actor(), key.key(), kept.digest(), kept.position(), SqlValues.micros(at), kept.answer()
      };
    }
  }
}
