/// HTTP/2 as it is spoken to a service (RFC 9113), blocking: whoever asks waits on a thread of its own. Frames, header
/// compression and flow control are Jetty's; no type of it leaves this room.
///
/// In: a [Wire] that is connected. Out: an [Http2Connection] with many [Http2Stream]s at a time, or an [Http2Failure].
@NullMarked
package dev.varve.face.gateway.http2;

import org.jspecify.annotations.NullMarked;
