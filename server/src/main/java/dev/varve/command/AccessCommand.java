package dev.varve.command;

import dev.varve.kernel.Nearest;
import dev.varve.kernel.UserMistake;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Explanation;
import dev.varve.schema.Model;
import dev.varve.schema.Operation;
import dev.varve.schema.Schema;
import dev.varve.schema.SourceLocation;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `varve access`: what somebody may do, and by which rule.
@Command(
    name = "access",
    description = "Says what somebody may do with the records of a model, and by which rule.",
    footer = {
      "",
      "The rules are those of schema.graphql as it is now; nothing is started and no data are touched.",
      "",
      "Example:",
      "  varve access shop Order --as ada@example.com",
      "  varve access shop --role staff",
      "  varve access shop Order --anonymous"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class AccessCommand implements Callable<Integer> {
  @Mixin private AppFolder app;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "Model",
      description = "The models to explain; all of them when none is named.")
  private List<String> names = new ArrayList<>();

  @ArgGroup(multiplicity = "1")
  private Who who;

  /// Whom to explain it for.
  static final class Who {
    @Option(
        names = "--as",
        paramLabel = "EMAIL",
        description = "The account with this e-mail address, with the roles that it has.")
    private @Nullable String email;

    @Option(
        names = "--role",
        paramLabel = "ROLE",
        description = "Somebody who has signed in and has this role; may be given several times.")
    private @Nullable List<String> roles;

    @Option(names = "--anonymous", description = "Somebody who has not signed in.")
    private boolean anonymous;
  }

  @Spec private CommandSpec spec;

  /// Somebody whose roles are known.
  private record Person(String name, Caller.Kind kind, Set<String> roles, boolean disabled) {}

  @Override
  public Integer call() {
    AppFolder.LoadedSchema loaded = app.schema();
    List<Model> models = models(loaded.schema());
    Person person = person();
    PrintWriter out = spec.commandLine().getOut();
    out.println(introduction(person));
    for (Model model : models) {
      List<Explanation> explained = loaded.access().explain(person.kind(), person.roles(), model);
      explained.forEach(explanation -> print(out, explanation));
    }
    return 0;
  }

  private List<Model> models(Schema schema) {
    List<String> known = schema.models().stream().map(Model::name).toList();
    List<String> mistakes =
        names.stream()
            .filter(name -> !known.contains(name))
            .map(name -> "The schema has no model '%s'.%s".formatted(name, hint(name, known)))
            .toList();
    if (!mistakes.isEmpty()) {
      throw new UserMistake(mistakes);
    }
    return names.isEmpty()
        ? schema.models()
        : names.stream().distinct().map(schema::require).toList();
  }

  private static String hint(String name, List<String> known) {
    String near = Nearest.hint(name, known);
    return near.isEmpty() ? " It has " + String.join(", ", known) + "." : near;
  }

  private Person person() {
    if (who.email != null) {
      return account(who.email);
    }
    if (who.anonymous) {
      return new Person("Whoever has not signed in", Caller.Kind.ANONYMOUS, Set.of(), false);
    }
    Set<String> roles = who.roles == null ? Set.of() : new LinkedHashSet<>(who.roles);
    return new Person("Somebody", Caller.Kind.ACCOUNT, roles, false);
  }

  private Person account(String email) {
    KnownAccount known = KnownAccount.of(app, email);
    return new Person(known.email(), Caller.Kind.ACCOUNT, known.roles(), known.disabled());
  }

  private static String introduction(Person person) {
    if (person.kind() == Caller.Kind.ANONYMOUS) {
      return person.name() + ":";
    }
    String roles = KnownAccount.inWords(person.roles());
    return person.disabled()
        ? "%s with %s is disabled, and is let in nowhere. Otherwise:"
            .formatted(person.name(), roles)
        : "%s with %s:".formatted(person.name(), roles);
  }

  private static void print(PrintWriter out, Explanation explanation) {
    out.println();
    out.println(explanation.subject());
    Operation before = null;
    for (Explanation.Line line : explanation.lines()) {
      String operation =
          line.operation() == before ? "" : line.operation().name().toLowerCase(Locale.ROOT);
      before = line.operation();
      out.printf("  %-6s  %s%s%n", operation, line.text(), place(line.location()));
    }
  }

  private static String place(SourceLocation location) {
    return location.equals(SourceLocation.NONE)
        ? ""
        : "  (%s:%d)".formatted(AppFolder.SCHEMA, location.line());
  }
}
