/// Limits on how many requests a caller makes in a time: which hold ([RateLimits], declared by [LimitSettings]), what one
/// request takes of them ([Quotas]), and where it is counted ([BucketStores]: in this process [LocalBuckets], on top with other nodes
/// [SharedBuckets]).
///
/// What comes in is a request whose route is known; what goes out is a refusal, or the header fields that say what is left.
@NullMarked
package dev.varve.net.limit;

import org.jspecify.annotations.NullMarked;
