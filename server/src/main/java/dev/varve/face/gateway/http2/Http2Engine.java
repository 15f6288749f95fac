package dev.varve.face.gateway.http2;

import java.util.concurrent.Executors;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;

/// How Jetty speaks HTTP/2 here: what all connections share. It connects nothing, starts no thread and no timer: a
/// [Http2Connection] has threads of its own, and whoever waits bounds the wait.
final class Http2Engine {
  /// The most that headers of an answer take, as over HTTP/1.1.
  static final int HEADER_BYTES_MAX = 64 * 1024;

  /// What a service may send of one answer before anybody has read of it.
  static final int STREAM_WINDOW_BYTES = 64 * 1024;

  // all the streams of a connection may be full at once, so that one that nobody reads holds up no
  // other
  private static final int CONNECTION_WINDOW_BYTES =
      Http2Connection.STREAMS_MAX * STREAM_WINDOW_BYTES;
  private static final int INPUT_BYTES = 16 * 1024;
  // buffers that are kept for the next; what is beyond goes to the collector
  private static final int POOL_BYTES_MAX = 4 * 1024 * 1024;

  private Http2Engine() {}

  static HTTP2Client create() {
    HTTP2Client client = new HTTP2Client();
    client.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    client.setScheduler(new ScheduledExecutorScheduler("gateway-http2", true));
    client.setByteBufferPool(
        new ArrayByteBufferPool(-1, -1, -1, -1, POOL_BYTES_MAX, POOL_BYTES_MAX));
    client.setUseInputDirectByteBuffers(false);
    client.setUseOutputDirectByteBuffers(false);
    client.setInputBufferSize(INPUT_BYTES);
    client.setInitialStreamRecvWindow(STREAM_WINDOW_BYTES);
    client.setInitialSessionRecvWindow(CONNECTION_WINDOW_BYTES);
    client.setMaxLocalStreams(Http2Connection.STREAMS_MAX);
    client.setMaxConcurrentPushedStreams(0);
    client.setMaxRequestHeadersSize(HEADER_BYTES_MAX);
    client.setMaxResponseHeadersSize(HEADER_BYTES_MAX);
    return client;
  }
}
