/// The change feed: every committed change, told in order to whoever may know of it, from any position of the log on.
///
/// In: units from the writer, and from the log for who comes late. Out: notices, rendered once for all subscribers
/// with the same rights and wishes.
@NullMarked
package dev.varve.live;

import org.jspecify.annotations.NullMarked;
