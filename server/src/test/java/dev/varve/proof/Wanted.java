package dev.varve.proof;

import dev.varve.proof.FieldShape.Kind;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A random list: a filter as text and as a test in Java, and an order as text and as a comparator.
///
/// @param sorts names of fields, with `-` for descending and `[ignoreCase]` behind texts
record Wanted(Condition condition, List<String> sorts, int limit) {
  static final String IGNORE_CASE = "[ignoreCase]";

  /// A filter. `test` says whether it holds, fails, or cannot be decided.
  record Condition(String text, Test test) {}

  /// Absent when it cannot be decided, which satisfies neither a condition nor its negation.
  interface Test {
    Optional<Boolean> test(World.State state, World.Item item);
  }

  static Wanted of(ModelShape model, RandomGenerator random) {
    List<String> sortable =
        model.fields().stream()
            .filter(field -> comparable(field.kind()))
            .flatMap(field ->
                field.kind() == Kind.TEXT || field.kind() == Kind.CODE
                    ? Stream.of(field.name(), field.name() + IGNORE_CASE)
                    : Stream.of(field.name()))
            .toList();
    List<String> sorts =
        switch (random.nextInt(4)) {
          case 0 -> List.of();
          case 1 -> List.of(sort(random, "version"), sort(random, "createdAt"));
          case 2 -> List.of(sort(random, pick(random, sortable)));
          default -> {
            String first = pick(random, sortable);
            String second = pick(random, sortable);
            yield bare(first).equals(bare(second))
                ? List.of(sort(random, first))
                : List.of(sort(random, first), sort(random, second));
          }
        };
    return new Wanted(condition(model, random), sorts, 1 + random.nextInt(5));
  }

  private static String bare(String sort) {
    return sort.replace(IGNORE_CASE, "");
  }

  private static String sort(RandomGenerator random, String field) {
    return random.nextBoolean() ? field : "-" + field;
  }

