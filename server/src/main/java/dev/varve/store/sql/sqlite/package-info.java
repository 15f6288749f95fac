/// SQLite as a store: one file, read by a fixed number of threads and written by one.
///
/// In: what `store.sql` asks of any store. Out: [SqliteDatabase], and in [SqliteDialect] all that SQLite says in its own words.
@NullMarked
package dev.varve.store.sql.sqlite;

import org.jspecify.annotations.NullMarked;
