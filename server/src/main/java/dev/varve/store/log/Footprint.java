package dev.varve.store.log;

import java.time.Instant;
import java.util.List;

/// Which records a unit of the log was about, whose hash was found right.
public record Footprint(long position, Instant at, int schemaVersion, List<Event.Target> targets) {}
