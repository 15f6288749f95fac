/// The database: connections, migrations and the tables a model is stored in.
///
/// In: models and values. Out: jOOQ tables, columns and bound values. There is one database, SQLite;
/// statements on Varve's own tables stand in the rooms that own them.
@NullMarked
package dev.varve.store.sql;

import org.jspecify.annotations.NullMarked;
