package dev.varve.lane.query;

/// Stays the same while the answer to a list does.
///
/// @param position at which the list last changed, or a later one
/// @param mark tells apart callers who see other things; empty when all see the same
public record ListTag(long position, String mark) {}
