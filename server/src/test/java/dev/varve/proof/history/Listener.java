package dev.varve.proof.history;

import dev.varve.face.events.EventReader;
import dev.varve.face.events.EventReader.Event;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// Somebody who hears of every change: now at this node, now at that, each time behind what was heard last.
final class Listener implements Runnable, AutoCloseable {
  private static final int EVENTS_MAX = 400;
  private static final long POLL_MILLIS = 50;
  private static final long PAUSE_MILLIS = 20;

  private final String name;
  private final Fleet fleet;
  private final Random random;
  private final Thread thread;
  // guarded by this
  private final List<String> heard = new ArrayList<>();
  private final List<String> odd = new ArrayList<>();
  private volatile boolean done;
  private String lastId = "0";

  private Listener(int number, Fleet fleet) {
    this.name = "listener " + number;
    this.fleet = fleet;
    this.random = new Random(number);
    this.thread = Thread.ofVirtual().unstarted(this);
  }

  static Listener start(int number, Fleet fleet) {
    Listener listener = new Listener(number, fleet);
    listener.thread.start();
    return listener;
  }

  String name() {
    return name;
  }

  /// A line for each change since this was asked before.
  synchronized List<String> take() {
    List<String> taken = List.copyOf(heard);
    heard.clear();
    return taken;
  }

  /// Refusals that no fault excuses.
  synchronized List<String> odd() {
    return List.copyOf(odd);
  }

  /// Whether it was told so many changes since [#take], or none is to be waited for.
  synchronized boolean hasHeard(int changes) {
    return heard.size() >= changes || !odd.isEmpty();
  }

  @Override
  public void run() {
    while (!done) {
      Node node = fleet.node(random.nextInt(fleet.nodes().size()));
      try (EventReader reader =
          EventReader.open(node.port(), "/api/events?after=0", "Last-Event-ID", lastId)) {
        int status = reader.response().statusCode();
        if (status == 200) {
          listen(reader, 1 + random.nextInt(EVENTS_MAX));
        } else if (status != 503) {
          refused(node, status);
        }
      } catch (UncheckedIOException | IllegalStateException e) {
        // nobody is there, or nobody any more; or this is closed
      } catch (InterruptedException e) {
        return;
      }
      pause();
    }
  }

  private void listen(EventReader reader, int eventsMax) throws InterruptedException {
    for (int i = 0; i < eventsMax && !done; ) {
      Optional<Event> event = reader.poll(POLL_MILLIS);
      if (event.isPresent()) {
        if (event.get().equals(Event.CLOSED)) {
          return;
        }
        i += hear(event.get()) ? 1 : 0;
      }
    }
  }

  private boolean hear(Event event) {
    if (!event.name().equals("change") && !event.name().equals("gone")) {
      return false;
    }
    lastId = event.id();
    Object operation = event.data().getOrDefault("operation", event.name());
    synchronized (this) {
      heard.add(
          HistoryCheck.line(
              event.id(),
              operation,
              event.data().get("model"),
              event.data().get("id"),
              event.data().get("version")));
    }
    return true;
  }

  private synchronized void refused(Node node, int status) {
    odd.add("Node %d answers %s behind %s with %d".formatted(node.number(), name, lastId, status));
  }

  private void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      done = true;
    }
  }

  @Override
  public void close() {
    done = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
