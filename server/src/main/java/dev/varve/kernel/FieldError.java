package dev.varve.kernel;

/// What is wrong with one field of the input, and what to do about it.
///
/// @param field the path of the field as the caller wrote it, such as `shipTo.city` or `tags[2]`
public record FieldError(String field, String message) {}
