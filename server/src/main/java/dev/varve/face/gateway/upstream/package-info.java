/// Services behind the gateway, and HTTP/1.1 as it is spoken to them. Knows nothing of routes and callers.
///
/// In: an [OutgoingRequest] for an [Upstream]. Out: an [UpstreamAnswer] whose body is read as it comes, or an
/// [UpstreamFailure] that says what the service did.
///
/// | step | classes |
/// |---|---|
/// | the service is asked, or left alone, or asked again | [Sending], over `face.gateway.resilience` |
/// | a host of the service is picked | [Upstream], [Balance], [Host], [HealthCheck] |
/// | a connection rests, or is made to an address that may be asked | [Host], [Destination], [TlsClient], [Connection], [Line] |
/// | one request is sent and answered | [Attempt], [Exchange], [Pump], [BodySink] |
/// | as HTTP/1.1 writes and reads it, strictly | [Http1Exchange], [RequestHead], [Http1Body], [ResponseHead], [Framing], [AnswerBody], [Http1Answer] |
/// | whoever waits too long finds the connection closed | [Watch], [Deadline], [Timeouts] |
@NullMarked
package dev.varve.face.gateway.upstream;

import org.jspecify.annotations.NullMarked;
