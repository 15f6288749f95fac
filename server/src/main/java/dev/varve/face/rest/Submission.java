package dev.varve.face.rest;

import dev.varve.kernel.Problem;
import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Command;
import dev.varve.lane.write.Idempotency;
import dev.varve.lane.write.Outcome;
import dev.varve.lane.write.Sequencer;
import dev.varve.lane.write.UnitOfWork;
import dev.varve.lane.write.WriteResult;
import dev.varve.net.http.Answer;
import dev.varve.net.http.IdempotencyKey;
import dev.varve.net.http.Request;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Hands commands to the write lane as one unit, and answers with what became of them.
final class Submission {
  private final Sequencer sequencer;

  Submission(Sequencer sequencer) {
    this.sequencer = sequencer;
  }

  /// The epoch of the log, which entity tags tell.
  long epoch() {
    return sequencer.epochs().current();
  }

  /// @param body as it was sent, to tell whether a request is the same again
  /// @param answer makes the answer of an outcome
  /// @param refusal says which of the commands is refused, in the words of the request
  Answer submit(
      Request request,
      byte[] body,
      List<Authorized<Command>> commands,
      Function<Outcome, Answer> answer,
      Function<WriteResult.Refused, Problem> refusal) {
    Optional<Idempotency> idempotency =
        IdempotencyKey.of(request)
            .map(key ->
                new Idempotency(
                    key,
                    IdempotencyKey.digest(request, body),
                    outcome -> StoredAnswer.write(withPosition(answer, outcome))));
    UnitOfWork unit = new UnitOfWork(commands, request.id(), idempotency);
    return switch (sequencer.submit(unit)) {
      case WriteResult.Written(Outcome outcome) -> withPosition(answer, outcome);
      case WriteResult.Refused refused -> throw refusal.apply(refused);
      case WriteResult.Replayed(byte[] stored, long _) ->
          StoredAnswer.read(stored).with(IdempotencyKey.REPLAYED, "true");
    };
  }

  private Answer withPosition(Function<Outcome, Answer> answer, Outcome outcome) {
    return answer.apply(outcome).with(Rest.POSITION, sequencer.epochs().text(outcome.position()));
  }
}
