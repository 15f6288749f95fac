package dev.varve.transfer;

import dev.varve.kernel.FieldError;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One record of a file, its values as JSON would hold them, not yet checked.
///
/// @param line where it begins, from 1
/// @param values by name of the field
/// @param errors what is wrong with the line itself; the field is empty when it is about all of it
record SourceRow(long line, Map<String, @Nullable Object> values, List<FieldError> errors) {
  SourceRow {
    // whoever built it keeps no hold of it, and there are many
    values = Collections.unmodifiableMap(values);
    errors = List.copyOf(errors);
  }

  static SourceRow wrong(long line, String message) {
    return new SourceRow(line, Map.of(), List.of(new FieldError("", message)));
  }
}
