package dev.varve.store.follow;

import dev.varve.store.sql.Session;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Changes of what no log keeps, such as the end of a session, announced to the nodes that have it in memory. A notice is
/// committed with the change that it tells of; numbers have the order of the commits.
///
/// | column | |
/// |---|---|
/// | `seq` | 1, 2, 3 ..., given under the writer's lock |
/// | `topic` | which [Listener] hears it |
/// | `subject` | what was changed, such as the id of a session |
public final class Notices {
  // whoever has missed so many forgets everything
  private static final int KEPT = 10_000;
  // read at once
  private static final int STRETCH = 1_000;

  private static final Logger LOG = LoggerFactory.getLogger(Notices.class);

  private final Map<String, Listener> listeners = new ConcurrentHashMap<>();
  // of the thread that looks
  private long heard;

  /// Somebody who keeps in memory what other nodes may change.
  public interface Listener {
    /// @param subject as it was announced
    void changed(String subject);

    /// Something may have been changed that nobody has told.
    void missed();
  }

  private record Notice(long seq, String topic, String subject) {}

  /// From now on a listener hears of a topic, in place of the one before.
  public void listen(String topic, Listener listener) {
    listeners.put(topic, listener);
    // what was announced before may have been read before
    listener.missed();
  }

  /// Announces a change within the transaction of the writer that makes it. Where nobody else writes there is nobody to tell.
  public static void announce(Session session, String topic, String subject) throws SQLException {
    if (!session.dialect().isShared()) {
      return;
    }
    session.update(
        "INSERT INTO varve_notice (seq, topic, subject)"
            + " SELECT COALESCE(MAX(seq), 0) + 1, ?, ? FROM varve_notice",
        List.of(topic, subject));
  }

  /// Removes what everybody has heard by now, and never the last one, which tells the number of the next.
  public static void prune(Session session) throws SQLException {
    session.update(
        "DELETE FROM varve_notice WHERE seq <= (SELECT MAX(seq) FROM varve_notice) - ?",
        List.of(KEPT));
  }

  /// What was announced up to a number has changed nothing that is in memory.
  void startAt(long last) {
    heard = last;
  }

  /// What was announced so far is not heard any more: somebody may have missed some of it, or it is gone with its server.
  void startOver(long last) {
    heard = last;
    listeners.values().forEach(Listener::missed);
  }

  /// Tells what was announced up to a number.
  void hear(Session session, long upTo) throws SQLException {
    if (upTo < heard) {
      startOver(upTo);
      return;
    }
    while (heard < upTo) {
      List<Notice> notices =
          session.list(
              "SELECT seq, topic, subject FROM varve_notice WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?",
              List.of(heard, upTo, STRETCH),
              row -> new Notice(row.getLong(1), row.getString(2), row.getString(3)));
      if (notices.isEmpty() || notices.getFirst().seq() != heard + 1) {
        LOG.info("Notices up to {} are gone: what is in memory is read anew", upTo);
        startOver(upTo);
        return;
      }
      notices.forEach(this::tell);
      heard = notices.getLast().seq();
    }
  }

  private void tell(Notice notice) {
    Listener listener = listeners.get(notice.topic());
    if (listener != null) {
      listener.changed(notice.subject());
    }
  }
}
