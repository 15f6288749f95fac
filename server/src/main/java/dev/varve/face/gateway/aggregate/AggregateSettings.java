package dev.varve.face.gateway.aggregate;

import dev.varve.settings.Setting;
import dev.varve.settings.WrongSetting;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One answer made of others; an element of `gateway.aggregates`.
public record AggregateSettings(
    @Setting(
            required = true,
            says =
                "The path: plain names, and {name} for any one segment, such as /pages/order/{id}.")
        String path,
    @Setting(
            required = true,
            says =
                "Who may: public is everybody, authenticated whoever has signed in and programs with a key, role NAME those with a role. What each part shows is still for its own rules to say.")
        String allow,
    @Setting(
            says =
                "What must hold beside it, in CEL over request, me and now, such as 'staff' in me.roles.")
        String when,
    @Setting(standard = "5s", max = 60, says = "How long all of it may take.") Duration timeout,
    @Setting(
            standard = "4194304",
            min = 1_024,
            max = BYTES_MAX,
            says = "How many bytes all parts may answer together.")
        int bytesMax,
    @Setting(
            min = 1,
            max = PARTS_MAX,
            capitals = true,
            says = "What it is made of, each part under the name that it has in the answer.")
        Map<String, PartSettings> parts) {
  static final int BYTES_MAX = 64 * 1024 * 1024;

  // a page shows a handful of things; each is a thread and a request for every request
  static final int PARTS_MAX = 20;

  /// What the answer says of parts that failed.
  static final String ERRORS = "errors";

  private static final Pattern VARIABLE = Pattern.compile("\\{([A-Za-z][A-Za-z0-9]*)}");
  private static final String SEGMENT = "[A-Za-z0-9_~-][A-Za-z0-9._~-]*";

  public AggregateSettings {
    if (!path.matches("/%s(/(%s|%s))*".formatted(SEGMENT, SEGMENT, VARIABLE.pattern()))) {
      throw new WrongSetting(
          "path",
          "is '%s': write plain names, and {name} for a segment, such as /pages/order/{id}"
              .formatted(path));
    }
    Set<String> variables = variables(path);
    if (parts.isEmpty()) {
      throw new WrongSetting("parts", "has none. Say what the answer is made of");
    }
    Map<String, Set<String>> needs = new LinkedHashMap<>();
    for (PartSettings part : parts.values()) {
      requireName(part.name(), variables);
      needs.put(part.name(), template(part, variables, parts.keySet()).parts());
    }
    requireNoCircle(parts, Circles.find(needs));
  }

  private static void requireName(String name, Set<String> variables) {
    if (name.equals(ERRORS) || variables.contains(name)) {
      throw new WrongSetting(
          "parts[%s]".formatted(name),
          name.equals(ERRORS)
              ? "has the name under which the answer tells of parts that failed. Choose another"
              : "has the name of a segment of the path. Choose another");
    }
  }

  private static void requireNoCircle(Map<String, PartSettings> parts, List<String> circle) {
    if (!circle.isEmpty()) {
      PartSettings first = parts.get(circle.getFirst());
      String setting = first == null ? "path" : first.targetName();
      throw new WrongSetting(
          "parts[%s].%s".formatted(circle.getFirst(), setting),
          "goes in a circle: %s. One of them must do without the others"
              .formatted(String.join(" needs ", circle)));
    }
  }

  /// The names of the segments of the path that are open, in their order.
  Set<String> variables() {
    return variables(path);
  }

  private static Set<String> variables(String path) {
    Set<String> variables = new LinkedHashSet<>();
    Matcher matcher = VARIABLE.matcher(path);
    while (matcher.find()) {
      if (!variables.add(matcher.group(1))) {
        throw new WrongSetting(
            "path", "has {%s} twice. Give each segment a name".formatted(matcher.group(1)));
      }
    }
    return variables;
  }

  Template template(PartSettings part) {
    return template(part, variables(), parts.keySet());
  }

  private static Template template(PartSettings part, Set<String> variables, Set<String> parts) {
    Set<String> others = new HashSet<>(parts);
    others.remove(part.name());
    try {
      return Template.parse(part.target(), variables, others);
    } catch (IllegalArgumentException e) {
      throw new WrongSetting(
          "parts[%s].%s".formatted(part.name(), part.targetName()), String.valueOf(e.getMessage()));
    }
  }
}
