package dev.varve.kernel;

/// What is wrong with a part of a request, and what to do about it.
///
/// @param message goes on behind the word for the part: `is in the future`
public record PartError(RequestPart part, String message) {}
