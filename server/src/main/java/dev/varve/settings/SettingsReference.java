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
            both. A key that is not listed here is refused when the server starts.

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
    page.append(
        "| `%s`<br>`%s` | `%s` | %s<br>*%s* |\n"
            .formatted(
                definition.key(),
                definition.variable(),
                written(definition.standard()),
                definition.says(),
                sentence(definition.kind())));
  }

  /// No text at all would be taken for no value.
  private static String written(String standard) {
    return standard.isEmpty() ? "\"\"" : standard;
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
      file.append("\n# ").append(section).append(":\n");
      String inner = "";
      for (SettingDefinition definition : in(section)) {
        int dot = definition.name().indexOf('.');
        String holder = definition.name().substring(0, Math.max(dot, 0));
        if (!holder.equals(inner) && !holder.isEmpty()) {
          file.append("#   %s:\n".formatted(holder));
        }
        inner = holder;
        line(file, holder.isEmpty() ? "  " : "    ", definition);
      }
    }
    return file.toString();
  }

  private static void line(StringBuilder file, String indent, SettingDefinition definition) {
    String name = definition.name().substring(definition.name().indexOf('.') + 1);
    file.append("# %s# %s\n".formatted(indent, definition.says()));
    file.append("# %s%s: %s\n".formatted(indent, name, written(definition.standard())));
  }

  private List<String> sections() {
    return definitions.stream().map(SettingDefinition::section).distinct().toList();
  }

  private List<SettingDefinition> in(String section) {
    return definitions.stream().filter(definition -> definition.section().equals(section)).toList();
  }
}
