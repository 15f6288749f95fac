/// Routes to other services: one entry to what a team already runs.
///
/// In: the section `gateway` of `varve.yaml` ([GatewaySettings], [RouteSettings]), and requests that no other face takes.
/// Out: the answers of services, or refusals in the one error shape.
///
/// | step | classes |
/// |---|---|
/// | a route is found by path, host, headers, method | [Gateway], [RouteTable], [PathPattern], [GatewayRoute] |
/// | the caller may send this | [Admission], [Condition], [Me]; limits: [RouteLimit] |
/// | the request becomes that of the service | [Forwarding], [Target], [RequestHeaders], [HeaderFilter], [Identities], [SignedIdentity] |
/// | a kept answer may do (`face.gateway.cache`) | [RouteOrigin] |
/// | the service answers (`face.gateway.upstream`) | [ServiceAnswers], [Relay], [ServiceTunnel], [Failures] |
/// | operators see how services are | [ServicesEndpoint], [GatewayMeasures] |
/// | an aggregate asks it (`face.gateway.aggregate`) | [PartCalls] |
///
/// Where the rest goes: what explains and checks routes asks [RouteTable] and [GatewayRoute].
@NullMarked
package dev.varve.face.gateway;

import org.jspecify.annotations.NullMarked;
