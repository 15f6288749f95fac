/// The event log: the truth that everything else is derived from.
///
/// In: units of work that the write lane decided. Out: [Committed] units, in one total order, chained
/// by hash; reading, following and verifying them, and the [Footprint] of those that others have written.
@NullMarked
package dev.varve.store.log;

import org.jspecify.annotations.NullMarked;
