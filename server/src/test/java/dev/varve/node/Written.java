package dev.varve.node;

import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Command;
import dev.varve.lane.write.UnitOfWork;
import dev.varve.schema.Model;
import dev.varve.schema.record.InputReader;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Units of work for tests.
public final class Written {
  private Written() {}

  /// Writes a new record of the model Note.
  public static void note(OpenEngine engine, String id) {
    Model note = engine.schema().require("Note");
    Command create =
        new Command.Create(
            note, id, true, InputReader.read(note, Map.of("text", id), InputReader.Mode.CREATE));
    engine
        .sequencer()
        .submit(
            new UnitOfWork(
                List.of(engine.access().authorize(Caller.ANONYMOUS, create)),
                "request",
                Optional.empty()));
  }
}
