/// Answers of services that are kept, and requests that are answered together (RFC 9111 as a shared cache, RFC 5861, RFC 9211).
/// Knows nothing of who may ask: whoever comes here may.
///
/// In: a [CachedRequest], and the [Origin] that it leads to. Out: its answer, from memory or from the service.
///
/// | step | classes |
/// |---|---|
/// | what a request asks of a cache, and what of it reaches the service | [CachedRequest], [Directives], [Passage], [ResourceKey] |
/// | a kept answer is found, fresh or of use while stale | [AnswerCache], [AnswerStore], [KeptAnswer], [Freshness] |
/// | or one request asks for all that are equal | [Flights], [Flight], [FlightKey], [Landing] |
/// | the service is asked, and what it answers is kept or passed on | [Fetching], [Collecting], [Keeping] |
/// | the client gets it, or a part, or hears that it has it | [KeptReply], [CacheStatus] |
/// | operators see what comes of it | [CacheMeasures] |
///
/// An answer is kept for whoever may have it ([Keeping]): for all when the service says so, for one caller, or for those of whom
/// the service hears nothing. All that a client can say to a service is part of what an answer is found by ([Passage]).
@NullMarked
package dev.varve.face.gateway.cache;

import org.jspecify.annotations.NullMarked;
