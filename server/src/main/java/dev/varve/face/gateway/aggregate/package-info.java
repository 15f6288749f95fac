/// Aggregates: one answer made of the answers of many, Varve's own reads and those of services.
///
/// In: [AggregateSettings], the reads that Varve answers itself, and, as [Services], what the gateway says to a service. Out: a
/// route for each aggregate.
///
/// | step | classes |
/// |---|---|
/// | what is asked for, checked at start | [AggregateSettings], [PartSettings], [Template], [ValuePath], [Circles] |
/// | an aggregate is made ready over the reads of one schema | [Aggregates], [Part], [Source] |
/// | its parts are asked, each as soon as it can be | [Aggregate], [Gathering], [PartThreads], [Budget] |
/// | one of Varve's own reads in process; a service | [OwnRead], [PartRequest]; [ServiceRead], [ServiceCall] |
/// | what came of them becomes one answer | [Shape], [PartOutcome], [AggregateAnswer] |
@NullMarked
package dev.varve.face.gateway.aggregate;

import org.jspecify.annotations.NullMarked;
