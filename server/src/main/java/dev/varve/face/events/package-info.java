/// The feed over HTTP: `GET /api/events` as server-sent events.
///
/// In: what a reader wants to hear of, and from which position on. Out: events as bytes ([ServerSentEvent]), rendered once
/// for all who get them.
@NullMarked
package dev.varve.face.events;

import org.jspecify.annotations.NullMarked;
