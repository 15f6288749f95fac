package dev.varve.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Command;
import dev.varve.lane.access.Moment;
import dev.varve.lane.access.Precondition;
import dev.varve.lane.access.Read;
import dev.varve.lane.access.Selection;
import dev.varve.lane.write.UnitOfWork;
import dev.varve.lane.write.WrittenOutcome;
import dev.varve.schema.Model;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.Input;
import dev.varve.schema.record.InputReader;
import dev.varve.store.state.SchemaRefused;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of stored data when accounts come to them.
class AccountDataTest {
  private static final String NOTE = "type Note @model { text: String }\n";
  private static final String USER = "type User @model%s { email: Email! @unique }\n";

  @TempDir private Path data;

  private OpenEngine open(String schema) {
    return OpenEngine.at(data, schema, Clock.systemUTC());
  }

  private static void submit(OpenEngine engine, Command command) {
    var authorized = engine.access().authorize(Caller.operator("test"), command);
    WrittenOutcome.of(
        engine.sequencer().submit(new UnitOfWork(List.of(authorized), "test", Optional.empty())));
  }

  private static void create(OpenEngine engine, String name, String id, Map<String, Object> body) {
    Model model = engine.schema().require(name);
    Input input = InputReader.read(model, body, InputReader.Mode.CREATE);
    submit(engine, new Command.Create(model, id, true, input));
  }

  private static Entity read(OpenEngine engine, String name, String id, Moment moment) {
    Read.One read = new Read.One(engine.schema().require(name), id, moment, Selection.ALL);
    return engine
        .query()
        .one(engine.access().authorize(Caller.operator("test"), read))
        .orElseThrow()
        .item()
        .entity();
  }

  private static String email(Entity user) {
    return String.valueOf(user.value(user.model().field("email").orElseThrow()));
  }

  private static void requireSound(OpenEngine engine) {
    assertThat(engine.verify().findings()).isEmpty();
    assertThat(engine.rebuild(() -> false)).isTrue();
    assertThat(engine.verify().findings()).isEmpty();
  }

  /// Makes the data what a release without accounts left.
  private void forgetAccounts() throws Exception {
    try (Stream<Path> files = Files.list(data);
        Connection connection =
            DriverManager.getConnection(
                "jdbc:sqlite:"
                    + files
                        .filter(file -> file.toString().endsWith(".db"))
                        .findFirst()
                        .orElseThrow());
        Statement statement = connection.createStatement()) {
      statement.execute("UPDATE varve_schema SET source = '" + NOTE + "'");
      for (String table : List.of("users", "security_events")) {
        statement.execute("DROP TABLE " + table);
        statement.execute("DROP TABLE " + table + "_history");
      }
    }
  }

  @Test
  void dataFromBeforeThereWereAccountsOpen() throws Exception {
    try (OpenEngine engine = open(NOTE)) {
      create(engine, "Note", "n", Map.of("text", "kept"));
    }
    forgetAccounts();
    try (OpenEngine engine = open(NOTE)) {
      assertThat(engine.applied().version()).isEqualTo(2);
      assertThat(engine.applied().changes())
          .containsExactly(
              "Adds the model User, served at /api/users.",
              "Adds the model SecurityEvent, served at /api/security-events.");
      create(engine, "User", "u", Map.of("email", "ada@example.com"));
      assertThat(read(engine, "Note", "n", Moment.NOW).version()).isEqualTo(1);
      requireSound(engine);
    }
    try (OpenEngine engine = open(NOTE)) {
      assertThat(engine.applied().version()).isEqualTo(2);
    }
  }

  @Test
  void addressesAreInLowerCaseOnceTheirModelHasTheAccounts() {
    try (OpenEngine engine = open(USER.formatted(""))) {
      create(engine, "User", "u", Map.of("email", "Ada@Example.com"));
    }
    try (OpenEngine engine = open(USER.formatted(" @account"))) {
      assertThat(email(read(engine, "User", "u", Moment.NOW))).isEqualTo("ada@example.com");
      assertThat(email(read(engine, "User", "u", new Moment.AtPosition(1))))
          .isEqualTo("ada@example.com");
      requireSound(engine);
    }
  }

  @Test
  void addressesThatDifferByCaseAloneAreInTheWay() {
    try (OpenEngine engine = open(USER.formatted(""))) {
      create(engine, "User", "u1", Map.of("email", "Ada@example.com"));
      create(engine, "User", "u2", Map.of("email", "ada@example.com"));
    }
    assertThatThrownBy(() -> open(USER.formatted(" @account")))
        .isInstanceOf(SchemaRefused.class)
        .hasMessageContaining(
            "User.email is kept in lower case from now on, and several stored records have 'ada@example.com'");
  }

  @Test
  void theModelThatVarveBroughtGoesWhenNobodyUsesIt() {
    try (OpenEngine engine = open(USER.formatted(""))) {
      create(engine, "Account", "a", Map.of("email", "eve@example.com"));
      submit(
          engine, new Command.Delete(engine.schema().require("Account"), "a", Precondition.NONE));
      create(engine, "User", "u", Map.of("email", "ada@example.com"));
    }
    try (OpenEngine engine = open(USER.formatted(" @account"))) {
      assertThat(engine.schema().model("Account")).isEmpty();
      assertThat(engine.schema().account().name()).isEqualTo("User");
      requireSound(engine);
    }
  }

  @Test
  void whoeverHasAnAccountKeepsIt() {
    try (OpenEngine engine = open(USER.formatted(""))) {
      create(engine, "Account", "a", Map.of("email", "eve@example.com"));
    }
    assertThatThrownBy(() -> open(USER.formatted(" @account")))
        .isInstanceOf(SchemaRefused.class)
        .hasMessageContaining(
            "User has the accounts now, but Account, which Varve brought for them, has records: delete those first, at /api/accounts");
  }
}
