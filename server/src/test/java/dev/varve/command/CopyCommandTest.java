package dev.varve.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.node.OnSqlite;
import dev.varve.node.OpenEngine;
import dev.varve.store.sql.DataFolder;
import dev.varve.store.sql.DatabaseSettings;
import dev.varve.store.sql.postgresql.LocalPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@OnSqlite
class CopyCommandTest {
  @TempDir Path folder;
  private Path app;

  @BeforeEach
  void describe() throws IOException {
    app = Files.createDirectories(folder.resolve("app"));
    Files.writeString(
        app.resolve("schema.graphql"),
        "type Artist @model @auth(rules: [{allow: public}]) { id: ID! name: String! }");
    Files.writeString(folder.resolve("artists.csv"), "id,name\n1,AC/DC\n2,Accept\n");
  }

  private OpenEngine.Ran run(String command, String... arguments) {
    List<String> all = new ArrayList<>(List.of(command, app.toString()));
    all.addAll(List.of(arguments));
    OpenEngine.Ran ran = OpenEngine.run(all.toArray(String[]::new));
    return new OpenEngine.Ran(ran.exitCode(), shown(ran.out()), shown(ran.err()));
  }

  private String shown(String text) {
    return text.replace(folder + "/", "")
        .replaceAll("127.0.0.1:\\d+/test_\\d+", "db/shop")
        .replaceAll("\\d{4}-\\d\\d-\\d\\d\\S*Z", "TIME")
        .replaceAll("hash [0-9a-f]{64}", "hash HASH")
        .replaceAll("\\d+\\.\\d s", "N s");
  }

  private void write() {
    assertThat(run("import", "Artist=" + folder.resolve("artists.csv")).exitCode()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--from sqlite | Say with --to where the data go to, such as jdbc:postgresql://host/name",
        "--to sqlite | Missing required option: '--from=DATABASE'",
        "--from sqlite --to sqlite | --from and --to are both a file: copy the data folder, while no server runs",
        "--from jdbc:postgresql://a/b --to jdbc:postgresql://c/d | --from and --to are both PostgreSQL: copy with its own pg_dump and pg_restore",
        "--from sqlite --to mysql://db/shop | --to is no address of PostgreSQL. Give one such as jdbc:postgresql://localhost/shop, or nothing for SQLite",
        "--from sqlite --to jdbc:postgresql://ada:secret@db/shop | --to has a user or a password in it. Set database.user, and the environment variable VARVE_DATABASE_PASSWORD"
      })
  void aCommandThatCannotBeMeantIsRefused(String arguments, String message) {
    OpenEngine.Ran ran = run("copy", arguments.split(" "));

    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.err()).startsWith(message + "\n").doesNotContain("ada:secret");
    assertThat(app.resolve(".varve")).doesNotExist();
  }

  @Test
  void withoutDataThereIsNothingToCopy() {
    assertThat(run("copy", "--from", "sqlite", "--to", "jdbc:postgresql://localhost:1/shop"))
        .isEqualTo(
            new OpenEngine.Ran(
                1,
                "",
                "There are no data in app/.varve. Name the folder that has them with --data\n"));
    assertThat(app.resolve(".varve")).doesNotExist();
  }

  @Test
  void aSourceThatIsServedIsNotCopied() {
    write();
    try (DataFolder _ = DataFolder.hold(app.resolve(".varve"))) {
      assertThat(
              run("copy", "--from", "sqlite", "--to", "jdbc:postgresql://localhost:1/shop").err())
          .startsWith("The data in app/.varve is in use by another Varve process");
    }
  }

  private static DatabaseSettings emptyDatabase() {
    LocalPostgres server = LocalPostgres.require();
    return server.settings(server.newEmptyDatabase("ENCODING 'UTF8' TEMPLATE template0"));
  }

  @Test
  void dataGoThereAndBack() {
    write();
    DatabaseSettings there = emptyDatabase();
    String[] forth = {"--from", "sqlite", "--to", there.url(), "--user", "postgres"};

    assertThat(run("copy", forth))
        .isEqualTo(
            new OpenEngine.Ran(
                0,
                """
                Copied: 1 unit, chained without a gap to position 1 at TIME with hash HASH,
                and 1 row beside the log, in N s. All tables agree with the log.
                The data in app/.varve are marked as moved: nothing is written there any more. Serve the copy
                with this in varve.yaml:

                database:
                  url: jdbc:postgresql://db/shop
                  user: postgres
                """,
                ""));
    assertThat(run("import", "Artist=" + folder.resolve("artists.csv")).err())
        .isEqualTo(
            """
            These data were moved to jdbc:postgresql://db/shop at TIME, and nothing is written here any more.
            Serve those: let database.url in varve.yaml name them, nothing for a file. To write here after all,
            without what was written there since: varve copy APP --take-back
            """);
    assertThat(run("verify").out()).startsWith("Sound: 1 units");
    assertThat(run("copy", forth).err())
        .startsWith("The data in app/.varve were moved to jdbc:postgresql://db/shop before");

    String[] back = {"--from", there.url(), "--to", "sqlite", "--user", "postgres"};
    assertThat(run("copy", back).err())
        .startsWith(
            "The data in app/.varve were moved to jdbc:postgresql://db/shop. Put its varve.db");
    String other = folder.resolve("other").toString();
    List<String> elsewhere = new ArrayList<>(List.of(back));
    elsewhere.addAll(List.of("--data", other));
    assertThat(run("copy", elsewhere.toArray(String[]::new)).out())
        .startsWith("Copied: 1 unit,")
        .endsWith(
            """
            jdbc:postgresql://db/shop is marked as moved: nothing is written there any more. Serve the copy
            without database.url in varve.yaml, and with --data other
            """);
    assertThat(run("import", "Artist=" + folder.resolve("artists.csv"), "--data", other).exitCode())
        .isZero();
  }

  @Test
  void whatWasMovedIsTakenBack() {
    write();
    DatabaseSettings there = emptyDatabase();
    run("copy", "--from", "sqlite", "--to", there.url(), "--user", "postgres");

    assertThat(run("copy", "--from", "sqlite", "--take-back").out())
        .isEqualTo(
            """
            The data in app/.varve are written to again. What was written to jdbc:postgresql://db/shop since is not
            in them: serve one of the two alone.
            """);
    assertThat(run("import", "Artist=" + folder.resolve("artists.csv")).exitCode()).isZero();
    assertThat(run("copy", "--from", "sqlite", "--take-back").err())
        .isEqualTo("These data were not moved: there is nothing to take back\n");
  }
}
