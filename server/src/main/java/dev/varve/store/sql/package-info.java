/// The database: what the rest of Varve knows of it, whichever it is. Each kind has a room inside this one.
///
/// In: models and values. Out: sessions, jOOQ tables, columns, bound values and statements that add rows. What one kind of
/// database does in a way of its own stands in its [StoreDialect]; statements on Varve's own tables stand in the rooms that own
/// them, in words that all take.
@NullMarked
package dev.varve.store.sql;

import org.jspecify.annotations.NullMarked;
