package dev.varve.face.graphql;

import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.net.http.Outlet;
import dev.varve.net.http.Streaming;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One GraphQL operation as server-sent events, in the mode of distinct connections
/// (https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md): `next` for each result, then `complete`.
public final class GraphQlEventStream implements Streaming {
  private static final byte[] NEXT = utf8("event: next\ndata: ");
  private static final byte[] END = utf8("\n\n");
  private static final byte[] COMPLETE = utf8("event: complete\ndata:\n\n");
  private static final byte[] HEARTBEAT = utf8(":\n\n");

  private final Results results = new Results();
  private final OperationStarter.Running running;

  /// @throws Problem when the operation cannot be carried out
  public GraphQlEventStream(
      OperationStarter subscriptions,
      Supplier<Caller> caller,
      Map<String, @Nullable Object> request) {
    this.running = subscriptions.start(caller, request, results);
  }

  @Override
  public void send(Outlet outlet) throws InterruptedException {
    results.outlet = outlet;
    // the client sees that it is connected, though there may be no result for long
    outlet.send(HEARTBEAT);
    try {
      running.run();
    } catch (Problem problem) {
      results.failed(GraphQlErrors.of(problem));
    }
    outlet.send(COMPLETE);
  }

  @Override
  public void stop() {
    running.stop();
  }

  @Override
  public void close() {
    running.close();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static final class Results implements OperationStarter.Results {
    private @Nullable Outlet outlet;

    @Override
    public void next(byte[] json) {
      ByteBuffer event = ByteBuffer.allocate(NEXT.length + json.length + END.length);
      send(event.put(NEXT).put(json).put(END).array());
    }

    @Override
    public void errors(byte[] json) {
      failed(json);
    }

    void failed(byte[] errors) {
      next(utf8("{\"errors\":" + new String(errors, StandardCharsets.UTF_8) + "}"));
    }

    @Override
    public void heartbeat() {
      send(HEARTBEAT);
    }

    private void send(byte[] event) {
      if (outlet == null) {
        throw new IllegalStateException("An operation has results when it runs, not before");
      }
      outlet.send(event);
    }
  }
}
