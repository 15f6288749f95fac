package dev.varve.store.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.kernel.Problem;
import dev.varve.store.sql.Database;
import dev.varve.store.sql.DatabaseOptions;
import dev.varve.store.sql.Migrations;
import dev.varve.store.sql.Session;
import dev.varve.store.sql.sqlite.EmptyDatabase;
import dev.varve.store.sql.sqlite.SqliteDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which positions mean what they did, in a log that has lost its end.
class LogEpochsTest {
  @TempDir private Path folder;
  private Database database;
  private final LogEpochs epochs = new LogEpochs();

  @BeforeEach
  void open() {
    EmptyDatabase.into(folder);
    database = SqliteDatabase.open(folder.resolve("varve.db"), DatabaseOptions.DEFAULT);
    Migrations.run(database);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private void write(String... statements) throws SQLException {
    Session session = database.writer();
    for (String sql : statements) {
      session.execute(sql);
    }
    epochs.read(session);
  }

  /// 91 to 100 were lost first, and then 96 to 120 of what was written since.
  private void loseTwice() throws SQLException {
    write(
        "INSERT INTO varve_epoch (epoch, kept, lost, at) VALUES (2, 90, 100, 1)",
        "INSERT INTO varve_epoch (epoch, kept, lost, at) VALUES (3, 95, 120, 2)");
  }

  @ParameterizedTest
  @CsvSource({"4711, 1, 4711", "2:4711, 2, 4711", "1:7, 1, 7", "0, 1, 0"})
  void aTextNamesAPlace(String text, long epoch, long position) {
    assertThat(LogPlace.of(text)).isEqualTo(Optional.of(new LogPlace(epoch, position)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ":", "2:", ":5", "0:5", "-1", "1.5", "2:3:4", "1234567890123456789"})
  void whatNamesNoPlaceIsNone(String text) {
    assertThat(LogPlace.of(text)).isEmpty();
  }

  @Test
  void aLogThatLostNothingTakesAndTellsNumbers() throws SQLException {
    write();
    assertThat(epochs.text(95)).isEqualTo("95");
    epochs.require(new LogPlace(1, 95));
    assertThatThrownBy(() -> epochs.require(new LogPlace(2, 95))).isInstanceOf(Problem.class);
  }

  @ParameterizedTest
  @CsvSource({
    "90, true",
    "91, false",
    "100, false",
    // in the second epoch, and lost with it
    "120, false",
    // nobody was ever given that but in the third
    "121, true",
    "2:90, true",
    "2:95, true",
    "2:96, false",
    "2:121, false",
    "3:96, true",
    "3:121, true",
    "4:1, false"
  })
  void aPositionThatWasLostIsRefused(String text, boolean taken) throws SQLException {
    loseTwice();
    LogPlace place = LogPlace.of(text).orElseThrow();
    if (taken) {
      epochs.require(place);
    } else {
      assertThatThrownBy(() -> epochs.require(place))
          .isInstanceOf(Problem.class)
          .hasMessageContaining("Position " + text + " is not in the log any more");
    }
    assertThat(epochs.text(96)).isEqualTo("3:96");
  }

  @Test
  void whoIsRefusedIsToldFromWhereToGoOn() throws SQLException {
    loseTwice();
    assertThatThrownBy(() -> epochs.require(new LogPlace(1, 99)))
        .hasMessageEndingWith("went on behind position 90: read without it, or go on from 3:90");
  }

  @Test
  void whileNobodyHasAcceptedItAllBehindWhatIsKeptIsRefused() throws SQLException {
    write(
        "INSERT INTO varve_lost (hash, epoch, position, at, kept, address, noticed_at) VALUES (x'01', 1, 100, 1, 90, 'a', 1)",
        "INSERT INTO varve_lost (hash, epoch, position, at, kept, address, noticed_at) VALUES (x'02', 1, 98, 1, 90, 'b', 1)");
    assertThat(epochs.gap()).contains(new LogEpochs.Gap(90, 100, 2));
    epochs.require(new LogPlace(1, 90));
    assertThatThrownBy(() -> epochs.require(new LogPlace(1, 91)))
        .hasMessageContaining("has nothing behind position 90");
    assertThat(epochs.halted().text()).contains("lost positions 91 to 100 of the log");
  }
}
