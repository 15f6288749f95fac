package dev.varve.face.gateway;

import dev.varve.face.gateway.upstream.UpstreamAnswer;
import dev.varve.face.gateway.upstream.UpstreamFailure;
import dev.varve.net.http.BrokenOff;
import dev.varve.net.http.Tunnel;
import java.util.concurrent.atomic.AtomicBoolean;

/// A WebSocket to a service.
final class ServiceTunnel implements Tunnel {
  private final UpstreamAnswer answer;
  private final AtomicBoolean closed = new AtomicBoolean();

  ServiceTunnel(UpstreamAnswer answer) {
    this.answer = answer;
  }

  @Override
  public int read(byte[] into) {
    try {
      return answer.readSwitched(into);
    } catch (UpstreamFailure e) {
      throw new BrokenOff("The service " + e.text(), e);
    }
  }

  @Override
  public void write(byte[] bytes) {
    try {
      answer.writeSwitched(bytes);
    } catch (UpstreamFailure e) {
      throw new BrokenOff("The service " + e.text(), e);
    }
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      answer.close();
    }
  }
}
