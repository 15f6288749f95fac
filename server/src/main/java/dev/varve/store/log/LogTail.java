package dev.varve.store.log;

import dev.varve.store.sql.Database;
import dev.varve.store.sql.Session;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// Reads the newest changes of the log, each found right by its hash.
public final class LogTail {
  // units are read and held in memory together, and one may have thousands of changes
  private static final int STRETCH_UNITS = 64;

  private final Database database;
  private final EventLog log;

  /// @param database may be open for reading alone
  public LogTail(Database database) {
    this.database = database;
    this.log = new EventLog(database);
  }

  /// Which changes are wanted.
  ///
  /// @param model by the name it had when it was written
  public record Filter(Optional<String> model, Optional<String> id) {
    public static final Filter ALL = new Filter(Optional.empty(), Optional.empty());

    boolean wants(Event event) {
      return model.map(event.model()::equals).orElse(true)
          && id.map(event.id()::equals).orElse(true);
    }
  }

  /// Changes, oldest first.
  ///
  /// @param position that they were read up to
  public record Lines(List<LogLine> lines, long position) {
    public Lines {
      lines = List.copyOf(lines);
    }
  }

  /// The last `count` changes that are wanted.
  ///
  /// @throws dev.varve.store.log.DamagedLogException when a unit is not what was written
  public Lines last(int count, Filter filter) {
    return database.snapshot(session -> last(session, count, filter));
  }

  private Lines last(Session session, int count, Filter filter) throws SQLException {
    long head = EventLog.head(session).position();
    Deque<LogLine> lines = new ArrayDeque<>();
    for (long end = head; end > 0 && lines.size() < count; end -= STRETCH_UNITS) {
      long start = Math.max(0, end - STRETCH_UNITS);
      List<LogLine> stretch = read(session, start, (int) (end - start), filter);
      for (LogLine line : stretch.reversed()) {
        if (lines.size() < count) {
          lines.addFirst(line);
        }
      }
    }
    return new Lines(List.copyOf(lines), head);
  }

  /// The next wanted changes after a position; call it again until it comes no further.
  public Lines after(long position, Filter filter) {
    return database.snapshot(session -> {
      long head = EventLog.head(session).position();
      int units = (int) Math.min(STRETCH_UNITS, head - position);
      return new Lines(read(session, position, units, filter), position + units);
    });
  }

  private List<LogLine> read(Session session, long after, int units, Filter filter)
      throws SQLException {
    List<LogLine> lines = new ArrayList<>();
    for (Unit unit : log.read(session, log.cursor(session, after), units).units()) {
      for (Event event : unit.events()) {
        if (filter.wants(event)) {
          lines.add(new LogLine(unit.position(), unit.at(), unit.actor(), event));
        }
      }
    }
    return lines;
  }
}
