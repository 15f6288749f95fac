/// The values of records: read from what callers give, checked, merged, and written as JSON, by the type of their field
/// ([InputReader], [JsonValues]).
@NullMarked
package dev.varve.schema.record;

import org.jspecify.annotations.NullMarked;
