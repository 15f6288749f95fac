package dev.varve.schema;

import dev.varve.kernel.FieldError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads what a caller gave: plain values, as [dev.varve.kernel.Json] reads them, into values of the
/// fields' Java types, checked by type and constraints. Every wrong field is reported, with its path.
public final class InputReader {
  private InputReader() {}

  /// The value of one field.
  ///
  /// @param path of the field, for errors, such as `shipTo.city`
  /// @param errors gets one entry or more when the value is wrong
  /// @return the value in the Java type of the field; null when absent or wrong
  public static @Nullable Object value(
      Field field, @Nullable Object plain, String path, List<FieldError> errors) {
    return ValueReader.read(field, plain, path, errors);
  }
}
