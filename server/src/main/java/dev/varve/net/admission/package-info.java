/// How much may be under way at a time, and for how long: requests that are handled or wait ([RequestLimit]), the share of
/// each network ([NetworkShares]), what small pieces of input may cost ([InputBudget], and [Http2FrameMeter] for frames of
/// HTTP/2), streams of one connection ([StreamThreads]), and until when a client must have sent its request and taken its
/// answer ([Deadlines]). How often somebody may ask is for `net.limit`.
///
/// In: work that wants its turn, and bytes as they come. Out: the work done, a refusal, or a closed connection.
@NullMarked
package dev.varve.net.admission;

import org.jspecify.annotations.NullMarked;
