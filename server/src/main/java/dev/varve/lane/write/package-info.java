/// The write lane: one sequencer that turns authorised units of work into positions in the log.
///
/// In: [UnitOfWork] of authorised commands. Out: a committed unit, durable, or a refusal that cost its
/// neighbours nothing.
///
/// | step | classes |
/// |---|---|
/// | units wait, and are written in groups | [Sequencer], [Series], [CommitGroup] |
/// | what the units of a group are going to ask for is read at once | [Prefetch], [Loaded] |
/// | a unit is decided on the state that the one before left | [Decision], [CommandRights], [Integrity], [WorkingState] |
/// | what becomes of its records | [RecordWrite], [RecordEdit], [Restoration], [Removal], [Changes] |
/// | what follows from it is written with it | [UnitTrigger], [WriteContext] |
/// | what its key keeps | [Idempotency], [IdempotencyKeys] |
@NullMarked
package dev.varve.lane.write;

import org.jspecify.annotations.NullMarked;
