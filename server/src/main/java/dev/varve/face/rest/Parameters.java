package dev.varve.face.rest;

import dev.varve.kernel.Nearest;
import dev.varve.net.http.QueryString;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// The query parameters of one request. Each that is known is taken once; what nobody takes is refused.
final class Parameters {
  private final List<QueryString.Parameter> rest;
  private final ParameterErrors errors;

  Parameters(List<QueryString.Parameter> given, ParameterErrors errors) {
    this.rest = new ArrayList<>(given);
    this.errors = errors;
  }

  /// Takes the value of a parameter that may stand only once.
  Optional<String> take(String name) {
    List<QueryString.Parameter> found =
        rest.stream().filter(parameter -> parameter.name().equals(name)).toList();
    if (found.isEmpty()) {
      return Optional.empty();
    }
    rest.removeAll(found);
    if (found.size() > 1) {
      errors.add(name, "is given more than once; give it once");
    }
    return Optional.of(found.getFirst().value());
  }

  /// What has not been taken.
  List<QueryString.Parameter> rest() {
    return List.copyOf(rest);
  }

  ParameterErrors errors() {
    return errors;
  }

  /// Refuses what has not been taken.
  ///
  /// @param known the parameters that there are, to suggest one of them
  void refuseRest(Collection<String> known) {
    rest.stream()
        .map(QueryString.Parameter::name)
        .distinct()
        .forEach(name -> errors.add(name, unknown(name, known)));
    rest.clear();
  }

  static String unknown(String name, Collection<String> known) {
    String hint = Nearest.hint(name, known);
    if (!hint.isEmpty()) {
      return "is not a parameter here." + hint;
    }
    return known.isEmpty()
        ? "is not a parameter here; there are none"
        : "is not a parameter here; there are " + String.join(", ", known);
  }
}
