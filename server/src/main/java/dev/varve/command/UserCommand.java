package dev.varve.command;

import dev.varve.identity.account.Administration;
import dev.varve.identity.account.Administration.Account;
import dev.varve.identity.account.Passwords;
import dev.varve.identity.token.Secrets;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Ids;
import dev.varve.kernel.Json;
import dev.varve.kernel.Problem;
import dev.varve.kernel.UserMistake;
import dev.varve.node.Engine;
import dev.varve.node.Settings;
import java.io.Console;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `varve user`: accounts, for whoever holds the machine.
@Command(
    name = "user",
    description = "Makes and changes accounts, without a server running.",
    footer = {
      "",
      "A password is asked for, or taken from the environment variable VARVE_PASSWORD.",
      "A running server holds data in a file: stop it first, or use its API as an administrator.",
      "On PostgreSQL this runs beside it.",
      "",
      "Example:",
      "  varve user create shop --email ada@example.com --role admin --set name=Ada",
      "  varve user disable shop --email mallory@example.com"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class UserCommand implements Runnable {
  @Spec private CommandSpec spec;
  private Map<String, String> environment = System.getenv();

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "Name what to do: create, list, password, reset-factors, disable or enable");
  }

  @Command(name = "create", description = "Makes an account that can sign in at once.")
  int create(
      @Mixin AppFolder app,
      @Option(names = "--email", required = true, description = "What the account signs in with.")
          String email,
      @Option(names = "--role", description = "A role that it has, such as admin. May be repeated.")
          List<String> roles,
      @Option(
              names = "--set",
              paramLabel = "FIELD=VALUE",
              description = "Another field of the model. May be repeated.")
          Map<String, String> fields) {
    with(
        app,
        (users, out) -> {
          Map<String, Object> plain = new LinkedHashMap<>();
          if (fields != null) {
            fields.forEach((field, value) -> plain.put(field, value(value)));
          }
          List<String> given = roles == null ? List.of() : roles;
          Account made = users.create(email, given, plain, password());
          out.printf("%s can sign in: %s%n", made.email(), made.id());
        });
    return 0;
  }

  /// Text, unless it is a number, true, false or anything else that JSON knows.
  private static Object value(String text) {
    try {
      Object value = Json.read(text.getBytes(StandardCharsets.UTF_8));
      return value == null ? text : value;
    } catch (Problem notJson) {
      return text;
    }
  }

  @Command(name = "list", description = "Shows every account.")
  int list(@Mixin AppFolder app) {
    with(app, (users, out) -> users.forEach(account -> out.println(line(account))));
    return 0;
  }

  private static String line(Account account) {
    List<String> words = new ArrayList<>(List.of(account.id(), account.email()));
    if (!account.roles().isEmpty()) {
      words.add("roles " + String.join(", ", new TreeSet<>(account.roles())));
    }
    if (!account.verified()) {
      words.add("unverified");
    }
    if (account.disabled()) {
      words.add("disabled");
    }
    return String.join("  ", words);
  }

  @Command(name = "password", description = "Gives an account another password and signs it out.")
  int password(
      @Mixin AppFolder app,
      @Option(names = "--email", required = true, description = "Whose.") String email) {
    with(
        app,
        (users, out) ->
            out.printf(
                "%s has another password, and is signed out everywhere%n",
                users.setPassword(email, password()).email()));
    return 0;
  }

  @Command(
      name = "reset-factors",
      description = "Takes the second factors of an account away and signs it out.")
  int resetFactors(
      @Mixin AppFolder app,
      @Option(names = "--email", required = true, description = "Whose.") String email) {
    with(
        app,
        (users, out) ->
            out.printf(
                "%s has no second factor any more, and is signed out everywhere%n",
                users.resetFactors(email).email()));
    return 0;
  }

  @Command(name = "disable", description = "Shuts an account out.")
  int disable(
      @Mixin AppFolder app,
      @Option(names = "--email", required = true, description = "Whom.") String email) {
    with(
        app,
        (users, out) -> out.printf("%s is disabled%n", users.setDisabled(email, true).email()));
    return 0;
  }

  @Command(name = "enable", description = "Lets an account in again.")
  int enable(
      @Mixin AppFolder app,
      @Option(names = "--email", required = true, description = "Whom.") String email) {
    with(
        app,
        (users, out) -> out.printf("%s is enabled%n", users.setDisabled(email, false).email()));
    return 0;
  }

  private void with(AppFolder app, BiConsumer<Administration, PrintWriter> task) {
    AppFolder.LoadedSchema loaded = app.schema();
    Settings settings = Settings.load(app.folder());
    Clock clock = Clock.systemUTC();
    Ids ids = new Ids(clock, new SecureRandom());
    try (AppData data = AppData.hold(app);
        Engine engine = data.start(loaded, settings);
        Passwords passwords = new Passwords(settings.auth().password(), new SecureRandom())) {
      task.accept(
          new Administration(engine.accounts(data.database(), clock, ids), passwords), out());
      out().flush();
    } catch (Problem problem) {
      throw new UserMistake(reasons(problem));
    }
  }

  /// What was wrong, a line each.
  static List<String> reasons(Problem problem) {
    List<String> reasons = new ArrayList<>();
    for (FieldError detail : problem.details()) {
      reasons.add("%s %s".formatted(detail.field(), detail.message()));
    }
    return reasons.isEmpty() ? List.of(problem.text()) : reasons;
  }

  /// What it takes for the environment.
  public void environment(Map<String, String> other) {
    environment = other;
  }

  private String password() {
    String given = environment.get(Secrets.USER);
    if (given != null) {
      return given;
    }
    Console console =
        Optional.ofNullable(System.console())
            .filter(Console::isTerminal)
            .orElseThrow(() ->
                new UserMistake(
                    List.of(
                        "There is no console to ask for the password at: set the environment variable "
                            + Secrets.USER)));
    char[] first = console.readPassword("Password: ");
    char[] second = console.readPassword("Once more: ");
    if (first == null || !Arrays.equals(first, second)) {
      throw new UserMistake(List.of("The two passwords differ: nothing was changed"));
    }
    return new String(first);
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
