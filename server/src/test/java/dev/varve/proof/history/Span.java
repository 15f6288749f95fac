package dev.varve.proof.history;

/// When something was asked for and when its answer was there, on the one clock of the clients, and at which node.
///
/// @param begunNanos of a write that was sent several times: when it was sent first
record Span(int node, long begunNanos, long endedNanos) {}
