package dev.varve.store.log;

import java.time.Instant;
import java.util.List;

/// A unit of work as it is read back from the log, whose hash was found right.
public record Unit(
    long position,
    Instant at,
    String actor,
    String requestId,
    int schemaVersion,
    List<Event> events) {}
