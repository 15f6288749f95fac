/// Projections of the log: the current and the history table of every model.
///
/// In: units on their way into the log. Out: records as they are and as they were; tables made,
/// altered when a schema change is safe, and rebuilt from the log.
@NullMarked
package dev.varve.store.state;

import org.jspecify.annotations.NullMarked;
