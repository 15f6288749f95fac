/// The change feed: every committed change, told in order to whoever may know of it, from any position of the log on. It
/// knows no face: how a notice is rendered, and which changes tell of accounts, is given to [Feed].
///
/// In: units from the writer, and from the log for who comes late. Out: notices, rendered once for all subscribers with
/// the same rights and wishes.
///
/// | step | classes |
/// |---|---|
/// | units come from the writer | [CommittedQueue], [Feed] |
/// | who reads what, on whose account | [Streams], [Subscriptions], [Interest], [ReaderRights] |
/// | what a group of readers is told | [ReaderGroup], [ChangeVisibility], [RelatedRecords], [Notice], [Frame] |
/// | one reads it to its end | [FeedReader], [Subscription], [ReaderSignal] |
/// | one comes late | [FeedPast] |
@NullMarked
package dev.varve.lane.live;

import org.jspecify.annotations.NullMarked;
