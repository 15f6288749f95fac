package dev.varve.face.graphql;

import dev.varve.lane.access.Caller;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Whoever carries out GraphQL operations whose results come one after the other. [GraphQlSocket] and
/// [GraphQlEventStream] bring the requests and take the results.
public interface OperationStarter {
  /// Prepares an operation.
  ///
  /// @param caller says who asks, and, asked again, whether that still holds: it throws UNAUTHENTICATED or
  ///     TOKEN_EXPIRED then
  /// @param request `query`, `operationName`, `variables` and `extensions`, as they were sent
  /// @throws dev.varve.kernel.Problem when it cannot be carried out
  Running start(Supplier<Caller> caller, Map<String, @Nullable Object> request, Results results);

  /// An operation on its way.
  interface Running extends AutoCloseable {
    /// Gives all results, and returns when there are no more. It has a thread of its own.
    ///
    /// @throws dev.varve.kernel.Problem when it has to end before
    void run() throws InterruptedException;

    /// Nobody wants more: [#run] is to return soon. Called from another thread, perhaps before `run`.
    void stop();

    @Override
    void close();
  }

  /// Where results go. Each call returns when the client, or the system on its behalf, has taken it, so that a client
  /// that does not read holds up its own operation alone.
  interface Results {
    /// Makes a result and gives it, once all that was given before over the same connection has been taken: a client
    /// that does not read holds one result in memory, however many operations it has.
    ///
    /// @param result calls [#next]
    default void inTurn(Runnable result) {
      result.run();
    }

    /// @param json an execution result: `{"data": ..., "errors": ...}`
    void next(byte[] json);

    /// The operation ends with errors; nothing comes after them.
    ///
    /// @param json a list of GraphQL errors
    void errors(byte[] json);

    /// A sign of life, to be given when there was no result for a while.
    void heartbeat();
  }
}
