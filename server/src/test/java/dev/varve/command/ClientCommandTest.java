package dev.varve.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.Main;
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

class ClientCommandTest {
  private static final String SCHEMA =
      """
      type User @model @account {
        id: ID!
      }

      type Note @model @auth(rules: [{allow: scope, scopes: ["notes:read"]}]) {
        id: ID!
      }
      """;

  private static final String SETTINGS =
      """
      oauth:
        clients:
          office:
            title: Office
            redirectUris: [https://office.example/back]
            secret: OFFICE_SECRET
      """;

  @TempDir Path app;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void write() throws IOException {
    Files.writeString(app.resolve("schema.graphql"), SCHEMA);
    Files.writeString(app.resolve("varve.yaml"), SETTINGS);
  }

  private int run(String... words) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    List<String> all = new ArrayList<>(List.of("client", words[0], app.toString()));
    all.addAll(List.of(words).subList(1, words.length));
    String[] arguments = all.toArray(String[]::new);
    return Main.commandLine(arguments)
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  private String secret() {
    return out.toString().replaceAll("(?s).*client_secret: (\\S+).*", "$1");
  }

  @Test
  void aClientLivesItsLife() {
    assertThat(
            run(
                "create",
                "--id",
                "importer",
                "--title",
                "Importer",
                "--grant",
                "client_credentials",
                "--scope",
                "notes:read",
                "--confidential"))
        .as(err.toString())
        .isZero();
    assertThat(out.toString()).contains("client_id: importer");
    String first = secret();
    assertThat(first).hasSize(43);
    assertThat(run("list")).isZero();
    assertThat(out.toString())
        .contains("importer  Importer  confidential  notes:read")
        .contains("office  Office  confidential  openid  varve.yaml")
        .doesNotContain(first);
    assertThat(run("rotate", "--id", "importer", "--overlap", "12h")).isZero();
    assertThat(secret()).hasSize(43).isNotEqualTo(first);
    assertThat(run("disable", "--id", "importer")).isZero();
    assertThat(run("list")).isZero();
    assertThat(out.toString()).contains("notes:read  disabled");
    assertThat(run("enable", "--id", "importer")).isZero();
    assertThat(run("delete", "--id", "importer")).isZero();
    assertThat(run("list")).isZero();
    assertThat(out.toString()).doesNotContain("importer");
  }

  @Test
  void whatIsWrongIsNamed() {
    assertThat(run("create", "--title", "A", "--redirect-uri", "http://a.example/")).isEqualTo(1);
    assertThat(err.toString()).contains("redirectUris[0]", "take https");
    assertThat(
            run("create", "--title", "A", "--redirect-uri", "https://a.example/", "--scope", "x"))
        .isEqualTo(1);
    assertThat(err.toString()).contains("scopes[0] is 'x', which no rule of the schema names");
    assertThat(run("disable", "--id", "nobody")).isEqualTo(1);
    assertThat(err.toString()).contains("There is no client 'nobody'");
    assertThat(run("delete", "--id", "office")).isEqualTo(1);
    assertThat(err.toString()).contains("varve.yaml");
    assertThat(run("rotate", "--id", "nobody", "--overlap", "100d")).isEqualTo(2);
    assertThat(err.toString()).contains("--overlap is '100d'");
  }

  @Test
  void aClientHasKeysInPlaceOfASecret() throws IOException {
    Path keys = app.resolve("keys.json");
    Files.writeString(
        keys,
        """
        {"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "1", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}
        """);
    String[] create = {
      "create", "--title", "Machine", "--grant", "client_credentials", "--jwks", keys.toString()
    };
    assertThat(run(create)).as(err.toString()).isZero();
    assertThat(out.toString()).contains("client_id").doesNotContain("client_secret");
    assertThat(run("list")).isZero();
    assertThat(out.toString()).contains("Machine  confidential");
    Files.writeString(keys, "nonsense");
    assertThat(run(create)).isNotZero();
    assertThat(err.toString()).contains("jwks", "is no set of keys");
    create[create.length - 1] = app.resolve("none.json").toString();
    assertThat(run(create)).isNotZero();
    assertThat(err.toString()).contains("--jwks", "no file of text");
    assertThat(
            run(
                "create",
                "--title",
                "Machine",
                "--grant",
                "client_credentials",
                "--jwks-uri",
                "http://127.0.0.1:1/jwks"))
        .isNotZero();
    assertThat(err.toString()).contains("oauth.clientOrigins");
  }
}
