package dev.varve.lane.query;

import dev.varve.kernel.Allowance;
import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Read;
import dev.varve.store.cache.RecordCache;
import dev.varve.store.sql.Session;
import dev.varve.store.state.Records;
import java.sql.SQLException;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.jooq.DSLContext;

/// One state of the database, from which reads are answered.
///
/// @param now the time of the request
/// @param asOf the position that is asked about; empty for the state as it is
/// @param head gives the position of the end of the log in it
/// @param allowance that rows which are read take from
record Snapshot(
    Session session,
    DSLContext dialect,
    Records records,
    RecordCache cache,
    Instant now,
    OptionalLong asOf,
    LongSupplier head,
    Allowance allowance) {

  /// The log position that answers show.
  long position() {
    return asOf.isPresent() ? asOf.getAsLong() : head.getAsLong();
  }

  /// Work on one state of the database.
  @FunctionalInterface
  interface Work<T> {
    T run(Snapshot snapshot) throws SQLException;
  }

  /// What the caller of a read may see in it.
  ReadContext view(Authorized<? extends Read> read) {
    return new ReadContext(this, read.grants(), read.caller().account());
  }
}
