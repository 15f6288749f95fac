package dev.varve.face.rest;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Nearest;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Access;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Command;
import dev.varve.lane.access.Precondition;
import dev.varve.net.http.EntityTags;
import dev.varve.schema.Model;
import dev.varve.schema.record.Input;
import dev.varve.schema.record.InputReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Makes commands of what callers send. Bodies are plain values, as [dev.varve.kernel.Json] reads them.
final class CommandReader {
  private static final String VERSION = "version";

  private final Access access;
  private final Supplier<String> ids;
  private final boolean requireIfMatch;

  CommandReader(Access access, Supplier<String> ids, RestSettings settings) {
    this.access = access;
    this.ids = ids;
    this.requireIfMatch = settings.requireIfMatch();
  }

  String newId() {
    return ids.get();
  }

  Command create(Caller caller, Model model, @Nullable Object body) {
    Object complete = access.withOwner(caller, model, body);
    Input input = InputReader.read(model, complete, InputReader.Mode.CREATE);
    return input.value(model.id()) instanceof String given
        ? new Command.Create(model, given, true, input)
        : new Command.Create(model, ids.get(), false, input);
  }

  Command replace(Model model, String id, @Nullable Object body, Optional<EntityTags> ifMatch) {
    Input input = InputReader.read(model, body, InputReader.Mode.REPLACE);
    return new Command.Replace(model, id, input, precondition(ifMatch));
  }

  Command merge(Model model, String id, @Nullable Object body, Optional<EntityTags> ifMatch) {
    Input input = InputReader.read(model, body, InputReader.Mode.MERGE);
    return new Command.Merge(model, id, input, precondition(ifMatch));
  }

  Command delete(Model model, String id, Optional<EntityTags> ifMatch) {
    return new Command.Delete(model, id, precondition(ifMatch));
  }

  /// @param body `{"version": 3}`
  Command restore(Model model, String id, @Nullable Object body, Optional<EntityTags> ifMatch) {
    if (!(body instanceof Map<?, ?> members)) {
      throw new Problem(
          ErrorCode.MALFORMED_REQUEST,
          "The body must be a JSON object with the version to restore: {\"version\": 3}");
    }
    List<FieldError> errors = new ArrayList<>();
    for (Object member : members.keySet()) {
      String name = String.valueOf(member);
      if (!name.equals(VERSION)) {
        errors.add(
            new FieldError(
                name,
                "is not known here; there is version." + Nearest.hint(name, List.of(VERSION))));
      }
    }
    long version = members.get(VERSION) instanceof Long number ? number : 0;
    if (version < 1) {
      errors.add(
          new FieldError(VERSION, "must be the number of the version to restore, such as 3"));
    }
    if (!errors.isEmpty()) {
      throw Problem.invalid(errors);
    }
    return new Command.Restore(model, id, version, precondition(ifMatch));
  }

  private Precondition precondition(Optional<EntityTags> ifMatch) {
    if (requireIfMatch && ifMatch.isEmpty()) {
      throw new Problem(
          ErrorCode.PRECONDITION_REQUIRED,
          "This write must carry If-Match with the ETag of the record as you read it, such as If-Match: \"3\"");
    }
    return RecordTag.precondition(ifMatch);
  }
}
