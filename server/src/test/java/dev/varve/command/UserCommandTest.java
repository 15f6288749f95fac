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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserCommandTest {
  private static final String SCHEMA =
      """
      type User @model @account {
        id: ID!
        name: String!
        age: Int
      }
      """;

  @TempDir Path app;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void write() throws IOException {
    Files.writeString(app.resolve("schema.graphql"), SCHEMA);
    Files.writeString(
        app.resolve("varve.yaml"),
        "auth:\n  password:\n    memoryKibibytes: 7168\n    iterations: 1\n");
  }

  private int run(String... words) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    List<String> all = new ArrayList<>(List.of("user", words[0], app.toString()));
    all.addAll(List.of(words).subList(1, words.length));
    String[] arguments = all.toArray(String[]::new);
    return Main.commandLine(arguments)
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  @Test
  void withoutAConsoleThePasswordComesFromTheEnvironment() {
    assertThat(run("create", "--email", "ada@example.com", "--set", "name=Ada")).isEqualTo(1);
    assertThat(err.toString()).contains("set the environment variable VARVE_PASSWORD");
  }

  @Test
  void anAccountThatIsNotThereIsNamed() {
    assertThat(run("disable", "--email", "ada@example.com")).isEqualTo(1);
    assertThat(err.toString()).contains("No account has the e-mail address ada@example.com");
  }

  @Test
  void dataThatAServerHoldsAreLeftAlone() {
    try (DataFolder held = DataFolder.hold(app.resolve(".varve"))) {
      assertThat(held.folder()).exists();
      assertThat(run("list")).isEqualTo(1);
      assertThat(err.toString()).contains("in use by another Varve process", "stop that one first");
    }
  }
}
