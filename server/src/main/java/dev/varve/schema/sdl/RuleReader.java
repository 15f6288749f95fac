package dev.varve.schema.sdl;

import dev.varve.schema.AuthRule;
import dev.varve.schema.AuthRule.Allow;
import dev.varve.schema.Operation;
import dev.varve.schema.Scopes;
import dev.varve.schema.sdl.DirectiveReader.Directives;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads `@auth(rules: [...])`.
final class RuleReader {
  static final List<String> MEMBERS =
      List.of("allow", "operations", "ownerField", "transferable", "roles", "scopes", "when");
  static final List<String> ALLOWS =
      List.of("public", "authenticated", "owner", "role", "scope", "where");

  /// Which `allow` each other member belongs to.
  private static final Map<String, String> OWNERS =
      Map.of(
          "ownerField",
          "owner",
          "transferable",
          "owner",
          "roles",
          "role",
          "scopes",
          "scope",
          "when",
          "where");

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._:-]{1,64}");
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
    rule.require("allow", "allow: public, authenticated, owner, role, scope or where");
    Set<Operation> operations =
        rule.has("operations")
            ? Set.copyOf(rule.choices("operations", Operation.class))
            : EnumSet.allOf(Operation.class);
    return rule.word("allow", "public")
        .flatMap(word -> allow(rule, word))
        .map(allow -> new AuthRule(allow, operations, rule.location()));
  }

  private static Optional<Allow> allow(Arguments rule, String word) {
    refuseOthers(rule, word);
    return switch (word) {
      case "public" -> Optional.of(new Allow.Public());
      case "authenticated" -> Optional.of(new Allow.Authenticated());
      case "owner" -> Optional.of(owner(rule));
      case "role" -> {
        rule.require("roles", "roles: [\"admin\"]");
        yield Optional.of(names(rule, "roles", "admin", "role"))
            .filter(names -> !names.isEmpty())
            .map(Allow.Role::new);
      }
      case "scope" -> {
        rule.require("scopes", "scopes: [\"orders:read\"]");
        yield Optional.of(scopes(rule)).filter(names -> !names.isEmpty()).map(Allow.Scope::new);
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

  /// Reports members that say something only beside another `allow`.
  private static void refuseOthers(Arguments rule, String word) {
    if (!ALLOWS.contains(word)) {
      return;
    }
    OWNERS.forEach((member, owner) -> {
      if (rule.has(member) && !owner.equals(word)) {
        rule.refuse(
            member,
            "'%s' belongs to allow: %s; allow: %s does not ask for it."
                .formatted(member, owner, word));
      }
    });
  }

  private static Allow owner(Arguments rule) {
    return new Allow.Owner(
        rule.text("ownerField", "user").filter(name -> !name.isBlank()),
        rule.location("ownerField"),
        rule.bool("transferable").orElse(false));
  }

  private static Set<String> names(Arguments rule, String member, String example, String kind) {
    Set<String> names = new LinkedHashSet<>();
    for (SourceText.Content name : rule.contents(member, example)) {
      if (!NAME.matcher(name.text()).matches()) {
        rule.refuse(
            member,
            "'%s' is no name of a %s: write 1 to 64 letters, digits and . _ : - without blanks."
                .formatted(name.text(), kind));
      }
      names.add(name.text());
    }
    return names;
  }

  private static Set<String> scopes(Arguments rule) {
    Set<String> names = names(rule, "scopes", "orders:read", "scope");
    names.stream()
        .filter(Scopes.OWN::contains)
        .forEach(name ->
            rule.refuse(
                "scopes",
                "'%s' is a scope of Varve's own: rules ask for others, such as orders:read."
                    .formatted(name)));
    return names;
  }

  private static Optional<Allow> where(Arguments rule, SourceText.Content content) {
    if (content.text().isBlank()) {
      rule.refuse("when", "'when' is empty: write a condition, such as \"" + WHEN_EXAMPLE + "\".");
      return Optional.empty();
    }
    return Optional.of(new Allow.Where(content.text(), content.location()));
  }
}
