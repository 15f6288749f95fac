/// The write lane: one sequencer that turns authorised units of work into positions in the log.
///
/// In: [UnitOfWork] of authorised commands. Out: a committed unit, durable, or a refusal that cost its
/// neighbours nothing.
@NullMarked
package dev.varve.lane.write;

import org.jspecify.annotations.NullMarked;
