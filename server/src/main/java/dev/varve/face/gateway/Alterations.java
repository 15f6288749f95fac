package dev.varve.face.gateway;

import dev.varve.settings.Setting;
import dev.varve.settings.WrongSetting;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What is added to headers or to a query, and what is taken out before; `requestHeaders`, `answerHeaders` and `query` of a
/// route.
public record Alterations(
    @Setting(
            max = 50,
            says = "What is added, by name; it takes the place of what came with that name.")
        Map<String, String> add,
    @Setting(max = 50, says = "The names of what is taken out.") List<String> remove) {
  public static final Alterations NONE = new Alterations(Map.of(), List.of());

  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

  public Alterations {
    remove = List.copyOf(remove);
  }

  boolean isEmpty() {
    return add.isEmpty() && remove.isEmpty();
  }

  /// Whether something of this name goes, because it is taken out or because another takes its place.
  boolean replaces(String name) {
    return remove.stream().anyMatch(name::equalsIgnoreCase)
        || add.keySet().stream().anyMatch(name::equalsIgnoreCase);
  }

  /// @throws WrongSetting when they are no headers that a route may change
  void requireHeaders(String component) {
    requireNames(component + ".add", add);
    for (int i = 0; i < remove.size(); i++) {
      requireName("%s.remove[%d]".formatted(component, i), remove.get(i));
    }
  }

  static void requireNames(String component, Map<String, String> headers) {
    headers.forEach((name, value) -> {
      requireName("%s[%s]".formatted(component, name), name);
      if (!value.chars().allMatch(c -> c >= ' ' && c <= '~')) {
        throw new WrongSetting(
            "%s[%s]".formatted(component, name), "must be printable ASCII in one line");
      }
    });
  }

  private static void requireName(String component, String name) {
    if (!name.matches(TOKEN)) {
      throw new WrongSetting(component, "is no name that a header may have");
    }
    if (HeaderFilter.FRAMING.contains(name.toLowerCase(Locale.ROOT))) {
      throw new WrongSetting(
          component, "is for the connection alone, and Varve says it itself. Take it out");
    }
  }
}
