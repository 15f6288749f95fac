package dev.varve.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.lane.access.Authorized;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Command;
import dev.varve.lane.access.Precondition;
import dev.varve.lane.write.UnitOfWork;
import dev.varve.lane.write.WrittenOutcome;
import dev.varve.node.OpenEngine;
import dev.varve.schema.Model;
import dev.varve.schema.record.InputReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `varve verify` finds every change to the log or the tables that Varve did not make.
@Order(1)
class DamageTest {
  private static final int UNITS = 200;

  private static final String SCHEMA =
      """
      type Product @model @auth(rules: [{allow: public}]) {
        name: String! @unique
        price: Decimal! @scale(digits: 2)
        home: Address
      }
      type Address { street: String! city: String }
      """;

  @TempDir static Path shared;
  @TempDir Path app;
  private Path database;

  @BeforeAll
  static void write() {
    try (OpenEngine engine = OpenEngine.at(shared, SCHEMA, Clock.systemUTC())) {
      Model product = engine.schema().require("Product");
      for (int i = 1; i <= UNITS; i++) {
        String id = "p" + (i / 2);
        Map<String, Object> fields =
            Map.of(
                "name", "product number " + i,
                "price", "%d.50".formatted(i),
                "home", Map.of("street", "Elm " + i));
        Command command =
            i % 10 == 3
                ? new Command.Delete(product, "p" + ((i - 1) / 2), Precondition.NONE)
                : i % 2 == 0
                    ? new Command.Create(
                        product,
                        id,
                        true,
                        InputReader.read(product, fields, InputReader.Mode.CREATE))
                    : i == 1
                        ? new Command.Create(
                            product,
                            "first",
                            true,
                            InputReader.read(product, fields, InputReader.Mode.CREATE))
                        : new Command.Merge(
                            product,
                            id,
                            InputReader.read(product, fields, InputReader.Mode.MERGE),
                            Precondition.NONE);
        Authorized<Command> authorized = engine.access().authorize(Caller.ANONYMOUS, command);
        UnitOfWork unit = new UnitOfWork(List.of(authorized), "request-" + i, Optional.empty());
        WrittenOutcome.of(engine.sequencer().submit(unit));
      }
    }
  }

  @BeforeEach
  void copy() throws IOException {
    Files.writeString(app.resolve("schema.graphql"), SCHEMA);
    Path data = Files.createDirectories(app.resolve(".varve"));
    database = data.resolve("varve.db");
    Files.copy(shared.resolve("varve.db"), database, StandardCopyOption.REPLACE_EXISTING);
  }

  private OpenEngine.Ran verify() {
    return OpenEngine.run("verify", app.toString());
  }

  /// @return what it said
  private String assertFound(String what) {
    OpenEngine.Ran ran = verify();
    assertThat(ran.exitCode()).as("%s: %s", what, ran.out()).isEqualTo(1);
    assertNoStackTrace(ran);
    return ran.out();
  }

  private static void assertNoStackTrace(OpenEngine.Ran ran) {
    assertThat(ran.out() + ran.err()).doesNotContain("Exception", "\tat ");
  }