  private static <T> T pick(RandomGenerator random, List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  private static boolean comparable(Kind kind) {
    return switch (kind) {
      case JSON, ADDRESS, ADDRESSES, INTS -> false;
      default -> true;
    };
  }

  private static Condition condition(ModelShape model, RandomGenerator random) {
    Condition one = atom(model, random);
    return switch (random.nextInt(5)) {
      case 0 ->
          new Condition(
              "!(" + one.text() + ")", (state, item) -> one.test().test(state, item).map(b -> !b));
      case 1 -> both(one, atom(model, random), true);
      case 2 -> both(one, atom(model, random), false);
      default -> one;
    };
  }

  private static Condition both(Condition a, Condition b, boolean and) {
    return new Condition(
        "(%s) %s (%s)".formatted(a.text(), and ? "&&" : "||", b.text()),
        (state, item) -> {
          boolean left = a.test().test(state, item).orElse(false);
          boolean right = b.test().test(state, item).orElse(false);
          return Optional.of(and ? left && right : left || right);
        });
  }

  private static Condition atom(ModelShape model, RandomGenerator random) {
    return pick(
        random,
        switch (model.name()) {
          case "Team" -> TEAM;
          case "Member" -> model.has("nick") ? MEMBER_BEFORE : MEMBER_AFTER;
          case "Ticket" -> TICKET;
          default -> REMARK;
        });
  }

  private static final List<Condition> TEAM =
      List.of(
          equal("code == 'x'", "code", "x"),
          condition("code > 'X'", "code", code -> codePoints((String) code, "X") > 0),
          condition("title.contains('a')", "title", title -> ((String) title).contains("a")),
          condition(
              "title.foldCase().contains('É'.foldCase())",
              "title",
              title -> lower(title).contains("é")),
          condition("code.foldCase() <= 'x'", "code", code -> codePoints(lower(code), "x") <= 0),
          equal("lead == 'm1'", "lead", "m1"),
          over("lead.level == 'HIGH'", "lead", "Member", "level", "HIGH"));

  private static final List<Condition> MEMBER =
      List.of(
          condition("number >= 2", "number", number -> (Long) number >= 2),
          condition("number < 1.5", "number", number -> (Long) number < 2),
          equal("number == null", "number", null),
          equal("level == 'HIGH'", "level", "HIGH"),
          equal("email == 'a@example.com'", "email", "a@example.com"),
          condition(
              "balance < 2",
              "balance",
              balance -> new BigDecimal((String) balance).compareTo(new BigDecimal(2)) < 0),
          condition("ratio > 0.1", "ratio", ratio -> ((BigDecimal) ratio).doubleValue() > 0.1),
          condition(
              "joined > '2024-02-28'",
              "joined",
              date -> codePoints((String) date, "2024-02-28") > 0),
          condition(
              "seen < timestamp('2026-01-31T09:00:00Z')",
              "seen",
              seen -> Instant.parse((String) seen).isBefore(Instant.parse("2026-01-31T09:00:00Z"))),
          condition("size(scores) > 1", "scores", scores -> ((List<?>) scores).size() > 1),
          new Condition(
              "2 in scores",
              (state, item) ->
                  Optional.of(
                      item.values().get("scores") instanceof List<?> scores
                          && scores.contains(2L))),
          new Condition(
              "home.city == 'Oslo'",
              (state, item) -> Optional.of("Oslo".equals(member(item, "home", "city")))),
          new Condition(
              "home.floor > 0",
              (state, item) ->
                  Optional.ofNullable(member(item, "home", "floor"))
                      .map(floor -> (Long) floor > 0)),
          equal("home == null", "home", null),
          equal("mentor != 'm2' && true", "mentor", "m2", false),
          over("team.code == 'x'", "team", "Team", "code", "x"),
          over("mentor.level == 'LOW'", "mentor", "Member", "level", "LOW"),
          new Condition("version > 1", (state, item) -> Optional.of(item.version() > 1)),
          new Condition(
              "updatedAt > createdAt",
              (state, item) -> Optional.of(item.updatedAt().isAfter(item.createdAt()))));

  private static final List<Condition> MEMBER_BEFORE =
      with(
          MEMBER,
          condition("nick.startsWith('a')", "nick", nick -> ((String) nick).startsWith("a")),
          condition(
              "nick.foldAccents().startsWith('e')", "nick", nick -> lower(nick).startsWith("é")),
          equal("active == true", "active", true),
          condition("counter > 0", "counter", counter -> (Long) counter > 0));

  private static final List<Condition> MEMBER_AFTER =
      with(
          MEMBER,
          condition("alias.startsWith('a')", "alias", alias -> ((String) alias).startsWith("a")),
          condition(
              "alias.foldAccents().startsWith('e')",
              "alias",
              alias -> lower(alias).startsWith("é")),
          equal("active", "active", true),
          equal("word == 'new'", "word", "new"));

  private static final List<Condition> TICKET =
      List.of(
          equal("owner == 'm1'", "owner", "m1"),
          over("owner.level == 'HIGH'", "owner", "Member", "level", "HIGH"),
          equal("parent == null", "parent", null),
          over("root.code == 'a'", "root", "Ticket", "code", "a"),
          new Condition(
              "size(stops) == 2",
              (state, item) ->
                  Optional.of(
                      item.values().get("stops") instanceof List<?> stops && stops.size() == 2)));

  private static final List<Condition> REMARK =
      List.of(
          equal("ticket == 'k1'", "ticket", "k1"),
          condition("text > 'a'", "text", text -> codePoints((String) text, "a") > 0));

  private static List<Condition> with(List<Condition> some, Condition... more) {
    return Stream.concat(some.stream(), Arrays.stream(more)).toList();
  }

  /// Equality can always be decided: an absent value equals null alone.
  private static Condition equal(String text, String field, @Nullable Object value) {
    return equal(text, field, value, true);
  }

  private static Condition equal(
      String text, String field, @Nullable Object value, boolean expected) {
    return new Condition(
        text,
        (state, item) ->
            Optional.of(java.util.Objects.equals(item.values().get(field), value) == expected));
  }

  private static Condition condition(
      String text, String field, java.util.function.Predicate<Object> test) {
    return new Condition(
        text, (state, item) -> Optional.ofNullable(item.values().get(field)).map(test::test));
  }

  /// Over a relation: where there is no record, nothing can be decided.
  private static Condition over(
      String text, String field, String target, String targetField, @Nullable Object value) {
    return new Condition(
        text,
        (state, item) ->
            Optional.ofNullable(item.values().get(field))
                .map(id -> state.of(target).get((String) id))
                .map(other -> java.util.Objects.equals(other.values().get(targetField), value)));
  }

  private static @Nullable Object member(World.Item item, String field, String name) {
    return item.values().get(field) instanceof Map<?, ?> map ? map.get(name) : null;
  }

  /// What the list holds, in its order.
  List<World.Item> in(World.State state, ModelShape model) {
    return state.of(model.name()).values().stream()
        .filter(item -> condition.test().test(state, item).orElse(false))
        .sorted(order(model))
        .toList();
  }

  /// Absent values come first; the id comes last, in the direction of the field before it.
  private Comparator<World.Item> order(ModelShape model) {
    Comparator<World.Item> order = Comparator.comparingInt(item -> 0);
    boolean descending = false;
    for (String sort : sorts) {
      descending = sort.startsWith("-");
      Comparator<World.Item> next = byField(model, descending ? sort.substring(1) : sort);
      order = order.thenComparing(descending ? next.reversed() : next);
    }
    Comparator<World.Item> byId = (a, b) -> codePoints(a.id(), b.id());
    return order.thenComparing(descending ? byId.reversed() : byId);
  }

  private static Comparator<World.Item> byField(ModelShape model, String name) {
    return switch (name) {
      case "version" -> Comparator.comparingLong(World.Item::version);
      case "createdAt" -> Comparator.comparing(World.Item::createdAt);
      default -> {
        Kind kind = model.field(bare(name)).kind();
        Comparator<Object> values =
            name.endsWith(IGNORE_CASE)
                ? (a, b) -> codePoints(lower(a), lower(b))
                : (a, b) -> compare(kind, a, b);
        yield Comparator.comparing(
            item -> item.values().get(bare(name)), Comparator.nullsFirst(values));
      }
    };
  }

  private static int compare(Kind kind, Object a, Object b) {
    return switch (kind) {
      case INT, LONG -> Long.compare((Long) a, (Long) b);
      case FLOAT -> ((BigDecimal) a).compareTo((BigDecimal) b);
      case DECIMAL -> new BigDecimal((String) a).compareTo(new BigDecimal((String) b));
      case INSTANT -> Instant.parse((String) a).compareTo(Instant.parse((String) b));
      case BOOLEAN -> Boolean.compare((Boolean) a, (Boolean) b);
      default -> codePoints((String) a, (String) b);
    };
  }

  /// The texts of a world have no other case than this.
  private static String lower(Object text) {
    return ((String) text).toLowerCase(java.util.Locale.ROOT);
  }

  private static int codePoints(String a, String b) {
    return Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray());
  }
}
