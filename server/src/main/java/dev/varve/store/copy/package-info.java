/// All data of an application, from one database to another: the log byte for byte, the tables of models from the log, Varve's own
/// tables row by row.
///
/// In: two databases that this process holds. Out: the second with what the first has ([StoreCopy]), and in both a note that keeps
/// a server from what is half a copy, or is elsewhere by now ([CopyMark]). A table that a migration adds has its place in
/// [OwnTables].
@NullMarked
package dev.varve.store.copy;

import org.jspecify.annotations.NullMarked;
