package dev.varve.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.node.OpenEngine;
import dev.varve.node.OpenEngine.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysCommandTest {
  private static final String SCHEMA =
      """
      type Note @model @auth(rules: [{allow: public}]) {
        text: String!
      }
      """;

  @TempDir Path app;

  @BeforeEach
  void writeSchema() throws IOException {
    Files.writeString(app.resolve("schema.graphql"), SCHEMA);
    Files.writeString(app.resolve("varve.yaml"), "auth: {jwt: {algorithm: ES256}}\n");
  }

  private Ran rotate(String... options) {
    List<String> words = new ArrayList<>(List.of("keys", "rotate", app.toString()));
    words.addAll(List.of(options));
    return OpenEngine.run(words.toArray(String[]::new));
  }

  private void serveOnce() {
    OpenEngine.at(app.resolve(".varve"), SCHEMA, Clock.systemUTC()).close();
  }

  /// The ids of the keys, oldest first.
  private List<String> keys() {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + app.resolve(".varve/varve.db"));
        Statement select = connection.createStatement();
        ResultSet rows =
            select.executeQuery("SELECT id FROM varve_signing_key ORDER BY signs_from")) {
      List<String> ids = new ArrayList<>();
      while (rows.next()) {
        ids.add(rows.getString(1));
      }
      return ids;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aNewKeySignsAndTheOldOneIsKept() {
    serveOnce();
    rotate();
    List<String> before = keys();
    Ran ran = rotate();
    assertThat(ran.exitCode()).isZero();
    assertThat(keys()).hasSize(before.size() + 1).startsWith(before.toArray(String[]::new));
    assertThat(ran.out()).isEqualTo("The key %s signs from now on.\n".formatted(keys().getLast()));
  }

  @Test
  void withTheSecretLostTheKeysAreDiscarded() throws IOException {
    serveOnce();
    rotate();
    List<String> before = keys();
    Files.delete(app.resolve(".varve/secret"));
    Ran refused = rotate();
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err())
        .startsWith("The signing keys in the database are sealed with a secret that is missing.")
        .contains("varve keys rotate APP --discard");
    assertThat(keys()).isEqualTo(before);
    Ran ran = rotate("--discard");
    assertThat(ran.exitCode()).isZero();
    assertThat(keys()).isNotEmpty().doesNotContainAnyElementsOf(before);
    assertThat(app.resolve(".varve/secret")).exists();
  }

  @Test
  void withoutDataThereIsNothingToRotate() {
    Ran ran = rotate();
    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.err()).startsWith("There are no data in ");
    assertThat(app.resolve(".varve")).doesNotExist();
  }

  @Test
  void aSharedSecretIsRotatedInTheEnvironment() throws IOException {
    Files.writeString(app.resolve("varve.yaml"), "auth: {jwt: {algorithm: HS256}}\n");
    Ran ran = rotate();
    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.err())
        .isEqualTo(
            "auth.jwt.algorithm is HS256, whose key is the environment variable VARVE_AUTH_JWT_SECRET: set another there\n");
  }
}
