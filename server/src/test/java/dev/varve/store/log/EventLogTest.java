package dev.varve.store.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.node.TestStorage;
import dev.varve.store.sql.Database;
import dev.varve.transfer.Lanes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventLogTest {
  private static final int UNITS = 5;

  @TempDir Path folder;

  private void write() throws IOException {
    StringBuilder rows = new StringBuilder("id,text\n");
    for (int i = 0; i < UNITS; i++) {
      rows.append("n%d,%s%n".formatted(i, "long ".repeat(200)));
    }
    try (Lanes lanes =
        Lanes.open(folder.resolve("data"), "type Note @model { id: ID! text: String }")) {
      lanes.load(1, List.of("Note=" + Files.writeString(folder.resolve("notes.csv"), rows)));
    }
  }

  /// Each unit has about 1,100 bytes, and one that alone has too many is read all the same.
  @ParameterizedTest
  @CsvSource({"2, 1000000, 2 2 1", "100, 3000, 3 2", "100, 1, 1 1 1 1 1", "100, 1000000, 5"})
  void aStretchHasNoMoreThanIsAskedFor(int units, long bytes, String lengths) throws IOException {
    write();
    try (Database database = TestStorage.of(folder.resolve("data")).openToRead()) {
      EventLog log = new EventLog(database);
      List<String> read = new ArrayList<>();
      EventLog.Cursor cursor = EventLog.Cursor.start();
      while (cursor.position() < UNITS) {
        EventLog.Cursor from = cursor;
        EventLog.Stretch<Unit> stretch =
            database.snapshot(session -> log.read(session, from, units, bytes));
        read.add(Integer.toString(stretch.units().size()));
        cursor = stretch.next();
      }
      assertThat(String.join(" ", read)).isEqualTo(lengths);
      assertThat(cursor.isAt(log.head())).isTrue();
    }
  }

  @Test
  void behindTheEndThereIsNothing() throws IOException {
    write();
    try (Database database = TestStorage.of(folder.resolve("data")).openToRead()) {
      EventLog log = new EventLog(database);
      Head head = log.head();
      EventLog.Cursor end = new EventLog.Cursor(head.position(), head.hash());
      EventLog.Stretch<Unit> stretch = database.snapshot(session -> log.read(session, end, 10));
      assertThat(stretch.units()).isEmpty();
      assertThat(stretch.next().isAt(head)).isTrue();
    }
  }

  @Test
  void footprintsAreThoseOfTheUnits() throws IOException {
    write();
    try (Database database = TestStorage.of(folder.resolve("data")).openToRead()) {
      EventLog log = new EventLog(database);
      EventLog.Cursor start = EventLog.Cursor.start();
      EventLog.Stretch<Unit> units = database.snapshot(session -> log.read(session, start, 10));
      EventLog.Stretch<Footprint> footprints =
          database.snapshot(session -> log.footprints(session, start, 10));
      assertThat(footprints.next().isAt(log.head())).isTrue();
      assertThat(footprints.units())
          .isEqualTo(
              units.units().stream()
                  .map(unit ->
                      new Footprint(
                          unit.position(),
                          unit.at(),
                          unit.schemaVersion(),
                          unit.events().stream()
                              .map(event -> new Event.Target(event.model(), event.id()))
                              .toList()))
                  .toList());
    }
  }

  /// Values may have members of the same names.
  @Test
  void targetsAreWhatEventsAreAbout() {
    String json =
        """
        [{"set": {"id": "no", "model": {"id": ["no", {"model": "no"}]}}, "id": "n1", "model": "Note", "op": "CREATE", "version": 1},
         {"model": "Note", "id": "ä \\ud83d\\ude00 \\"", "op": "DELETE", "version": 2, "was": {"text": null, "list": [[], {}]}}]
        """;
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    assertThat(Event.readTargets(bytes))
        .containsExactly(
            new Event.Target("Note", "n1"), new Event.Target("Note", "ä \ud83d\ude00 \""));
    assertThat(Event.readTargets(bytes))
        .isEqualTo(
            Event.read(bytes).stream()
                .map(event -> new Event.Target(event.model(), event.id()))
                .toList());
    assertThat(Event.readTargets("[]".getBytes(StandardCharsets.UTF_8))).isEmpty();
  }
}