  private void sql(String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        assertThat(statement.executeUpdate(sql)).as(sql).isPositive();
      }
    }
  }

  @Test
  void whatNobodyTouchedIsSound() {
    OpenEngine.Ran ran = verify();

    assertThat(ran.exitCode()).as(ran.out() + ran.err()).isZero();
    assertThat(ran.out()).startsWith("Sound: 200 units, chained without a gap to position 200 at ");
  }

  /// The place of a page in the file.
  private record Page(long offset, int bytes) {}

  private List<Page> pagesOf(String name) throws SQLException {
    List<Page> pages = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT pgoffset, pgsize FROM dbstat WHERE name = '%s'".formatted(name))) {
      while (rows.next()) {
        pages.add(new Page(rows.getLong(1), rows.getInt(2)));
      }
    }
    return pages;
  }

  /// Every row of the log, read one after the other and each by its position; empty when that fails.
  private Optional<List<String>> contentOfTheLog() {
    List<String> content = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement()) {
      rows(statement, "ORDER BY position", content);
      for (int position = 1; position <= UNITS; position++) {
        rows(statement, "WHERE position = " + position, content);
      }
      return Optional.of(content);
    } catch (SQLException e) {
      return Optional.empty();
    }
  }

  private static void rows(Statement statement, String which, List<String> content)
      throws SQLException {
    try (ResultSet rows =
        statement.executeQuery(
            "SELECT position, at, actor, request_id, schema_version, events, hash FROM varve_log "
                + which)) {
      while (rows.next()) {
        StringBuilder row = new StringBuilder();
        for (int column = 1; column <= 7; column++) {
          byte[] bytes = rows.getBytes(column);
          row.append(bytes == null ? "null" : Base64.getEncoder().encodeToString(bytes))
              .append(' ');
        }
        content.add(row.toString());
      }
    }
  }

  private void flip(long offset, int bits) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(database.toFile(), "rw")) {
      file.seek(offset);
      int there = file.read();
      file.seek(offset);
      file.write(there ^ bits);
    }
  }

  @Test
  @Timeout(36_000)
  void aFlippedByteAnywhereInTheLogIsFound() throws Exception {
    List<Page> pages = pagesOf("varve_log");
    Optional<List<String>> content = contentOfTheLog();
    assertThat(pages).hasSizeGreaterThan(5);
    assertThat(content.orElseThrow()).hasSize(2 * UNITS);
    Random random = new Random();
    int flips = 40 * Rounds.orElse(1);
    int harmful = 0;
    for (int i = 0; i < flips; i++) {
      Page page = pages.get(random.nextInt(pages.size()));
      // one flip in eight hits the head of a page, where its structure lies
      int within = random.nextInt(8) == 0 ? random.nextInt(64) : random.nextInt(page.bytes());
      int bits = 1 << random.nextInt(8);
      String what = "bits %d flipped at %d + %d".formatted(bits, page.offset(), within);
      flip(page.offset() + within, bits);
      // a byte that no row uses holds nothing of the log
      if (contentOfTheLog().equals(content)) {
        assertNoStackTrace(verify());
      } else {
        harmful++;
        assertThat(assertFound(what)).containsAnyOf("osition", "damaged", "cannot be read");
      }
      Files.copy(shared.resolve("varve.db"), database, StandardCopyOption.REPLACE_EXISTING);
    }
    assertThat(harmful).isGreaterThan(flips / 2);
    assertThat(verify().exitCode()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "events = replace(events, '17.50', '17.51')",
        "events = cast(events AS BLOB)",
        "events = events || ' '",
        "hash = zeroblob(32)",
        "hash = substr(hash, 1, 31) || CASE substr(hash, 32) WHEN x'00' THEN x'01' ELSE x'00' END",
        "hash = x''",
        "actor = 'anonymouS'",
        "actor = ''",
        "request_id = request_id || 'x'",
        "at = at + 1",
        "at = 'soon'",
        "schema_version = 2",
        "position = 1000",
        "position = -17"
      })
  void anAlteredUnitIsFoundByItsPosition(String change) throws SQLException {
    sql("UPDATE varve_log SET " + change + " WHERE position = 17");

    boolean same = change.contains("BLOB");
    if (same) {
      // the same bytes: nothing that anybody can read has changed
      assertNoStackTrace(verify());
    } else {
      assertThat(assertFound(change))
          .containsAnyOf("position 17 ", "Position 17 ", "position -17 ")
          .contains("1 finding: ");
    }
  }

  @Test
  void aUnitThatIsGoneIsFound() throws SQLException {
    sql("DELETE FROM varve_log WHERE position = 100");

    assertThat(assertFound("gone")).contains("Position 100 is missing; the next one found is 101");
  }

  @Test
  void theFirstUnitIsMissed() throws SQLException {
    sql("DELETE FROM varve_log WHERE position = 1");

    assertThat(assertFound("gone")).contains("Position 1 is missing; the next one found is 2");
  }

  @Test
  void anEndThatIsCutOffIsFound() throws SQLException {
    sql("DELETE FROM varve_log WHERE position > 190");

    assertThat(assertFound("cut"))
        .contains(
            "The log ends at position 190, written at ",
            ", but its end is recorded as position 200 at ");
  }

  @Test
  void anEndThatIsCutOffWithItsRecordIsFoundByTheTables() throws SQLException {
    sql(
        "DELETE FROM varve_log WHERE position > 190",
        "UPDATE varve_head SET (position, at, hash) ="
            + " (SELECT position, at, hash FROM varve_log WHERE position = 190)");

    assertThat(assertFound("cut")).contains("Table products");
  }

  @Test
  void unitsThatHaveChangedPlacesAreFound() throws SQLException {
    sql(
        "UPDATE varve_log SET position = 0 WHERE position = 10",
        "UPDATE varve_log SET position = 10 WHERE position = 11",
        "UPDATE varve_log SET position = 11 WHERE position = 0");

    assertThat(assertFound("swapped"))
        .contains("The unit at position 10 is not what was written: its hash does not match");
  }

  @Test
  void aUnitThatWasAddedIsFound() throws SQLException {
    sql(
        "INSERT INTO varve_log SELECT 201, at, actor, request_id, schema_version, events, hash"
            + " FROM varve_log WHERE position = 200");

    assertThat(assertFound("added")).contains("position 201");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          UPDATE varve_head SET position = 199          | its end is recorded as position 199
          UPDATE varve_head SET hash = zeroblob(32)     | its end is recorded as position 200
          UPDATE varve_head SET at = at + 1             | its end is recorded as position 200
          DELETE FROM varve_head                        | The row that names the end of the log is gone
          """)
  void anAlteredEndIsFound(String change, String finding) throws SQLException {
    sql(change);

    assertThat(assertFound(change)).contains(finding);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '`',
      textBlock =
          """
          UPDATE products SET price = price + 1 WHERE id = 'p50'          → Table products, id 'p50', version
          UPDATE products SET name = name || ' ' WHERE id = 'p50'         → Table products, id 'p50', version
          UPDATE products SET home = '{"street":"Elm 101"}' WHERE id = 'p60' → Table products, id 'p60', version
          UPDATE products SET home = '{"street":"x","a":1}' WHERE id = 'p60' → Table products, id 'p60', version
          UPDATE products SET home = 'no JSON' WHERE id = 'p60'           → Table products, id 'p60', version
          UPDATE products SET version = 7 WHERE id = 'p50'                → Table products: the rows differ from the log at the row with the id 'p50'
          DELETE FROM products WHERE id = 'p50'                           → Table products: the rows differ
          DELETE FROM products WHERE id = 'p99'                           → Table products: the rows differ
          INSERT INTO products SELECT 'q', 'q', price, home, createdAt, updatedAt, version FROM products WHERE id = 'p50' → Table products: the rows differ from the log at the row with the id 'q'
          UPDATE products_history SET price = price + 1 WHERE id = 'p50' AND version = 1 → Table products_history, id 'p50', version 1: price is
          UPDATE products_history SET position_to = position_to + 1 WHERE id = 'p50' AND version = 1 → Table products_history, id 'p50', version 1: position_to is
          UPDATE products_history SET position_from = position_from - 1 WHERE id = 'p50' AND version = 1 → Table products_history, id 'p50', version 1: position_from is
          DELETE FROM products_history WHERE id = 'p50' AND version = 1   → Table products_history: the rows differ from the log at the row with the id 'p50'
          """)
  void anAlteredTableIsFound(String change, String finding) throws SQLException {
    sql(change);

    assertThat(assertFound(change)).contains(finding).contains("varve rebuild");

    assertThat(OpenEngine.run("rebuild", app.toString()).exitCode()).isZero();
    assertThat(verify().exitCode()).isZero();
  }

  @Test
  void anIndexThatDoesNotFitItsTableIsFound() throws Exception {
    byte[] sought = "product number 181".getBytes(StandardCharsets.UTF_8);
    byte[] file = Files.readAllBytes(database);
    for (Page page : pagesOf("products__unique_name")) {
      for (int i = (int) page.offset(); i < page.offset() + page.bytes() - sought.length; i++) {
        if (Arrays.equals(file, i, i + sought.length, sought, 0, sought.length)) {
          flip(i, 1);
        }
      }
    }

    // the table is right, but a list by name would leave the record out
    assertThat(assertFound("index"))
        .contains("The database file is damaged: row ", "missing from index products__unique_name");
  }

  @Test
  void aDatabaseThatIsNoneIsNamed() throws IOException {
    Files.writeString(
        database, "not a database, but long enough to be taken for one. ".repeat(100));

    for (String command : List.of("verify", "rebuild", "serve")) {
      OpenEngine.Ran ran = OpenEngine.run(command, app.toString());
      assertThat(ran.exitCode()).isEqualTo(1);
      assertThat(ran.out() + ran.err()).contains("file is not a database");
      assertNoStackTrace(ran);
    }
  }

  @Test
  void tablesOfANewerVarveAreNotTouched() throws SQLException {
    sql("UPDATE varve_migrations SET checksum = checksum + 1 WHERE version = '1'");

    OpenEngine.Ran ran = OpenEngine.run("rebuild", app.toString());

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.err()).startsWith("Varve's own tables cannot be brought to this version: ");
    assertNoStackTrace(ran);
  }

  @Test
  void aDamagedLogIsNotRebuiltFrom() throws SQLException {
    sql("UPDATE varve_log SET events = replace(events, '17.50', '17.51') WHERE position = 17");

    OpenEngine.Ran ran = OpenEngine.run("rebuild", app.toString());

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.err())
        .contains("The unit at position 17 is not what was written: its hash does not match");
    assertNoStackTrace(ran);
  }

  @Test
  void aServerDoesNotStartOnALogWithoutAnEnd() throws SQLException {
    sql("DELETE FROM varve_head");

    OpenEngine.Ran ran = OpenEngine.run("serve", app.toString(), "--port", "0");

    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.err()).contains("The row that names the end of the log is gone");
    assertNoStackTrace(ran);
  }
}
