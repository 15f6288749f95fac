package dev.varve.face.gateway.cache;

import dev.varve.net.http.Request;
import org.jspecify.annotations.Nullable;

/// Watches for the end of a client for one after the other who wants to know of it; a request can be asked once.
final class ClientEnd {
  private final Request request;
  private @Nullable Runnable gone;
  private boolean watched;
  private boolean over;

  ClientEnd(Request request) {
    this.request = request;
  }

  void then(Runnable next) {
    boolean begin;
    boolean now;
    // held for a look; what is done is done outside
    synchronized (this) {
      gone = next;
      begin = !watched;
      watched = true;
      now = over;
    }
    if (now) {
      next.run();
    } else if (begin) {
      request.whenClientGoes(this::end);
    }
  }

  private void end() {
    Runnable last;
    synchronized (this) {
      over = true;
      last = gone;
    }
    if (last != null) {
      last.run();
    }
  }
}
