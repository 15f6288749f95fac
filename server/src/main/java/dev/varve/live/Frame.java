package dev.varve.live;

/// A notice with its bytes as a server-sent event, made once for all who get it.
public record Frame(Notice notice, byte[] bytes) {}
