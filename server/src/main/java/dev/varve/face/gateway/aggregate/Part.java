package dev.varve.face.gateway.aggregate;

import java.time.Duration;

/// A part, ready to be asked.
record Part(
    String name,
    Template template,
    Source source,
    Shape shape,
    boolean required,
    Duration timeout) {}
