package dev.varve.kernel;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What one request may hold in memory: a part of what all of them may together. What is bounded in number alone, such
/// as the records of a page, takes from it as it comes to be, by its size.
///
/// Work that goes on for a request finds its allowance in a scope; work that no request asks for has one without bounds.
/// It belongs to the threads of its request, one after the other.
///
/// All figures are bytes of heap, about as many as a record or a text takes. A request may have a quarter of the pool, at
/// most 64 MiB. It counts its first 16 KiB by itself, and takes what comes beyond from the pool in pieces of 64 KiB, so
/// that most requests never touch what others count too.
public final class Allowance implements AutoCloseable {
  /// What all requests together may hold. Used by all threads.
  public static final class Pool {
    // one that asks for a lot leaves room for others that do
    private static final int PARTS = 4;

    private final long bytesMax;
    private final long requestBytesMax;
    private final @Nullable Pool whole;
    private final AtomicLong taken = new AtomicLong();

    public Pool(long bytesMax) {
      this.bytesMax = bytesMax;
      this.requestBytesMax = Math.min(bytesMax / PARTS, REQUEST_BYTES_MAX);
      this.whole = null;
    }

    private Pool(long bytesMax, Pool whole) {
      this.bytesMax = bytesMax;
      this.requestBytesMax = Math.min(bytesMax, whole.requestBytesMax);
      this.whole = whole;
    }

    /// What some of the requests may hold of this: whatever they take counts here too.
    public Pool part(long partBytesMax) {
      return new Pool(partBytesMax, this);
    }

    private boolean take(long bytes) {
      if (taken.addAndGet(bytes) > bytesMax || (whole != null && !whole.take(bytes))) {
        taken.addAndGet(-bytes);
        return false;
      }
      return true;
    }

    public Allowance open() {
      return new Allowance(this);
    }

    /// Counts what a request leaves behind when it is over, such as an answer that is on its way. It cannot be refused
    /// any more, but those that come later can.
    public void add(long bytes) {
      taken.addAndGet(bytes);
      if (whole != null) {
        whole.add(bytes);
      }
    }

    public void remove(long bytes) {
      add(-bytes);
    }

    public long bytesMax() {
      return bytesMax;
    }

    /// What all of them hold now.
    public long taken() {
      return taken.get();
    }
  }

  // however much memory there is: nobody waits for an answer that is larger
  private static final long REQUEST_BYTES_MAX = 64 * 1024 * 1024;
  // most requests hold no more, and need not ask the others
  private static final long FREE_BYTES = 16 * 1024;
  private static final long PIECE_BYTES = 64 * 1024;

  private static final ScopedValue<Allowance> CURRENT = ScopedValue.newInstance();
  private static final Allowance UNBOUNDED = new Allowance(new Pool(Long.MAX_VALUE));

  private final Pool pool;
  private long held;
  private long taken;
  private boolean settled;

  private Allowance(Pool pool) {
    this.pool = pool;
  }

  /// That of the request which this thread works for.
  public static Allowance current() {
    return CURRENT.isBound() ? CURRENT.get() : UNBOUNDED;
  }

  /// Works for the request that it belongs to.
  public <T> T within(Supplier<T> work) {
    return ScopedValue.where(CURRENT, this).call(work::get);
  }

  /// How much it may be.
  @SuppressWarnings("ReferenceEquality") // there is one without bounds
  public long bytesMax() {
    return this == UNBOUNDED ? Long.MAX_VALUE : pool.requestBytesMax;
  }

  /// Takes some bytes until it is closed.
  ///
  /// @throws Problem TOO_LARGE when it is too much for one request, OVERLOADED when others hold too much
  @SuppressWarnings("ReferenceEquality") // there is one without bounds
  public void take(long bytes) {
    if (this == UNBOUNDED) {
      return;
    }
    held += bytes;
    if (held > taken + FREE_BYTES) {
      takeFromPool(Math.max(held - taken - FREE_BYTES, PIECE_BYTES));
    }
  }

  private void takeFromPool(long bytes) {
    if (settled && held <= pool.requestBytesMax) {
      pool.add(bytes);
      taken += bytes;
      return;
    }
    if (held > pool.requestBytesMax) {
      throw new Problem(
          ErrorCode.TOO_LARGE,
          "The request needs more memory than the %,d bytes that one may have. Send less, or ask for fewer records or fields, at a time%s"
              .formatted(pool.requestBytesMax, settled ? ". What it changed has been kept" : ""));
    }
    if (!pool.take(bytes)) {
      throw new Problem(
          ErrorCode.OVERLOADED, "Too much is asked for at a time. Try again in a moment");
    }
    taken += bytes;
  }

  /// The request has changed something: to be told that others hold too much would make it try again.
  public void settle() {
    settled = true;
  }

  /// Gives back what it took beyond need: it may take as much again. The pool has it back when the request is over.
  public void giveBack(long bytes) {
    held -= bytes;
  }

  @Override
  public void close() {
    pool.remove(taken);
    taken = 0;
    held = 0;
  }
}
