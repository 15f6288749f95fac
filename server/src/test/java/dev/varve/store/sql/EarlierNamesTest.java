package dev.varve.store.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Command;
import dev.varve.lane.write.UnitOfWork;
import dev.varve.lane.write.WriteResult;
import dev.varve.node.OnSqlite;
import dev.varve.node.OpenEngine;
import dev.varve.node.TestStorage;
import dev.varve.schema.Model;
import dev.varve.schema.record.InputReader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A file that an earlier Varve made has columns with names that are longer than they are today.
@OnSqlite
class EarlierNamesTest {
  private static final String FIELD = "f".repeat(60);
  private static final String SCHEMA =
      "type Note @model @index(fields: [\"%s\"], ignoreCase: true) @auth(rules: [{allow: public}]) { %s: String }"
          .formatted(FIELD, FIELD);

  @TempDir Path folder;

  private static void create(OpenEngine engine, String id) {
    Model note = engine.schema().require("Note");
    Command create =
        new Command.Create(
            note, id, true, InputReader.read(note, Map.of(FIELD, "Text"), InputReader.Mode.CREATE));
    UnitOfWork unit =
        new UnitOfWork(
            List.of(engine.access().authorize(Caller.ANONYMOUS, create)),
            "request",
            Optional.empty());
    assertThat(engine.sequencer().submit(unit)).isInstanceOf(WriteResult.Written.class);
  }

  @Test
  void aColumnOfFoldedTextIsRenamed() throws SQLException {
    String now;
    try (OpenEngine engine = OpenEngine.at(folder, SCHEMA, Clock.systemUTC())) {
      create(engine, "n1");
      now = folded(engine);
    }
    String earlier = FIELD + "$case";
    assertThat(now).isNotEqualTo(earlier);
    try (Connection connection = TestStorage.connect(folder);
        Statement statement = connection.createStatement()) {
      for (String table : List.of("notes", "notes_history")) {
        statement.execute(
            "ALTER TABLE %s RENAME COLUMN \"%s\" TO \"%s\"".formatted(table, now, earlier));
      }
    }

    try (OpenEngine engine = OpenEngine.at(folder, SCHEMA, Clock.systemUTC())) {
      create(engine, "n2");
      assertThat(folded(engine)).isEqualTo(now);
      assertThat(engine.verify().findings()).isEmpty();
    }
  }

  private static String folded(OpenEngine engine) {
    return engine.database().read(session -> session.dialect().columns(session, "notes")).stream()
        .filter(ModelTable::isFoldedColumn)
        .findFirst()
        .orElseThrow();
  }
}
