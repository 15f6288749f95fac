package dev.varve.face.rest;

import dev.varve.kernel.Json;
import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Command;
import dev.varve.lane.write.UnitOfWork;
import dev.varve.lane.write.WrittenOutcome;
import dev.varve.schema.Model;
import dev.varve.schema.record.Input;
import dev.varve.schema.record.InputReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// Makes records as the operator of a server does, whom rules do not bind.
final class Seed {
  private Seed() {}

  /// @param body with apostrophes for quotation marks, and an id
  static void create(KnownCallers server, String path, String body) {
    Model model = server.engine().schema().modelAt(path.substring("/api/".length())).orElseThrow();
    Object plain = Json.read(body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    Input input = InputReader.read(model, plain, InputReader.Mode.CREATE);
    String id = (String) java.util.Objects.requireNonNull(input.value(model.id()));
    Authorized<Command> command =
        server
            .engine()
            .access()
            .authorize(Caller.operator("seed"), new Command.Create(model, id, true, input));
    WrittenOutcome.of(
        server
            .engine()
            .sequencer()
            .submit(new UnitOfWork(List.of(command), "seed", Optional.empty())));
  }
}
