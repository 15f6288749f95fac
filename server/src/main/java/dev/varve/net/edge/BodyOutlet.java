package dev.varve.net.edge;

import dev.varve.net.admission.Deadlines;
import dev.varve.net.admission.InputBudget;
import dev.varve.net.http.ClientGone;
import dev.varve.net.http.Outlet;
import java.io.IOException;
import java.io.OutputStream;

/// The body of an answer, piece by piece.
final class BodyOutlet implements Outlet {
  private final OutputStream out;
  private final Deadlines.Deadline deadline;
  private final InputBudget budget;
  private final Observation observation;

  BodyOutlet(OutputStream out, Exchange exchange) {
    this.out = out;
    this.deadline = exchange.deadline();
    this.budget = exchange.connection().budget();
    this.observation = exchange.observation();
  }

  @Override
  public void send(byte[] bytes) {
    deadline.sending();
    deadline.untaken(bytes.length);
    try {
      out.write(bytes);
      out.flush();
    } catch (IOException | RuntimeException e) {
      // each protocol has exceptions of its own for the one thing that can go wrong here
      throw new ClientGone("The client of a stream has gone", e);
    } finally {
      deadline.taken(bytes.length);
    }
    observation.sent(bytes.length);
    // an event is mostly shorter than what earns a piece, and each has to be taken
    budget.earn(1 + bytes.length / InputBudget.SENT_BYTES_PER_PIECE);
    deadline.waiting();
  }
}
