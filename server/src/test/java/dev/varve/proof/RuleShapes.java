package dev.varve.proof;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Random rules, each as the schema file writes it and as a function over maps that shares nothing with
/// the product.
final class RuleShapes {
  static final List<String> ROLES = List.of("a", "b");
  static final List<String> WORDS = List.of("red", "blue");

  private RuleShapes() {}

  /// Who asks.
  ///
  /// @param me the record of the account as it is now
  record Asker(boolean known, List<String> roles, Optional<Map<String, @Nullable Object>> me) {}

  /// What is asked: about one record, at the moment that `state` is of.
  record Question(Map<String, @Nullable Object> record, Asker asker, RuleWorld.State state) {
    @Nullable Object field(String name) {
      return record.get(name);
    }

    /// A field of the account; [Undecided] when it has none.
    Object me(String name) throws Undecided {
      Object value = asker.me().orElseThrow(Undecided::new).get(name);
      return needed(value);
    }

    Map<String, @Nullable Object> related(String relation) throws Undecided {
      return state.anywhere((String) needed(field(relation)));
    }
  }

  /// Thrown by what cannot be decided, which is then satisfied neither as it stands nor negated.
  static final class Undecided extends Exception {
    private static final long serialVersionUID = 1L;
  }

  static Object needed(@Nullable Object value) throws Undecided {
    if (value == null) {
      throw new Undecided();
    }
    return value;
  }

  /// A test that is true, false or undecided.
  @FunctionalInterface
  interface Test {
    boolean of(Question question) throws Undecided;
  }

  /// A condition: as CEL, and what it answers.
  sealed interface Condition {
    String cel();

    /// Whether it is satisfied, or its negation when not `expected`.
    boolean holds(Question question, boolean expected);

    record Leaf(String cel, Test test) implements Condition {
      @Override
      public boolean holds(Question question, boolean expected) {
        try {
          return test.of(question) == expected;
        } catch (Undecided undecided) {
          return false;
        }
      }
    }

    record Not(Condition of) implements Condition {
      @Override
      public String cel() {
        return "!(" + of.cel() + ")";
      }

      @Override
      public boolean holds(Question question, boolean expected) {
        return of.holds(question, !expected);
      }
    }

    record Join(Condition left, boolean and, Condition right) implements Condition {
      @Override
      public String cel() {
        return "(" + left.cel() + (and ? " && " : " || ") + right.cel() + ")";
      }

      @Override
      public boolean holds(Question question, boolean expected) {
        return and == expected
            ? left.holds(question, expected) && right.holds(question, expected)
            : left.holds(question, expected) || right.holds(question, expected);
      }
    }
  }

  /// A rule for reading, or one that says nothing about it.
  record Rule(String text, Function<Question, Boolean> allows) {}

  /// Rules that are alternatives.
  record Rules(List<Rule> rules) {
    String text() {
      return "@auth(rules: [" + String.join(", ", rules.stream().map(Rule::text).toList()) + "])";
    }

    boolean allow(Question question) {
      return rules.stream().anyMatch(rule -> rule.allows().apply(question));
    }
  }

  static Rules rules(RandomGenerator random, boolean user) {
    List<Rule> rules = new ArrayList<>();
    int count = 1 + random.nextInt(2);
    for (int i = 0; i < count; i++) {
      rules.add(rule(random, user));
    }
    return new Rules(rules);
  }

  private static Rule rule(RandomGenerator random, boolean user) {
    String operations =
        switch (random.nextInt(4)) {
          case 0 -> "";
          case 1 -> ", operations: [UPDATE]";
          default -> ", operations: [READ, DELETE]";
        };
    boolean reads = !operations.contains("UPDATE");
    return switch (random.nextInt(16)) {
      case 0 -> new Rule("{allow: public" + operations + "}", _ -> reads);
      case 1 ->
          new Rule(
              "{allow: authenticated" + operations + "}",
              question -> reads && question.asker().known());
      case 2, 3, 4, 5 -> {
        String field = user ? "id" : "owner";
        yield new Rule(
            "{allow: owner, ownerField: \"" + field + "\"" + operations + "}",
            question ->
                reads
                    && question.asker().me().isPresent()
                    && Objects.equals(
                        question.field(field), question.asker().me().get().get("id")));
      }
      case 6 -> {
        String role = pick(random, ROLES);
        yield new Rule(
            "{allow: role, roles: [\"" + role + "\"]" + operations + "}",
            question -> reads && question.asker().roles().contains(role));
      }
      default -> {
        Condition condition = condition(random, user, 2);
        yield new Rule(
            "{allow: where, when: \"" + condition.cel() + "\"" + operations + "}",
            question -> reads && condition.holds(question, true));
      }
    };
  }

