package dev.varve.telemetry;

/// All measures of a moment, as a scraper reads them.
public record Exposition(String mediaType, byte[] text) {}
