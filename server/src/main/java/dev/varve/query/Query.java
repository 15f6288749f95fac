package dev.varve.query;

import dev.varve.access.Authorized;
import dev.varve.access.Read;
import dev.varve.cache.RecordCache;
import dev.varve.schema.Schema;
import dev.varve.sql.Database;
import dev.varve.state.Records;
import java.time.Clock;
import java.util.Optional;

/// Answers authorised reads, now or as of any position. What a rule hides is absent.
@SuppressWarnings({"ObjectToString", "TypeParameterUnusedInFormals", "UnusedVariable"})
public final class Query {
  private final Database database;
  private final Records records;
  private final RecordCache cache;
  private final Schema schema;
  private final Clock clock;
  private final AsOf asOf;

  public Query(
      Database database,
      Records records,
      RecordCache cache,
      Schema schema,
      Clock clock,
      AsOf asOf) {
    this.database = database;
    this.records = records;
    this.cache = cache;
    this.schema = schema;
    this.clock = clock;
    this.asOf = asOf;
  }

  /// One record; absent when there is none, or none that the caller may see.
  ///
  /// @throws dev.varve.kernel.Problem with INVALID_INSTANT when the moment is yet to come
  public Optional<Found> one(Authorized<Read.One> read) {
    return later(String.valueOf(read) + database + records + cache + schema + clock + asOf);
  }

  /// One page of a list.
  public Page list(Authorized<Read.Page> read) {
    return later(String.valueOf(read));
  }

  /// The position at which the answer to a list last changed, or a bound of it; absent when the answer changes with time alone.
  public Optional<Long> listTag(Authorized<Read.Page> read) {
    return later(String.valueOf(read));
  }

  /// The versions of one record, newest first; absent when there is none that the caller may see.
  public Optional<Versions> versions(Authorized<Read.Versions> read) {
    return later(String.valueOf(read));
  }

  private static <T> T later(String what) {
    return Optional.<T>empty().orElseThrow(() -> new UnsupportedOperationException(what));
  }
}
