package dev.varve.node;

import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Command;
import dev.varve.lane.write.UnitOfWork;
import dev.varve.schema.Model;
import dev.varve.schema.record.InputReader;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Units of work for tests.
public final class Written {
  private Written() {}

  /// Writes a new record of the model Note.
  public static void note(OpenEngine engine, String id) {
    Model note = engine.schema().require("Note");
    Command create =
        new Command.Create(
            note, id, true, InputReader.read(note, Map.of("text", id), InputReader.Mode.CREATE));
    submit(engine, create);
  }

  /// Does what nobody in particular asks for.
  static void submit(OpenEngine engine, Command... commands) {
    engine
        .sequencer()
        .submit(
            new UnitOfWork(
                Stream.of(commands)
                    .map(command -> engine.access().authorize(Caller.ANONYMOUS, command))
                    .toList(),
                "request",
                Optional.empty()));
  }
}
