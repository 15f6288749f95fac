package dev.varve.face.gateway.aggregate;

import java.util.Optional;

/// The answer to a part as it came: JSON, which nobody has looked at yet.
///
/// @param length of the bytes that hold it; none at all stands for nothing
/// @param position the log position that it shows, where it is Varve's own
record Fetched(byte[] bytes, int length, Optional<String> position) {}
