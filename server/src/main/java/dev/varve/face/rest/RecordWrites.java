package dev.varve.face.rest;

import dev.varve.kernel.Json;
import dev.varve.lane.access.Access;
import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Command;
import dev.varve.lane.write.WriteResult;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.schema.Model;
import dev.varve.schema.Operation;
import java.util.List;

/// Answers the requests that change one record.
public final class RecordWrites {
  public static final String JSON = "application/json";
  public static final String MERGE_PATCH = "application/merge-patch+json";

  private static final byte[] NO_BODY = {};

  private final Access access;
  private final CommandReader commands;
  private final Submission submission;

  RecordWrites(Access access, CommandReader commands, Submission submission) {
    this.access = access;
    this.commands = commands;
    this.submission = submission;
  }

  Answer create(Model model, Request request) {
    admit(model, Operation.CREATE, request);
    byte[] body = request.body(JSON);
    return write(request, body, commands.create(request.caller(), model, Json.read(body)));
  }

  Answer replace(Model model, Request request) {
    admit(model, Operation.UPDATE, request);
    byte[] body = request.body(JSON);
    String id = Rest.id(model, request);
    return write(request, body, commands.replace(model, id, Json.read(body), request.ifMatch()));
  }

  Answer merge(Model model, Request request) {
    admit(model, Operation.UPDATE, request);
    byte[] body = request.body(MERGE_PATCH, JSON);
    String id = Rest.id(model, request);
    return write(request, body, commands.merge(model, id, Json.read(body), request.ifMatch()));
  }

  Answer delete(Model model, Request request) {
    refuseParameters(request);
    String id = Rest.id(model, request);
    return write(request, NO_BODY, commands.delete(model, id, request.ifMatch()));
  }

  Answer restore(Model model, Request request) {
    admit(model, Operation.UPDATE, request);
    byte[] body = request.body(JSON);
    String id = Rest.id(model, request);
    return write(request, body, commands.restore(model, id, Json.read(body), request.ifMatch()));
  }

  /// Before the body is read: who may not write at all learns no more than that.
  private void admit(Model model, Operation operation, Request request) {
    access.admit(request.caller(), model, operation);
    refuseParameters(request);
  }

  private Answer write(Request request, byte[] body, Command command) {
    Authorized<Command> authorized = access.authorize(request.caller(), command);
    return submission.submit(
        request,
        body,
        List.of(authorized),
        outcome ->
            WrittenRecord.of(authorized, outcome.results().getFirst(), submission.epoch()).answer(),
        WriteResult.Refused::problem);
  }

  static void refuseParameters(Request request) {
    if (request.query().isEmpty()) {
      return;
    }
    ParameterErrors errors = new ParameterErrors();
    new Parameters(request.query().all(), errors).refuseRest(List.of());
    errors.throwIfAny();
  }
}
