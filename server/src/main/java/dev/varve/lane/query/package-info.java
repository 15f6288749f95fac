/// The read lane: filter, sort, page, expand; now or as of any position.
///
/// In: authorised reads. Out: records and pages that hold nothing the caller may not see.
@NullMarked
package dev.varve.lane.query;

import org.jspecify.annotations.NullMarked;
