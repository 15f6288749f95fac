/// Routes to other services: one entry to what a team already runs.
///
/// In: the section `gateway` of `varve.yaml` ([GatewaySettings], [RouteSettings]), and requests that no other face takes.
/// Out: the answers of services, or refusals in the one error shape.
///
/// | step | classes |
/// |---|---|
/// | a route is found by path, host, headers, method | [GatewayTable], [RouteTable], [PathPattern], [GatewayRoute] |
/// | the caller may send this | [Admission], [Condition], [Me]; limits: [RouteLimit] |
/// | the request becomes that of the service | [Forwarding], [Target], [RequestHeaders], [HeaderFilter], [Identities], [SignedIdentity] |
/// | a kept answer may do (`face.gateway.cache`) | [RouteOrigin] |
/// | the service answers (`face.gateway.upstream`) | [ServiceAnswers], [Trailers], [Relay], [ServiceTunnel], [Failures] |
/// | another table takes the place of the one that is served | [Gateway] |
/// | operators see how services are | [ServicesEndpoint], [GatewayMeasures] |
/// | an aggregate asks it (`face.gateway.aggregate`) | [PartCalls] |
/// | what is wrong is found, and what a request would meet is said, without a server | [GatewayLint], [GatewayExplanation], [ImaginedRequest] |
@NullMarked
package dev.varve.face.gateway;

import org.jspecify.annotations.NullMarked;
