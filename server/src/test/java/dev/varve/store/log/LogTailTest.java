package dev.varve.store.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.node.OnSqlite;
import dev.varve.node.TestStorage;
import dev.varve.store.log.LogTail.Filter;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.DatabaseOptions;
import dev.varve.store.sql.sqlite.SqliteDatabase;
import dev.varve.transfer.ImportResult;
import dev.varve.transfer.Lanes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogTailTest {
  @TempDir Path folder;
  private Lanes lanes;

  @BeforeEach
  void open() {
    lanes =
        Lanes.open(
            folder.resolve("data"),
            "type Note @model { id: ID! text: String tags: [String!] } type Mark @model { id: ID! n: Int }");
  }

  @AfterEach
  void close() {
    lanes.close();
  }

  private void load(String model, String csv) throws IOException {
    Path file = Files.writeString(folder.resolve(model + ".csv"), csv);
    assertThat(lanes.load(1, List.of(model + "=" + file)))
        .isInstanceOf(ImportResult.Finished.class);
  }

  /// Another process looks while this one writes.
  private <T> T read(java.util.function.Function<LogTail, T> look) {
    try (Database database = TestStorage.of(folder.resolve("data")).openToRead()) {
      return look.apply(new LogTail(database));
    }
  }

  private static List<String> texts(LogTail.Lines lines) {
    return lines.lines().stream()
        .map(line -> line.text().replaceAll("\\d{4}-\\S*Z", "TIME"))
        .toList();
  }

  @Test
  void theLastChangesAreShownOldestFirst() throws IOException {
    load("Note", "id,text,tags\na,one,\"[\"\"x\"\"]\"\nb,two,\n");
    load("Note", "id,text\na,\nb,\u0007\u009b" + "long ".repeat(20) + "\n");
    load("Mark", "id,n\nm,1\n");

    LogTail.Lines lines = read(tail -> tail.last(4, Filter.ALL));

    assertThat(texts(lines))
        .containsExactly(
            "     2  TIME  operator:import  Note b  CREATE v1  text = \"two\"",
            "     3  TIME  operator:import  Note a  UPDATE v2  text = null",
            "     4  TIME  operator:import  Note b  UPDATE v2  text = \"\\u0007\\u009blong long long long long long long long long long l…",
            "     5  TIME  operator:import  Mark m  CREATE v1  n = 1");
    assertThat(lines.position()).isEqualTo(5);
  }

  @Test
  void changesAreChosenByModelAndId() throws IOException {
    StringBuilder marks = new StringBuilder("id,n\n");
    for (int i = 0; i < 150; i++) {
      marks.append("m").append(i % 3).append(',').append(i).append('\n');
    }
    load("Note", "id,text\na,one\n");
    load("Mark", marks.toString());

    assertThat(texts(read(tail -> tail.last(5, new Filter(Optional.of("Note"), Optional.empty())))))
        .containsExactly("     1  TIME  operator:import  Note a  CREATE v1  text = \"one\"");
    assertThat(
            texts(read(tail -> tail.last(2, new Filter(Optional.of("Mark"), Optional.of("m1"))))))
        .containsExactly(
            "   147  TIME  operator:import  Mark m1  UPDATE v49  n = 145",
            "   150  TIME  operator:import  Mark m1  UPDATE v50  n = 148");
    assertThat(read(tail -> tail.last(0, Filter.ALL)).lines()).isEmpty();
  }

  @Test
  void whatComesLaterIsFollowed() throws IOException {
    load("Note", "id,text\na,one\n");
    try (Database database = TestStorage.of(folder.resolve("data")).openToRead()) {
      LogTail tail = new LogTail(database);
      long position = tail.last(10, Filter.ALL).position();
      assertThat(tail.after(position, Filter.ALL).lines()).isEmpty();

      load("Note", "id,text\na,two\n");

      LogTail.Lines next = tail.after(position, Filter.ALL);
      assertThat(texts(next))
          .containsExactly("     2  TIME  operator:import  Note a  UPDATE v2  text = \"two\"");
      assertThat(next.position()).isEqualTo(2);
    }
  }

  @Test
  @OnSqlite
  void theLogOfAProcessThatWasKilledCanBeRead() throws IOException {
    load("Note", "id,text\na,one\n");
    Path left = Files.createDirectories(folder.resolve("left"));
    // what a killed process leaves: pages in the write-ahead log that are not in the database file
    // yet
    Files.copy(folder.resolve("data/varve.db"), left.resolve("varve.db"));
    Files.copy(folder.resolve("data/varve.db-wal"), left.resolve("varve.db-wal"));

    try (Database database =
        SqliteDatabase.openToRead(left.resolve("varve.db"), DatabaseOptions.DEFAULT)) {
      assertThat(new LogTail(database).last(1, Filter.ALL).lines()).hasSize(1);
    }
  }
}
