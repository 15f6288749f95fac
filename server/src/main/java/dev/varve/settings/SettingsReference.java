package dev.varve.settings;

import java.util.List;

/// What people read about settings, made from their definitions.
public final class SettingsReference {
  private final List<SettingDefinition> definitions;

  public SettingsReference(List<SettingDefinition> definitions) {
    this.definitions = List.copyOf(definitions);
  }

  /// The reference page.
  public String markdown() {
    StringBuilder page =
        new StringBuilder(
            """
            # Settings

            Settings stand in `varve.yaml`, beside `schema.graphql`. The file may be left out, and so may every
            setting in it. An environment variable goes before the file, and an option of the command line before
            both. A key that is not listed here is refused when the server starts. A list of texts is written
            `[a, b]`, or as one text with spaces between them, as in the environment; the elements of other lists
            stand in the file alone, each after a `-`.

            ```yaml
            http:
              port: 9090
            rest:
              requireIfMatch: true
            ```
            """);
    for (String section : sections()) {
      page.append("\n## ").append(section).append("\n\n");
      page.append("| setting | default | what it does |\n|---|---|---|\n");
      in(section).forEach(definition -> row(page, definition));
    }
    return page.toString();
  }

  private static void row(StringBuilder page, SettingDefinition definition) {
    String variable = definition.hasVariable() ? "<br>`%s`".formatted(definition.variable()) : "";
    String standard =
        definition.required()
            ? "required"
            : "`%s`".formatted(definition.kind().written(definition.standard()));
    page.append(
        "| `%s`%s | %s | %s<br>*%s* |\n"
            .formatted(
                definition.key(),
                variable,
                standard,
                definition.says(),
                sentence(definition.kind().described())));
    if (definition.kind() instanceof SettingKind.Records records) {
      records.members().forEach(member -> row(page, member));
    }
  }

  private static String sentence(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".";
  }

  /// A `varve.yaml` that sets nothing and shows everything.
  public String commentedFile() {
    StringBuilder file =
        new StringBuilder(
            """
            # Settings of this application. Every line shows a default: take the two marks away to change one.
            # An environment variable goes before this file, such as VARVE_HTTP_PORT before http.port.
            """);
    for (String section : sections()) {
      file.append("\n");
      List<String> shown = List.of();
      for (SettingDefinition definition : in(section)) {
        List<String> path = List.of(definition.key().split("\\."));
        holders(file, shown, path);
        shown = path;
        line(file, path, definition);
      }
    }
    return file.toString();
  }

  /// The lines of the sections around a setting that are not those around the one before.
  private static void holders(StringBuilder file, List<String> before, List<String> path) {
    for (int depth = 0; depth < path.size() - 1; depth++) {
      List<String> holder = path.subList(0, depth + 1);
      if (before.size() <= holder.size() || !before.subList(0, depth + 1).equals(holder)) {
        file.append("# %s%s:\n".formatted("  ".repeat(depth), holder.getLast()));
      }
    }
  }

  private static void line(StringBuilder file, List<String> path, SettingDefinition definition) {
    String indent = "  ".repeat(path.size() - 1);
    file.append("# %s# %s\n".formatted(indent, definition.says()));
    if (definition.kind() instanceof SettingKind.Records records) {
      records
          .members()
          .forEach(member ->
              file.append("# %s#   %s: %s\n".formatted(indent, member.inElement(), member.says())));
    }
    file.append(
        "# %s%s: %s\n"
            .formatted(indent, path.getLast(), definition.kind().written(definition.standard())));
  }

  private List<String> sections() {
    return definitions.stream().map(SettingDefinition::section).distinct().toList();
  }

  private List<SettingDefinition> in(String section) {
    return definitions.stream().filter(definition -> definition.section().equals(section)).toList();
  }
}
