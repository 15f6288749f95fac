package dev.varve.command;

import dev.varve.kernel.UserMistake;
import dev.varve.node.Settings;
import dev.varve.schema.Model;
import dev.varve.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `varve check`: every mistake in the files of an application, before anything runs.
@Command(
    name = "check",
    description = "Reports every mistake in schema.graphql and varve.yaml.",
    footer = {
      "",
      "Each mistake comes as FILE:LINE:COLUMN with what to write instead. Exit code 0: none; 1: some.",
      "Nothing is started and no data are touched.",
      "",
      "Example:",
      "  varve check shop"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class CheckCommand implements Callable<Integer> {
  @Mixin private AppFolder app;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    List<String> refusals = new ArrayList<>();
    List<Schema> schemas = attempt(() -> app.schema().schema(), refusals);
    attempt(() -> Settings.load(app.folder()), refusals);
    if (!refusals.isEmpty()) {
      throw new UserMistake(refusals);
    }
    spec.commandLine()
        .getOut()
        .printf("%s is fine: %s%n", app.schemaFile(), summary(schemas.getFirst()));
    shut(schemas.getFirst()).forEach(spec.commandLine().getOut()::println);
    return 0;
  }

  private static <T> List<T> attempt(Supplier<T> read, List<String> refusals) {
    try {
      return List.of(read.get());
    } catch (UserMistake refused) {
      refusals.add(String.valueOf(refused.getMessage()));
      return List.of();
    }
  }

  /// A model without rules is allowed, and seldom meant.
  private static List<String> shut(Schema schema) {
    return schema.models().stream()
        .filter(model -> !model.builtIn() && model.rules().isEmpty())
        .map(model ->
            "Note: %s has no rules, so nobody may do anything with its records. Give it @auth(rules: [...])"
                .formatted(model.name()))
        .toList();
  }

  private static String summary(Schema schema) {
    int relations =
        schema.models().stream().mapToInt(model -> schema.referencesTo(model).size()).sum();
    List<Model> added = schema.models().stream().filter(Model::builtIn).toList();
    return "%s, %s, %s, %s; Varve adds %s"
        .formatted(
            count(schema.models().size() - added.size(), "model"),
            count(relations, "relation"),
            count(schema.enums().size(), "enum"),
            count(schema.valueTypes().size(), "value type"),
            added.stream().map(Model::name).collect(Collectors.joining(" and ")));
  }

  private static String count(int number, String noun) {
    return number == 1 ? "1 " + noun : number + " " + noun + "s";
  }
}
