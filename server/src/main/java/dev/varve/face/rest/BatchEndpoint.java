package dev.varve.face.rest;

import dev.varve.kernel.FieldError;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Access;
import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Command;
import dev.varve.lane.write.Outcome;
import dev.varve.net.http.Answer;
import dev.varve.net.http.Request;
import dev.varve.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/// Answers `/api/batch`: many operations that are carried out all or not at all.
final class BatchEndpoint {
  private final Schema schema;
  private final RestSettings settings;
  private final Access access;
  private final CommandReader commands;
  private final Submission submission;

  BatchEndpoint(
      Schema schema,
      RestSettings settings,
      Access access,
      CommandReader commands,
      Submission submission) {
    this.schema = schema;
    this.settings = settings;
    this.access = access;
    this.commands = commands;
    this.submission = submission;
  }

  Answer answer(Request request) {
    RecordWrites.refuseParameters(request);
    byte[] body = request.body(RecordWrites.JSON);
    List<BatchReader.Operation> operations =
        BatchReader.read(
            schema, commands, request.caller(), settings.batchOperationsMax(), Json.read(body));
    request.spend(operations.size());
    List<Authorized<Command>> authorized = authorize(request.caller(), operations);
    return submission.submit(
        request,
        body,
        authorized,
        outcome -> answer(operations, authorized, outcome),
        refused -> at(refused.index(), refused.problem()));
  }

  private List<Authorized<Command>> authorize(
      Caller caller, List<BatchReader.Operation> operations) {
    List<Authorized<Command>> authorized = new ArrayList<>(operations.size());
    for (BatchReader.Operation operation : operations) {
      try {
        authorized.add(access.authorize(caller, operation.command()));
      } catch (Problem problem) {
        throw at(authorized.size(), problem);
      }
    }
    return authorized;
  }

  private static Problem at(int index, Problem problem) {
    String place = BatchReader.place(index);
    Problem said = RestWords.inBatch(problem);
    List<FieldError> details =
        said.details().isEmpty()
            ? List.of(new FieldError(place, said.text()))
            : said.details().stream()
                .map(detail -> new FieldError(place + "." + detail.field(), detail.message()))
                .toList();
    return new Problem(said.code(), place + ": " + said.text(), details);
  }

  private Answer answer(
      List<BatchReader.Operation> operations,
      List<Authorized<Command>> authorized,
      Outcome outcome) {
    return Answer.json(
        200, Json.bytes(generator -> write(generator, operations, authorized, outcome)));
  }

  private void write(
      JsonGenerator generator,
      List<BatchReader.Operation> operations,
      List<Authorized<Command>> authorized,
      Outcome outcome) {
    generator.writeStartObject();
    generator.writeName("results");
    generator.writeStartArray();
    for (int i = 0; i < operations.size(); i++) {
      WrittenRecord.of(authorized.get(i), outcome.results().get(i), submission.epoch())
          .write(generator, operations.get(i).ref());
    }
    generator.writeEndArray();
    generator.writeEndObject();
  }
}
