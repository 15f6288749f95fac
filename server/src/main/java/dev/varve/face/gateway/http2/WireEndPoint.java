package dev.varve.face.gateway.http2;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/// A [Wire] as Jetty wants it, which waits for nothing. Two virtual threads do the waiting: one reads and hands on what has
/// come, one writes what is to be sent. What is on its way in each direction is bounded; a peer that takes nothing is found
/// out by the wire, not here.
final class WireEndPoint extends AbstractEndPoint {
  private static final int INPUT_BYTES = 16 * 1024;
  // a few frames, so that the next are made while these are written
  private static final int OUTPUT_BYTES = 64 * 1024;
  // a few for each stream; only a peer that asks for answers (PING, SETTINGS) and takes none brings
  // more together
  private static final int BACKLOG_FRAMES_MAX = 1_000;

  private final Wire wire;
  private final Use use;
  // owner of all below; never held while anything is read, written or told to Jetty
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final byte[] input = new byte[INPUT_BYTES];
  private int inputStart;
  private int inputEnd;
  private boolean inputOver;
  private boolean wanted;
  private byte[] output = new byte[OUTPUT_BYTES];
  // of the thread that writes alone
  private byte[] writing = new byte[OUTPUT_BYTES];
  private int outputLength;
  private boolean blocked;
  private boolean closed;

  /// What goes on with it is told to whoever uses it.
  interface Use {
    /// Something has come.
    void heard();

    /// The other end takes nothing, and the wire was closed for it.
    void stuck();

    /// How many frames wait to be written.
    int backlog();
  }

  WireEndPoint(Wire wire, Scheduler scheduler, Use use) {
    super(scheduler);
    this.wire = wire;
    this.use = use;
  }

  void start() {
    Thread.ofVirtual().name("gateway-http2-read").start(this::read);
    Thread.ofVirtual().name("gateway-http2-write").start(this::write);
  }

  private void read() {
    try {
      int length = wire.read(input);
      while (length >= 0 && handedOn(length)) {
        length = wire.read(input);
      }
      end();
    } catch (SocketTimeoutException e) {
      use.stuck();
      end();
    } catch (IOException e) {
      end();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      close();
    }
  }

  /// @return false when nobody wants more
  private boolean handedOn(int length) throws InterruptedException {
    use.heard();
    lock.lock();
    try {
      inputStart = 0;
      inputEnd = length;
    } finally {
      lock.unlock();
    }
    while (isWanted()) {
      getFillInterest().fillable();
      if (isTaken()) {
        return isWrittenEnough();
      }
    }
    return false;
  }

  /// Waits until few frames are left to be written: nothing more is read that would bring answers of ours to those that the
  /// other end does not take.
  private boolean isWrittenEnough() throws InterruptedException {
    lock.lock();
    try {
      while (use.backlog() > BACKLOG_FRAMES_MAX && !closed) {
        changed.await();
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private void end() {
    lock.lock();
    try {
      inputOver = true;
    } finally {
      lock.unlock();
    }
    getFillInterest().fillable();
  }

  /// Waits until Jetty asks for more.
  private boolean isWanted() throws InterruptedException {
    lock.lock();
    try {
      while (!wanted && !closed) {
        changed.await();
      }
      wanted = false;
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private boolean isTaken() {
    lock.lock();
    try {
      return inputStart == inputEnd;
    } finally {
      lock.unlock();
    }
  }

  @Override
  protected void needsFillInterest() {
    lock.lock();
    try {
      wanted = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// What has come, which may be nothing; -1 at the end.
  @Override
  public int fill(ByteBuffer buffer) {
    lock.lock();
    try {
      if (inputStart == inputEnd) {
        return inputOver || closed ? -1 : 0;
      }
      int position = BufferUtil.flipToFill(buffer);
      int length = Math.min(buffer.remaining(), inputEnd - inputStart);
      buffer.put(input, inputStart, length);
      BufferUtil.flipToFlush(buffer, position);
      inputStart += length;
      return length;
    } finally {
      lock.unlock();
    }
  }

  /// Takes as much as there is room for.
  @Override
  public boolean flush(ByteBuffer... buffers) throws IOException {
    lock.lock();
    try {
      if (closed) {
        throw new EofException("closed");
      }
      boolean all = true;
      for (ByteBuffer buffer : buffers) {
        int length = Math.min(buffer.remaining(), output.length - outputLength);
        buffer.get(output, outputLength, length);
        outputLength += length;
        all &= !buffer.hasRemaining();
      }
      changed.signalAll();
      return all;
    } finally {
      lock.unlock();
    }
  }

  @Override
  protected void onIncompleteFlush() {
    lock.lock();
    try {
      blocked = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void write() {
    try {
      int length = take();
      while (length >= 0) {
        wire.write(writing, 0, length);
        if (isUnblocked()) {
          getWriteFlusher().completeWrite();
        }
        length = take();
      }
    } catch (SocketTimeoutException e) {
      use.stuck();
      close(e);
    } catch (IOException e) {
      close(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      wire.close();
    }
  }

  /// Waits for something to write, and makes room for more; what is left when it is closed goes out.
  ///
  /// @return how much there is in `writing`; -1 at the end
  private int take() throws InterruptedException {
    lock.lock();
    try {
      while (outputLength == 0 && !blocked && !closed) {
        changed.await();
      }
      if (outputLength == 0 && closed) {
        return -1;
      }
      byte[] full = output;
      output = writing;
      writing = full;
      int length = outputLength;
      outputLength = 0;
      return length;
    } finally {
      lock.unlock();
    }
  }

  private boolean isUnblocked() {
    lock.lock();
    try {
      boolean was = blocked;
      blocked = false;
      return was;
    } finally {
      lock.unlock();
    }
  }

  @Override
  protected void doClose() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public @Nullable SocketAddress getLocalSocketAddress() {
    return null;
  }

  @Override
  public @Nullable SocketAddress getRemoteSocketAddress() {
    return null;
  }

  @Override
  public @Nullable Object getTransport() {
    return null;
  }
}
