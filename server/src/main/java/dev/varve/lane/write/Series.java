package dev.varve.lane.write;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Pieces of work of one sender that are on their way at the same time, so that the sender prepares the next ones
/// while the writer commits several at once. They are decided in the order in which they were sent, and once one is
/// not kept, none after it is tried. For one thread.
public final class Series {
  private final Sequencer sequencer;
  private long sent;
  // written by the writer thread alone: the first that was not kept, and why
  private long endedAt = Long.MAX_VALUE;
  private @Nullable Problem end;

  Series(Sequencer sequencer) {
    this.sequencer = sequencer;
  }

  /// A task that was sent.
  public static final class Sent<T> {
    private final CompletableFuture<T> result;

    private Sent(CompletableFuture<T> result) {
      this.result = result;
    }

    /// Waits until it is durable.
    ///
    /// @throws Problem when it was refused, or not tried because one before it was
    public T await() {
      return Sequencer.await(result);
    }
  }

  /// Sends a piece of work, as soon as there is a place for it in the queue.
  ///
  /// @param actor the name that the log keeps, when there is something to log
  public <T> Sent<T> send(String actor, String requestId, WriterTask<T> work) {
    return new Sent<>(sequencer.enqueue(new Next<>(sent++, actor, requestId, work)));
  }

  private final class Next<T> implements Sequencer.Turn<T> {
    private final long number;
    private final String actor;
    private final String requestId;
    private final WriterTask<T> work;

    Next(long number, String actor, String requestId, WriterTask<T> work) {
      this.number = number;
      this.actor = actor;
      this.requestId = requestId;
      this.work = work;
    }

    @Override
    public T decide(CommitGroup group) throws SQLException {
      if (number > endedAt && end != null) {
        throw end;
      }
      try {
        T decided = group.decide(work, actor, requestId);
        // it may have been refused before, in a group that was given up
        endedAt = Long.MAX_VALUE;
        return decided;
      } catch (Problem problem) {
        endAt(problem);
        throw problem;
      }
    }

    @Override
    public void failed() {
      endAt(
          new Problem(
              ErrorCode.STORAGE_UNAVAILABLE,
              "What was sent before may not be kept, so this was not tried"));
    }

    private void endAt(Problem problem) {
      if (number < endedAt) {
        endedAt = number;
        end = problem;
      }
    }
  }
}
