package dev.varve.face.gateway.aggregate;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What becomes of the answer to a part: something of it is picked, then its members get other names, then it must be an
/// object if its members are to stand beside other parts.
record Shape(ValuePath pick, Map<String, String> rename, boolean flatten) {
  static Shape of(PartSettings settings) {
    return new Shape(ValuePath.parse(settings.pick()), settings.rename(), settings.flatten());
  }

  /// Whether nothing becomes of it but where it stands.
  boolean isWhole() {
    return pick.isEmpty() && rename.isEmpty();
  }

  /// @throws Problem UPSTREAM_FAILED when it is no JSON, or has not the shape that it must have
  @Nullable Object of(Fetched fetched) {
    @Nullable Object value = pick.in(read(fetched));
    @Nullable Object shaped = rename.isEmpty() ? value : renamed(value);
    if (flatten && shaped != null && !(shaped instanceof Map)) {
      throw new Problem(
          ErrorCode.UPSTREAM_FAILED,
          "It answers no object whose members could stand beside the other parts");
    }
    return shaped;
  }

  private static @Nullable Object read(Fetched fetched) {
    if (fetched.length() == 0) {
      return null;
    }
    try {
      return Json.read(fetched.bytes(), 0, fetched.length());
    } catch (Problem problem) {
      throw problem.code() == ErrorCode.MALFORMED_REQUEST
          ? new Problem(ErrorCode.UPSTREAM_FAILED, "It does not answer with JSON")
          : problem;
    }
  }

  private @Nullable Object renamed(@Nullable Object value) {
    if (value instanceof List<?> elements) {
      List<@Nullable Object> renamed = new ArrayList<>(elements.size());
      for (Object element : elements) {
        renamed.add(element instanceof Map<?, ?> members ? renamed(members) : element);
      }
      return renamed;
    }
    return value instanceof Map<?, ?> members ? renamed(members) : value;
  }

  private Map<String, @Nullable Object> renamed(Map<?, ?> members) {
    Map<String, @Nullable Object> renamed = new LinkedHashMap<>();
    for (Map.Entry<?, ?> member : members.entrySet()) {
      String name = String.valueOf(member.getKey());
      renamed.put(rename.getOrDefault(name, name), member.getValue());
    }
    return renamed;
  }
}
