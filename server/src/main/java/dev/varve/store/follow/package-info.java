/// What is committed, by this process or by any other node, told in order to whoever keeps something in memory.
///
/// In: units of the own writer, the log and the notices of a shared database. Out: a cache that has followed, listeners that
/// have heard, and the answer to whether what is in memory may be believed.
///
/// | what others write is followed | [LogFollower], [LogWatcher], [Notices] |
/// |---|---|
/// | what is in memory may be believed | [LogFreshness], [SharedClock] |
/// | who serves the data | [NodeRows] |
/// | the database has lost what was answered | [KnownEnd] with its [EndNote], [LostEnds]; [NextEpoch] once that is accepted |
/// | another server has taken over | [RollCall] |
@NullMarked
package dev.varve.store.follow;

import org.jspecify.annotations.NullMarked;
