package dev.varve.schema;

import dev.varve.schema.AuthRule.Allow;
import dev.varve.schema.DirectiveReader.Directives;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads `@auth(rules: [...])`.
final class RuleReader {
  static final List<String> MEMBERS = List.of("allow", "when", "operations");
  static final List<String> ALLOWS = List.of("public", "where");
  private static final String WHEN_EXAMPLE = "record.status == 'SHARED'";

  private RuleReader() {}

  /// Absent when there is no `@auth`.
  static Optional<List<AuthRule>> read(Directives directives) {
    return directives.one(KnownDirective.AUTH).map(RuleReader::rules);
  }

  private static List<AuthRule> rules(Arguments auth) {
    auth.require("rules", "@auth(rules: [{allow: public, operations: [READ]}])");
    return auth.objects("rules", MEMBERS).stream().flatMap(rule -> rule(rule).stream()).toList();
  }

  private static Optional<AuthRule> rule(Arguments rule) {
    rule.require("allow", "allow: public, or allow: where");
    Set<Operation> operations =
        rule.has("operations")
            ? Set.copyOf(rule.choices("operations", Operation.class))
            : EnumSet.allOf(Operation.class);
    return rule.word("allow", "public")
        .flatMap(word -> allow(rule, word))
        .map(allow -> new AuthRule(allow, operations, rule.location()));
  }

  private static Optional<Allow> allow(Arguments rule, String word) {
    return switch (word) {
      case "public" -> {
        if (rule.has("when")) {
          rule.refuse("when", "'when' belongs to allow: where; public asks for nothing.");
        }
        yield Optional.of(new Allow.Public());
      }
      case "where" -> {
        rule.require("when", "when: \"" + WHEN_EXAMPLE + "\"");
        yield rule.content("when", WHEN_EXAMPLE).flatMap(content -> where(rule, content));
      }
      default -> {
        rule.refuse(
            "allow",
            "Unknown rule 'allow: %s'.%s".formatted(word, Mistakes.suggestion(word, ALLOWS)));
        yield Optional.empty();
      }
    };
  }

  private static Optional<Allow> where(Arguments rule, SourceText.Content content) {
    if (content.text().isBlank()) {
      rule.refuse("when", "'when' is empty: write a condition, such as \"" + WHEN_EXAMPLE + "\".");
      return Optional.empty();
    }
    return Optional.of(new Allow.Where(content.text(), content.location()));
  }
}
