package dev.varve.lane.write;

import java.util.function.Function;

/// An `Idempotency-Key` with the request it came with.
///
/// @param key as the caller gave it; keys of different actors are different keys
/// @param digest of everything that makes the request what it is
/// @param answer makes the answer to keep, from the outcome of the unit; run before the unit is committed

public record Idempotency(String key, byte[] digest, Function<Outcome, byte[]> answer) {}
