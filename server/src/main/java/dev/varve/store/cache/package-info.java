/// Records kept in memory by log position; not answers, which depend on who asks.
///
/// In: [dev.varve.store.log.Committed] units and records read. Out: records with their rendered JSON, never
/// older than what this process has committed.
@NullMarked
package dev.varve.store.cache;

import org.jspecify.annotations.NullMarked;
