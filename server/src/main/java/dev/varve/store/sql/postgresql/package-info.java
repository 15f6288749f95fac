/// PostgreSQL as a store: a pool of connections for those who read, one connection for the writer.
///
/// In: what `store.sql` asks of any store. Out: [PostgresDatabase], and in [PostgresDialect] all that PostgreSQL says in its own
/// words. Whoever writes takes the row of `varve_head` first; the end of the log is its last row.
@NullMarked
package dev.varve.store.sql.postgresql;

import org.jspecify.annotations.NullMarked;