  private static Condition condition(RandomGenerator random, boolean user, int depth) {
    if (depth == 0 || random.nextInt(3) == 0) {
      return user && random.nextBoolean() ? ofUser(random) : leaf(random, user);
    }
    return random.nextInt(4) == 0
        ? new Condition.Not(condition(random, user, depth - 1))
        : new Condition.Join(
            condition(random, user, depth - 1),
            random.nextBoolean(),
            condition(random, user, depth - 1));
  }

  private static Condition ofUser(RandomGenerator random) {
    return switch (random.nextInt(3)) {
      case 0 -> leaf("record.id == me.id", ask -> ask.me("id").equals(ask.field("id")));
      case 1 -> leaf("record.team == me.team", ask -> ask.me("team").equals(ask.field("team")));
      default -> {
        long number = random.nextInt(3);
        yield leaf("record.rank == " + number, ask -> Objects.equals(ask.field("rank"), number));
      }
    };
  }

  private static Condition leaf(RandomGenerator random, boolean user) {
    long number = random.nextInt(3);
    String word = pick(random, WORDS);
    // the first ones speak of the account alone
    return switch (user
        ? random.nextInt(5)
        : random.nextInt(3) == 0 ? random.nextInt(20) : 5 + random.nextInt(15)) {
      case 0 ->
          leaf("'" + word + "' in me.kinds", ask -> ((List<?>) ask.me("kinds")).contains(word));
      case 1 -> leaf("me.rank == " + number, ask -> ask.me("rank").equals(number));
      case 2 ->
          leaf(
              "me.team == null",
              ask -> ask.asker().me().orElseThrow(Undecided::new).get("team") == null);
      case 3 -> leaf("size(me.kinds) > 1", ask -> ((List<?>) ask.me("kinds")).size() > 1);
      case 4 -> leaf("me.team.startsWith('r')", ask -> ((String) ask.me("team")).startsWith("r"));
      case 5 -> leaf("record.n == " + number, ask -> Objects.equals(ask.field("n"), number));
      case 6 -> leaf("record.n < " + number, ask -> (Long) needed(ask.field("n")) < number);
      case 7 -> leaf("record.flag", ask -> (Boolean) needed(ask.field("flag")));
      case 8, 9 -> leaf("record.owner == me.id", ask -> ask.me("id").equals(ask.field("owner")));
      case 10 ->
          leaf("record.n < me.rank", ask -> (Long) needed(ask.field("n")) < (Long) ask.me("rank"));
      case 11 ->
          leaf(
              "record.kind in me.kinds",
              ask -> ((List<?>) ask.me("kinds")).contains(ask.field("kind")));
      case 12 -> leaf("record.kind == me.team", ask -> ask.me("team").equals(ask.field("kind")));
      case 13, 14 ->
          leaf(
              "record.parent.owner == me.id",
              ask -> ask.me("id").equals(ask.related("parent").get("owner")));
      case 15 ->
          leaf(
              "record.parent.n == " + number,
              ask -> Objects.equals(ask.related("parent").get("n"), number));
      case 16 ->
          leaf(
              "record.owner.team == me.team",
              ask -> ask.me("team").equals(ask.related("owner").get("team")));
      case 17 ->
          leaf(
              "record.kind.foldCase() == '" + word.toUpperCase(Locale.ROOT) + "'.foldCase()",
              ask -> word.equalsIgnoreCase((String) ask.field("kind")));
      case 18 ->
          leaf(
              "record.kind.foldCase() == me.team.foldCase()",
              ask -> ((String) ask.me("team")).equalsIgnoreCase((String) ask.field("kind")));
      default -> leaf("has(record.owner)", ask -> ask.field("owner") != null);
    };
  }

  private static Condition leaf(String cel, Test test) {
    return new Condition.Leaf(cel, test);
  }

  static <T> T pick(RandomGenerator random, List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}
