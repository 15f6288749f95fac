package dev.varve.net.http;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The query of a request: its parameters, decoded, in the order in which they were written
/// (`application/x-www-form-urlencoded`: `+` is a space).
public final class QueryString {
  // more parameters than any list of filters needs; keeps the reading of a query cheap
  static final int PARAMETERS_MAX = 1_000;

  private static final QueryString EMPTY = new QueryString(List.of());

  private final List<Parameter> parameters;

  public record Parameter(String name, String value) {}

  private QueryString(List<Parameter> parameters) {
    this.parameters = parameters;
  }

  /// @param raw the query as it stands in the request target, without the question mark
  /// @throws Problem INVALID_PARAMETER, naming the parameter whose percent-encoding is malformed
  public static QueryString parse(String raw) {
    if (raw.isEmpty()) {
      return EMPTY;
    }
    List<Parameter> parameters = new ArrayList<>();
    int start = 0;
    while (start <= raw.length()) {
      int end = raw.indexOf('&', start);
      if (end < 0) {
        end = raw.length();
      }
      if (end > start) {
        parameters.add(parameter(raw.substring(start, end)));
      }
      if (parameters.size() > PARAMETERS_MAX) {
        throw new Problem(
            ErrorCode.INVALID_PARAMETER,
            "The query has more than %,d parameters".formatted(PARAMETERS_MAX));
      }
      start = end + 1;
    }
    return new QueryString(List.copyOf(parameters));
  }

  private static Parameter parameter(String pair) {
    int equals = pair.indexOf('=');
    String rawName = equals < 0 ? pair : pair.substring(0, equals);
    String rawValue = equals < 0 ? "" : pair.substring(equals + 1);
    try {
      String name = PercentEncoding.decodeForm(rawName);
      return new Parameter(name, PercentEncoding.decodeForm(rawValue));
    } catch (PercentEncoding.Malformed e) {
      throw Problem.parameter(rawName, e.reason());
    }
  }

  public List<Parameter> all() {
    return parameters;
  }

  public boolean isEmpty() {
    return parameters.isEmpty();
  }

  /// All values of a parameter that may be repeated.
  public List<String> values(String name) {
    return parameters.stream()
        .filter(parameter -> parameter.name().equals(name))
        .map(Parameter::value)
        .toList();
  }

  /// The value of a parameter that may stand only once.
  ///
  /// @throws Problem INVALID_PARAMETER when it stands more than once
  public Optional<String> value(String name) {
    Parameter found = null;
    for (Parameter parameter : parameters) {
      if (!parameter.name().equals(name)) {
        continue;
      }
      if (found != null) {
        throw Problem.parameter(name, "It is given more than once; give it once.");
      }
      found = parameter;
    }
    return Optional.ofNullable(found).map(Parameter::value);
  }

  /// The same of a field of a form: empty when it is not there.
  public String text(String name) {
    return value(name).orElse("");
  }
}
