package dev.varve.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.Main;
import dev.varve.store.sql.DataFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TransferCommandsTest {
  @TempDir Path folder;
  private Path app;
  private Path artists;

  @BeforeEach
  void describe() throws IOException {
    app = Files.createDirectories(folder.resolve("app"));
    Files.writeString(
        app.resolve("schema.graphql"),
        """
        type Artist @model @auth(rules: [{allow: public}]) { id: ID! name: String! @length(min: 2) }
        type Album @model @auth(rules: [{allow: public}]) { id: ID! title: String! artist: Artist! }
        """);
    artists =
        Files.writeString(folder.resolve("artists.csv"), "ArtistId,Name\n1,AC/DC\n2,Accept\n");
  }

  /// What a command printed, with times replaced.
  private record Printed(int exitCode, String out, String err) {}

  private Printed run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add(1, app.toString());
    String[] words = all.toArray(String[]::new);
    CommandLine commandLine = Main.commandLine(words);
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    commandLine.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int exitCode = commandLine.execute(words);
    return new Printed(
        exitCode,
        out.toString()
            .replaceAll("\\d{4}-\\S*Z", "TIME")
            .replaceAll("\\d+\\.\\d s, [\\d,]+ rows", "N s, N rows"),
        err.toString());
  }

  @Test
  void importPrintsWhatBecameOfTheRows() throws IOException {
    Path albums =
        Files.writeString(
            folder.resolve("albums.ndjson"), "{\"id\":\"a\",\"title\":\"T\",\"artist\":\"1\"}");

    Printed first = run("import", "Album=" + albums, "Artist=" + artists);

    assertThat(first)
        .isEqualTo(
            new Printed(
                0,
                """
                model    rows read     created     updated   unchanged
                Artist           2           2           0           0
                Album            1           1           0           0
                all              3           3           0           0
                N s, N rows a second
                """,
                ""));
    assertThat(run("import", "Artist=" + artists).out())
        .isEqualTo(
            """
            model    rows read     created     updated   unchanged
            Artist           2           0           0           2
            N s, N rows a second
            """);
  }

  @Test
  void importRefusesWhatItCannotReadBeforeItBegins() throws IOException {
    Files.writeString(artists, "ArtistId,Nom,Born\n1,AC/DC,1973\n");

    assertThat(run("import", "Artist=" + artists))
        .isEqualTo(
            new Printed(
                1,
                "",
                """
                artists.csv: the column 'Nom' is no field of Artist. Say which field it is with --columns Nom=FIELD, or leave it out with --columns Nom=-
                artists.csv: the column 'Born' is no field of Artist. Say which field it is with --columns Born=FIELD, or leave it out with --columns Born=-
                """));
    assertThat(app.resolve(".varve")).doesNotExist();
    assertThat(run("import", "Artist=" + artists, "--columns", "Nom=name,Born=-").exitCode())
        .isZero();
  }

  @Test
  void importNamesABadLineAndSaysHowToGoOn() throws IOException {
    Files.writeString(artists, "id,name\n1,AC/DC\n2,Accept\n3,X\n");

    assertThat(run("import", "Artist=" + artists, "--unit", "2"))
        .isEqualTo(
            new Printed(
                1,
                """
                model    rows read     created     updated   unchanged
                Artist           2           2           0           0
                N s, N rows a second
                """,
                """
                artists.csv:4: name: must be at least 2 characters long (it has 1)
                Stopped there: nothing of that unit is kept, what the table counts is. Mend the file and
                run the same command again: nothing is imported twice.
                """));
  }

  @Test
  void aDryRunSaysWhatWouldHappenAndWritesNothing() throws IOException {
    Path albums = Files.writeString(folder.resolve("albums.csv"), "id;title;artist\na;T;1\n");

    Printed before = run("import", "Artist=" + artists, "Album=" + albums, "--dry-run");

    assertThat(before)
        .isEqualTo(
            new Printed(
                0,
                """
                model    rows read     created     updated   unchanged
                Artist           2           2           0           0
                Album            1           1           0           0
                all              3           3           0           0
                N s, N rows a second
                A dry run: nothing of this was written.
                """,
                ""));
    assertThat(app.resolve(".varve")).doesNotExist();
  }

  @Test
  void aDryRunComparesWithWhatAServerHas() throws IOException {
    run("import", "Artist=" + artists);
    String log = run("log").out();
    Files.writeString(artists, "id,name\n1,Bon Scott\n2,Accept\n3,X\n");

    try (DataFolder held = DataFolder.hold(app.resolve(".varve"))) {
      assertThat(run("import", "Artist=" + artists, "--unit", "2", "--dry-run"))
          .isEqualTo(
              new Printed(
                  1,
                  """
                  model    rows read     created     updated   unchanged
                  Artist           2           0           1           1
                  N s, N rows a second
                  A dry run: nothing of this was written.
                  """,
                  """
                  artists.csv:4: name: must be at least 2 characters long (it has 1)
                  It would stop there: nothing of that unit would be kept, what the table counts would be.
                  """));
      assertThat(run("log").out()).isEqualTo(log);
      try (Stream<Path> left = Files.list(held.folder())) {
        assertThat(left).noneMatch(Files::isDirectory);
      }
    }
  }

  @Test
  void importWaitsForNoServer() {
    try (DataFolder held = DataFolder.hold(app.resolve(".varve"))) {
      assertThat(run("import", "Artist=" + artists).err())
          .startsWith("The data in %s is in use by another Varve process".formatted(held.folder()));
    }
  }

  @Test
  void exportAndLogWorkWhileAServerHasTheData() throws IOException {
    run("import", "Artist=" + artists);
    try (DataFolder held = DataFolder.hold(app.resolve(".varve"))) {
      Path to = folder.resolve("out");
      assertThat(run("export", "--to", to.toString(), "--format", "csv"))
          .isEqualTo(
              new Printed(
                  0,
                  """
                  %1$s/Artist.csv: 2 records
                  %1$s/Album.csv: 0 records
                  %1$s/User.csv: 0 records
                  %1$s/SecurityEvent.csv: 0 records
                  As of position 1 of the log.
                  """
                      .formatted(to),
                  ""));
      assertThat(Files.readString(to.resolve("Artist.csv")))
          .startsWith("id,name,createdAt,updatedAt,version\n1,AC/DC,");
      assertThat(run("log", "--last", "1"))
          .isEqualTo(
              new Printed(
                  0,
                  "     1  TIME  operator:import  Artist 2  CREATE v1  name = \"Accept\"\n",
                  ""));
      assertThat(held.folder()).isEqualTo(app.resolve(".varve"));
    }
  }

  @Test
  void exportReadsThePast() throws IOException {
    run("import", "Artist=" + artists);
    Files.writeString(artists, "id,name\n1,AC-DC\n");
    run("import", "Artist=" + artists);
    Path to = folder.resolve("out");

    run("export", "Artist", "--to", to.toString(), "--as-of", "position:1");
    assertThat(Files.readString(to.resolve("Artist.ndjson"))).contains("\"AC/DC\"");

    run("export", "Artist", "--to", to.toString());
    assertThat(Files.readString(to.resolve("Artist.ndjson"))).contains("\"AC-DC\"");

    assertThat(run("export", "--to", to.toString(), "--as-of", "position:3").err())
        .isEqualTo("The moment is in the future: the log ends at position 2, before 3\n");
    assertThat(run("export", "--as-of", "monday").err())
        .startsWith(
            "--as-of is an instant such as 2026-03-01T00:00:00Z, or position:42, not 'monday'");
    assertThat(run("export", "Artits").err())
        .isEqualTo("The stored data have no model 'Artits'. Did you mean 'Artist'?\n");
  }

  @Test
  void exportAndLogNeedData() {
    String message =
        "There are no data in %s. Serve or import first, or name the folder with --data\n"
            .formatted(app.resolve(".varve"));

    assertThat(run("log")).isEqualTo(new Printed(1, "", message));
    assertThat(run("export")).isEqualTo(new Printed(1, "", message));
  }

  @Test
  void optionsOutOfBoundsAreRefused() {
    assertThat(run("import", "Artist=" + artists, "--unit", "0").err())
        .startsWith("--unit is from 1 to 10,000");
    assertThat(run("export", "--format", "xml").err())
        .startsWith("--format is ndjson or csv, not 'xml'");
    assertThat(run("log", "--last", "-1").err()).startsWith("--last is from 0 to 1,000,000");
  }
}
