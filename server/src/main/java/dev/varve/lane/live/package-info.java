/// The change feed: every committed change, told in order to whoever may know of it, from any position of the log on. It
/// knows no face: how a notice is rendered, and which changes tell of accounts, is given to [Feed].
///
/// In: units from the writer, and from the log for who comes late. Out: notices, rendered once for all subscribers with
/// the same rights and wishes.
@NullMarked
package dev.varve.lane.live;

import org.jspecify.annotations.NullMarked;
