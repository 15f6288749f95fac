package dev.varve.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.node.OpenEngine;
import dev.varve.node.OpenEngine.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// What `varve access` says.
@SuppressWarnings("NullAway.Init") // set before all tests
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AccessCommandTest {
  private static final String SCHEMA =
      """
      type User @model @account {
        email: Email! @unique
      }

      type Order @model
        @auth(rules: [
          {allow: owner, operations: [CREATE, READ]},
          {allow: where, when: "record.status == 'SHARED'", operations: [READ]},
          {allow: role, roles: ["staff", "admin"], operations: [READ, UPDATE]}]) {
        user: User!
        status: String
        note: String @auth(rules: [{allow: role, roles: ["staff"]}])
      }
      """;

  private Path app;

  @BeforeAll
  void makeApplication(@TempDir Path folder) throws IOException {
    app = folder;
    Files.writeString(app.resolve("schema.graphql"), SCHEMA);
    Path users = app.resolve("users.ndjson");
    Files.writeString(
        users,
        """
        {"email": "ada@example.com"}
        {"email": "sam@example.com", "roles": ["staff"]}
        {"email": "eve@example.com", "roles": ["staff", "admin"], "disabled": true}
        """);
    assertThat(OpenEngine.run("import", app.toString(), "User=" + users).exitCode()).isZero();
  }

  private Ran access(String... arguments) {
    String[] all = new String[arguments.length + 2];
    all[0] = "access";
    all[1] = app.toString();
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return OpenEngine.run(all);
  }

  @Test
  void anAccountLearnsWhatItMayDoAndByWhichRule() {
    assertThat(access("Order", "--as", "Ada@example.com").out())
        .isEqualTo(
            """
            ada@example.com with no roles:

            Order
              create  as the owner: where user is their id  (schema.graphql:7)
              read    as the owner: where user is their id  (schema.graphql:7)
                      where record.status == 'SHARED'  (schema.graphql:8)
              update  no: it takes the role staff or admin  (schema.graphql:9)
              delete  no: no rule allows it to anybody

            Order.note
              create  no: it takes the role staff  (schema.graphql:12)
              read    no: it takes the role staff  (schema.graphql:12)
              update  no: it takes the role staff  (schema.graphql:12)
            """);
  }

  @Test
  void aRoleLearnsWhatItAdds() {
    assertThat(access("Order", "--role", "staff").out())
        .startsWith("Somebody with the role staff:\n")
        .contains("  update  yes, with the role staff or admin  (schema.graphql:9)\n")
        .contains("\nOrder.note\n  create  yes, with the role staff  (schema.graphql:12)\n");
    assertThat(access("Order", "--as", "sam@example.com").out())
        .startsWith("sam@example.com with the role staff:\n")
        .contains("  update  yes, with the role staff or admin  (schema.graphql:9)\n");
    assertThat(access("--as", "eve@example.com").out())
        .startsWith(
            "eve@example.com with the roles staff, admin is disabled, and is let in nowhere. Otherwise:\n")
        .contains("\nUser.roles\n  create  yes, with the role admin\n")
        .contains("\nSecurityEvent\n  create  no: no rule allows it to anybody\n");
  }

  @Test
  void whoHasNotSignedInLearnsWhatItTakes() {
    assertThat(access("Order", "--anonymous").out())
        .startsWith("Whoever has not signed in:\n")
        .contains("  create  no: it takes the account that user names  (schema.graphql:7)\n")
        .contains("  read    where record.status == 'SHARED'  (schema.graphql:8)\n");
  }

  @Test
  void whatIsNotThereIsSaid() {
    assertThat(access("Order", "--as", "bob@example.com"))
        .isEqualTo(new Ran(1, "", "No User has the e-mail address bob@example.com\n"));
    assertThat(access("Oder", "--anonymous"))
        .isEqualTo(new Ran(1, "", "The schema has no model 'Oder'. Did you mean 'Order'?\n"));
    assertThat(access("Order").exitCode()).isEqualTo(2);
    assertThat(access("Order", "--anonymous", "--role", "staff").exitCode()).isEqualTo(2);
  }
}
