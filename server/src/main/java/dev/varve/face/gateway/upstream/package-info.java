/// Services behind the gateway, and HTTP/1.1 as it is spoken to them; HTTP/2 is the room beside. Knows nothing of routes and
/// callers.
///
/// In: an [OutgoingRequest] for an [Upstream]. Out: an [UpstreamAnswer] whose body is read as it comes, or an
/// [UpstreamFailure] that says what the service did.
///
/// | step | classes |
/// |---|---|
/// | the service is asked, or left alone, or asked again | [Sending], over `face.gateway.resilience` |
/// | a host of the service is picked, of those that it has now (`face.gateway.discovery`) | [Upstream], [HostPool], [Balance], [Host], [HealthCheck] |
/// | a connection rests, or is made to an address that may be asked | [Host], [Destination], [TlsClient], [Connection], [Line] |
/// | one request is sent and answered, whatever is spoken | [Attempt], [UpstreamExchange], [Pump], [BodySink] |
/// | in HTTP/1.1 | [Http1Exchange], [RequestHead], [Http1Body], [ResponseHead], [Framing], [AnswerBody], [Http1Answer] |
/// | in HTTP/2 | [Http2Lines], [Http2Line], [ConnectionWire], [Http2Exchange], [Http2Body], [Http2Answer] |
/// | whoever waits too long finds the connection closed | [Watch], [Deadline], [Timeouts] |
@NullMarked
package dev.varve.face.gateway.upstream;

import org.jspecify.annotations.NullMarked;
