package dev.varve.face.graphql;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;

/// The operations of one WebSocket: how many there may be at a time, and whose turn it is.
final class SocketOperations {
  // each has a thread; more than a page of an application ever needs
  static final int OPERATIONS_MAX = 100;
  // of these, are prepared or results out: what a client sends in one go is not done before what
  // others ask for
  static final int BEGINNING_MAX = 8;

  private final Map<String, SocketOperation> open = new ConcurrentHashMap<>();
  // an operation takes part until its thread has ended, though its client may have completed it
  // long before
  private final Semaphore threads = new Semaphore(OPERATIONS_MAX);
  // held until a query has been answered, and a subscription has been opened
  private final Semaphore beginnings = new Semaphore(BEGINNING_MAX);
  // held by the operation whose result is being made and sent
  private final ReentrantLock turn = new ReentrantLock(true);
  private volatile boolean closed;

  boolean has(String id) {
    return open.containsKey(id);
  }

  boolean isFull() {
    return open.size() >= OPERATIONS_MAX;
  }

  /// Starts an operation on a thread of its own. Nothing more is read while the threads of operations that have been
  /// completed are still ending: a client cannot have more under way than it may, by no longer wanting it.
  void begin(SocketOperation operation) throws InterruptedException {
    threads.acquire();
    beginnings.acquire();
    open.put(operation.id(), operation);
    Thread.ofVirtual().name("graphql-operation").start(operation);
    if (operation.isLarge()) {
      // one at a time: while it is held in memory, the client does not get to send the next
      operation.awaitStart();
    }
  }

  /// The client wants no more of it. One that is unknown has completed at the same time.
  void complete(String id) {
    SocketOperation operation = open.remove(id);
    if (operation != null) {
      operation.stop();
    }
  }

  /// Whether the client still wants to hear of it.
  boolean isOpen(SocketOperation operation) {
    return open.get(operation.id()) == operation;
  }

  /// @return whether the client still wanted to hear of it
  boolean remove(SocketOperation operation) {
    return open.remove(operation.id(), operation);
  }

  void hasBegun() {
    beginnings.release();
  }

  void hasEnded() {
    threads.release();
  }

  /// Makes and sends a result, when all that were before it have been taken.
  void inTurn(Runnable result) {
    turn.lock();
    try {
      if (!closed) {
        result.run();
      }
    } finally {
      turn.unlock();
    }
  }

  boolean isClosed() {
    return closed;
  }

  /// The connection is gone.
  void close() {
    closed = true;
    open.values().forEach(SocketOperation::stop);
  }
}
