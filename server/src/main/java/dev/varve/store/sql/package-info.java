/// The database: connections, dialects and the tables a model is stored in.
///
/// In: models and values. Out: jOOQ tables, columns and bound values. Differences between databases
/// live here and nowhere above.
@NullMarked
package dev.varve.store.sql;

import org.jspecify.annotations.NullMarked;
