package dev.varve.face.rest;

import dev.varve.kernel.FieldError;
import dev.varve.kernel.Nearest;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What an operation of a batch is about, as its method and path say.
///
/// @param id of the record; empty for a new one
record BatchTarget(Action action, Model model, String id) {
  private static final String RESTORE = "restore";

  /// What is done.
  enum Action {
    CREATE,
    REPLACE,
    MERGE,
    DELETE,
    RESTORE
  }

  /// The action of a method and the rest of the path behind the model.
  private static Optional<Action> action(String method, List<String> rest) {
    return switch (method) {
      case "POST" ->
          switch (rest.size()) {
            case 0 -> Optional.of(Action.CREATE);
            case 2 -> rest.get(1).equals(RESTORE) ? Optional.of(Action.RESTORE) : Optional.empty();
            default -> Optional.empty();
          };
      case "PUT" -> rest.size() == 1 ? Optional.of(Action.REPLACE) : Optional.empty();
      case "PATCH" -> rest.size() == 1 ? Optional.of(Action.MERGE) : Optional.empty();
      case "DELETE" -> rest.size() == 1 ? Optional.of(Action.DELETE) : Optional.empty();
      default -> Optional.empty();
    };
  }

  /// @param errors gets one entry or more when there is no such target
  static Optional<BatchTarget> find(
      Schema schema, String method, String path, String place, List<FieldError> errors) {
    if (!List.of("POST", "PUT", "PATCH", "DELETE").contains(method)) {
      errors.add(new FieldError(place + ".method", "must be POST, PUT, PATCH or DELETE"));
      return Optional.empty();
    }
    List<String> segments = segments(path);
    Optional<Model> model =
        segments.isEmpty() ? Optional.empty() : schema.modelAt(segments.getFirst());
    if (model.isEmpty()) {
      errors.add(new FieldError(place + ".path", nothingAt(schema, path, segments)));
      return Optional.empty();
    }
    List<String> rest = segments.subList(1, segments.size());
    Optional<Action> action = action(method, rest);
    if (action.isEmpty() || rest.contains("")) {
      errors.add(new FieldError(place + ".path", wanted(method, model.get())));
      return Optional.empty();
    }
    String id = rest.isEmpty() ? "" : rest.getFirst();
    return Optional.of(new BatchTarget(action.get(), model.get(), id));
  }

  /// The segments behind `/api/`, decoded; none when the path is another.
  private static List<String> segments(String path) {
    if (!path.startsWith(Rest.ROOT) || path.indexOf('?') >= 0) {
      return List.of();
    }
    List<String> segments = new ArrayList<>();
    for (String segment : path.substring(Rest.ROOT.length()).split("/", -1)) {
      try {
        // a plus sign in a path is a plus sign
        segments.add(URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8));
      } catch (IllegalArgumentException e) {
        return List.of();
      }
    }
    return segments;
  }

  private static String nothingAt(Schema schema, String path, List<String> segments) {
    if (path.indexOf('?') >= 0) {
      return "takes no query parameters here";
    }
    List<String> known = schema.models().stream().map(Model::path).toList();
    if (segments.isEmpty()) {
      return "leads to no model. A path here is like " + Rest.ROOT + known.getFirst();
    }
    return Nearest.to(segments.getFirst(), known)
        .map(near -> "leads to no model. Did you mean '%s%s'?".formatted(Rest.ROOT, near))
        .orElse("leads to no model; there are " + String.join(", ", known));
  }

  private static String wanted(String method, Model model) {
    String path = Rest.ROOT + model.path();
    return method.equals("POST")
        ? "POST goes to %s or %s/ID/restore".formatted(path, path)
        : "%s goes to %s/ID".formatted(method, path);
  }
}
