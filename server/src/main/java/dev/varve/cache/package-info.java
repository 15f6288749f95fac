/// Records kept in memory by log position.
///
/// In: [dev.varve.log.Committed] units and records read. Out: records with their rendered JSON, never
/// older than what this process has committed.
@NullMarked
package dev.varve.cache;

import org.jspecify.annotations.NullMarked;
