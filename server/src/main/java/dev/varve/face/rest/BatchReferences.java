package dev.varve.face.rest;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Nearest;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Command;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The names that operations of a batch give to their records, for those after them: `$order.id` is the id of
/// the record that the operation with `"ref": "order"` is about, `$order.total` what that operation's body
/// gives for `total`.
///
/// A reference is a whole string, or a whole segment of a path. A string that only looks like one is written
/// with another dollar sign before it: `$$order.id` is the text `$order.id`.
final class BatchReferences {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]{0,63}");
  private static final Pattern REFERENCE =
      Pattern.compile("\\$(" + NAME.pattern() + ")\\.([A-Za-z_][A-Za-z0-9_]*)");

  // what references stand for is written anew wherever they stand, so a small batch could become a
  // huge one
  private static final int RESOLVED_CHARACTERS_MAX = 1024 * 1024;

  private final List<FieldError> errors;
  private int resolvedCharacters;
  private final Map<String, Referent> referents = new HashMap<>();

  /// What a name stands for.
  ///
  /// @param place of its operation
  /// @param id of its record; absent when the operation is wrong, which is reported there
  private record Referent(String place, Optional<String> id, Map<?, ?> body) {}

  /// @param errors gets an entry for whatever is wrong
  BatchReferences(List<FieldError> errors) {
    this.errors = errors;
  }

  /// Takes the `ref` of an operation that was read.
  ///
  /// @param command what it asks for; absent when it is wrong
  /// @param body of the operation, its own references resolved
  Optional<String> define(
      String place, Map<?, ?> members, Optional<Command> command, @Nullable Object body) {
    Object given = members.get("ref");
    if (given == null) {
      return Optional.empty();
    }
    if (!(given instanceof String name) || !NAME.matcher(name).matches()) {
      wrong(
          place + ".ref",
          "must be a name of at most 64 letters, digits, hyphens and underscores that starts with a letter, such as order");
      return Optional.empty();
    }
    Referent referent =
        new Referent(
            place, command.map(Command::id), body instanceof Map<?, ?> fields ? fields : Map.of());
    Referent earlier = referents.putIfAbsent(name, referent);
    if (earlier != null) {
      wrong(place + ".ref", "'%s' is the ref of %s already".formatted(name, earlier.place()));
    }
    return Optional.of(name);
  }

  /// The value with every reference in it replaced by what it stands for.
  ///
  /// @param path of the value, for errors
  @Nullable Object resolve(@Nullable Object plain, String path) {
    return switch (plain) {
      case String text -> resolveText(text, path);
      case Map<?, ?> members -> {
        Map<String, @Nullable Object> resolved = new LinkedHashMap<>();
        members.forEach(
            (name, value) -> resolved.put(String.valueOf(name), resolve(value, path + "." + name)));
        yield Collections.unmodifiableMap(resolved);
      }
      case List<?> elements -> {
        List<@Nullable Object> resolved = new ArrayList<>(elements.size());
        for (Object element : elements) {
          resolved.add(resolve(element, path + "[" + resolved.size() + "]"));
        }
        yield Collections.unmodifiableList(resolved);
      }
      case null, default -> plain;
    };
  }

  private @Nullable Object resolveText(String text, String path) {
    if (!text.startsWith("$")) {
      return text;
    }
    if (text.startsWith("$$") && REFERENCE.matcher(text.substring(1)).matches()) {
      return text.substring(1);
    }
    Matcher matcher = REFERENCE.matcher(text);
    return matcher.matches() ? value(matcher.group(1), matcher.group(2), path) : text;
  }

  /// The path with every segment that is a reference replaced.
  String resolvePath(String path, String place) {
    if (path.indexOf('$') < 0) {
      return path;
    }
    String[] segments = path.split("/", -1);
    for (int i = 0; i < segments.length; i++) {
      Object resolved = resolveText(segments[i], place);
      if (resolved instanceof String text) {
        segments[i] = text.equals(segments[i]) ? text : Rest.encoded(text);
      } else if (resolved != null) {
        wrong(place, "'%s' is not text, and cannot stand in a path".formatted(segments[i]));
      }
    }
    return String.join("/", segments);
  }

  private @Nullable Object value(String name, String field, String path) {
    Referent referent = referents.get(name);
    if (referent == null) {
      String hint = Nearest.hint(name, referents.keySet());
      wrong(path, "no operation before this one has the ref '%s'.%s".formatted(name, hint));
      return null;
    }
    if (field.equals("id")) {
      if (referent.id().isEmpty()) {
        wrong(path, "refers to %s, which is wrong itself".formatted(referent.place()));
      }
      return referent.id().orElse(null);
    }
    if (!referent.body().containsKey(field)) {
      wrong(
          path,
          "the body of %s gives no '%s': only its id and the fields in its body can be referred to"
              .formatted(referent.place(), field));
    }
    return single(referent.body().get(field), path);
  }

  private @Nullable Object single(@Nullable Object value, String path) {
    if (value instanceof Map || value instanceof List) {
      wrong(path, "refers to a list or an object: only single values can be referred to");
      return null;
    }
    if (value instanceof String text) {
      resolvedCharacters += text.length();
      if (resolvedCharacters > RESOLVED_CHARACTERS_MAX) {
        throw new Problem(
            ErrorCode.TOO_LARGE,
            "The references of the batch stand for more than %,d characters: write less with them"
                .formatted(RESOLVED_CHARACTERS_MAX));
      }
    }
    return value;
  }

  private void wrong(String field, String message) {
    errors.add(new FieldError(field, message));
  }
}
