package dev.varve.write;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Json;
import dev.varve.log.EventLog;
import dev.varve.schema.ParseResult;
import dev.varve.schema.Schema;
import dev.varve.schema.SchemaParser;
import dev.varve.sql.Database;
import dev.varve.sql.DatabaseSettings;
import dev.varve.sql.Migrations;
import dev.varve.state.AppliedSchema;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SequencerTest {
  @TempDir Path folder;

  @Test
  void tablesAreMadeInAnEmptyDatabase() {
    ParseResult parsed =
        SchemaParser.parse(
            "schema.graphql",
            """
            type User @model @auth(rules: [{allow: public}]) { id: ID! name: String! email: Email! @unique }
            type Order @model @index(fields: ["status", "total"]) @auth(rules: [{allow: public}]) {
              id: ID! user: User! status: String! total: Decimal! @scale(n: 2)
            }
            """);
    assertThat(parsed).isInstanceOf(ParseResult.Parsed.class);
    Schema schema = ((ParseResult.Parsed) parsed).schema();
    try (Database database = Database.open(folder.resolve("varve.db"), DatabaseSettings.DEFAULT)) {
      Migrations.run(database);
      AppliedSchema.apply(database, schema, Clock.systemUTC());
      assertThat(new EventLog(database).head().position()).isZero();
      System.out.println(
          (Object)
              database.<java.util.List<String>>read(s ->
                  s.list(
                      "select sql from sqlite_master", java.util.List.of(), r -> r.getString(1))));
    }
    assertThat(Json.DEPTH_MAX).isEqualTo(64);
  }
}
