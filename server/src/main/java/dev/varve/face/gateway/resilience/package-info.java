/// What keeps a service that fails from harm, and its callers from waiting for it. Knows nothing of connections: what it is
/// told is what came of a request.
///
/// In: the settings of a service ([BreakerSettings], [RetrySettings], [EjectionSettings], [HealthSettings]), and what came of each
/// request and each check. Out: whether the service is asked, whether again, and which of its hosts may be.
///
/// | question | classes |
/// |---|---|
/// | is the service asked at all? | [Breaker], [BreakerState], over the state machine of Resilience4j |
/// | may a request be sent once more? | [RetryBudget], [Backoff], [ReplayedBody] |
/// | which hosts may be asked? | [HostConditions], [HostCondition]: what requests met, and what checks found |
/// | who is told? | [ServiceEvents] for the log, each a [ServiceEvent], [ServiceMeasures] for metrics |
///
/// Whoever sends decides in which order they are asked: `face.gateway.upstream`.
@NullMarked
package dev.varve.face.gateway.resilience;

import org.jspecify.annotations.NullMarked;
