package dev.varve.face.rest;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Nearest;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Command;
import dev.varve.net.http.EntityTags;
import dev.varve.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads the body of a batch into commands, or names everything that is wrong with any of its operations.
///
/// ```
/// {"operations": [
///   {"method": "POST", "path": "/api/orders", "body": {...}, "ref": "order"},
///   {"method": "POST", "path": "/api/order-lines", "body": {"order": "$order.id"}},
///   {"method": "PATCH", "path": "/api/products/7", "body": {...}, "ifMatch": 3}]}
/// ```
final class BatchReader {
  private static final String OPERATIONS = "operations";
  static final String IF_MATCH = "ifMatch";
  private static final List<String> MEMBERS = List.of("method", "path", "body", "ref", IF_MATCH);
  // enough to mend a batch by
  private static final int ERRORS_MAX = 100;

  private final Schema schema;
  private final CommandReader commands;
  private final Caller caller;
  private final List<FieldError> errors = new ArrayList<>();
  private final List<FieldError> withoutIfMatch = new ArrayList<>();
  private final BatchReferences references = new BatchReferences(errors);
  private final List<Operation> operations = new ArrayList<>();

  /// An operation that was read.
  ///
  /// @param ref the name that later operations know its record by
  record Operation(Command command, Optional<String> ref) {}

  private BatchReader(Schema schema, CommandReader commands, Caller caller) {
    this.schema = schema;
    this.commands = commands;
    this.caller = caller;
  }

  /// @param body as [dev.varve.kernel.Json] reads it
  /// @param operationsMax how many operations are taken
  /// @throws Problem VALIDATION_ERROR, MALFORMED_REQUEST, TOO_LARGE or PRECONDITION_REQUIRED
  static List<Operation> read(
      Schema schema,
      CommandReader commands,
      Caller caller,
      int operationsMax,
      @Nullable Object body) {
    List<?> given = operations(body);
    if (given.size() > operationsMax) {
      throw new Problem(
          ErrorCode.TOO_LARGE,
          "The batch has %,d operations, and at most %,d are taken: split it"
              .formatted(given.size(), operationsMax));
    }
    BatchReader reader = new BatchReader(schema, commands, caller);
    for (int i = 0; i < given.size() && reader.errors.size() < ERRORS_MAX; i++) {
      reader.read(i, given.get(i));
    }
    return reader.finish();
  }

  private static List<?> operations(@Nullable Object body) {
    if (!(body instanceof Map<?, ?> members)) {
      throw new Problem(
          ErrorCode.MALFORMED_REQUEST,
          "The body must be a JSON object with a list of operations: {\"operations\": [...]}");
    }
    List<FieldError> errors = new ArrayList<>();
    refuseUnknown(members, "", List.of(OPERATIONS), errors);
    if (members.get(OPERATIONS) instanceof List<?> given && !given.isEmpty() && errors.isEmpty()) {
      return given;
    }
    if (errors.isEmpty()) {
      errors.add(new FieldError(OPERATIONS, "must be a list of at least one operation"));
    }
    throw Problem.invalid(errors);
  }

  private static void refuseUnknown(
      Map<?, ?> members, String prefix, List<String> known, List<FieldError> errors) {
    for (Object member : members.keySet()) {
      String name = String.valueOf(member);
      if (!known.contains(name) && errors.size() < ERRORS_MAX) {
        String hint = Nearest.hint(name, known);
        String message = hint.isEmpty() ? "; there are " + String.join(", ", known) : "." + hint;
        errors.add(new FieldError(prefix + name, "is not known here" + message));
      }
    }
  }

  /// The place of an operation in the batch, for messages.
  static String place(int index) {
    return OPERATIONS + "[" + index + "]";
  }

  private void read(int index, @Nullable Object plain) {
    String place = place(index);
    if (!(plain instanceof Map<?, ?> members)) {
      wrong(place, "must be an object with method, path and body");
      return;
    }
    int errorsBefore = errors.size();
    refuseUnknown(members, place + ".", MEMBERS, errors);
    Optional<EntityTags> ifMatch = ifMatch(place, members);
    Optional<BatchTarget> target = target(place, members);
    Object body = references.resolve(members.get("body"), place + ".body");
    Optional<Command> command =
        target.isPresent() && errors.size() == errorsBefore
            ? command(place, target.get(), body, ifMatch)
            : Optional.empty();
    Optional<String> ref = references.define(place, members, command, body);
    command.ifPresent(read -> operations.add(new Operation(read, ref)));
  }

  private Optional<EntityTags> ifMatch(String place, Map<?, ?> members) {
    Object given = members.get(IF_MATCH);
    if (given == null) {
      return Optional.empty();
    }
    Optional<EntityTags> tags = commands.ifMatch(given);
    if (tags.isEmpty()) {
      wrong(
          place + "." + IF_MATCH,
          "must be the version of the record as you read it, such as 3, or what the header If-Match would say");
    }
    return tags;
  }

  private Optional<BatchTarget> target(String place, Map<?, ?> members) {
    int errorsBefore = errors.size();
    if (!(members.get("method") instanceof String method)) {
      wrong(place + ".method", "must be POST, PUT, PATCH or DELETE");
      return Optional.empty();
    }
    if (!(members.get("path") instanceof String path)) {
      wrong(place + ".path", "must be text, such as /api/" + schema.models().getFirst().path());
      return Optional.empty();
    }
    String resolved = references.resolvePath(path, place + ".path");
    if (errors.size() > errorsBefore) {
      return Optional.empty();
    }
    return BatchTarget.find(schema, method, resolved, place, errors);
  }

  private Optional<Command> command(
      String place, BatchTarget target, @Nullable Object body, Optional<EntityTags> ifMatch) {
    if (target.action() == BatchTarget.Action.DELETE && body != null) {
      wrong(place + ".body", "is not for DELETE: leave it out");
    }
    if (target.action() == BatchTarget.Action.CREATE && ifMatch.isPresent()) {
      wrong(
          place + "." + IF_MATCH,
          "is not for a new record, which has no version yet: leave it out");
    }
    try {
      return Optional.of(
          switch (target.action()) {
            case CREATE -> commands.create(caller, target.model(), body);
            case REPLACE -> commands.replace(target.model(), target.id(), body, ifMatch);
            case MERGE -> commands.merge(target.model(), target.id(), body, ifMatch);
            case DELETE -> commands.delete(target.model(), target.id(), ifMatch);
            case RESTORE -> commands.restore(target.model(), target.id(), body, ifMatch);
          });
    } catch (Problem problem) {
      refused(place, problem);
      return Optional.empty();
    }
  }

  private void refused(String place, Problem problem) {
    if (problem.code() == ErrorCode.PRECONDITION_REQUIRED) {
      withoutIfMatch.add(
          new FieldError(
              place + "." + IF_MATCH,
              "is required: the version of the record as you read it, such as 3"));
    } else if (problem.details().isEmpty()) {
      wrong(place + ".body", problem.text());
    } else {
      RestWords.inBatch(problem)
          .details()
          .forEach(detail -> wrong(place + "." + detail.field(), detail.message()));
    }
  }

  private void wrong(String field, String message) {
    errors.add(new FieldError(field, message));
  }

  private List<Operation> finish() {
    if (!errors.isEmpty()) {
      throw Problem.invalid(errors);
    }
    if (!withoutIfMatch.isEmpty()) {
      throw new Problem(
          ErrorCode.PRECONDITION_REQUIRED,
          "These writes must carry ifMatch, the version of the record as you read it",
          withoutIfMatch);
    }
    return operations;
  }
}
