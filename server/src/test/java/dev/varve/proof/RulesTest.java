package dev.varve.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Command;
import dev.varve.lane.access.Moment;
import dev.varve.lane.access.OlderVersion;
import dev.varve.lane.access.Precondition;
import dev.varve.lane.access.Read;
import dev.varve.lane.access.Selection;
import dev.varve.lane.expression.ExpressionException;
import dev.varve.lane.expression.Expressions;
import dev.varve.lane.expression.Predicate;
import dev.varve.lane.expression.Vocabulary;
import dev.varve.lane.query.FoundRecord;
import dev.varve.lane.query.Item;
import dev.varve.lane.query.Page;
import dev.varve.lane.write.UnitOfWork;
import dev.varve.lane.write.WriteResult;
import dev.varve.lane.write.WrittenOutcome;
import dev.varve.node.OpenEngine;
import dev.varve.proof.RuleShapes.Asker;
import dev.varve.proof.RuleShapes.Question;
import dev.varve.proof.RuleShapes.Rules;
import dev.varve.schema.Model;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.InputReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Random schemas, rules, users, data and history: what a list gives is what single reads give, and both are
/// what the rules say, now and as of any position; the same for fields.
class RulesTest {
  private static final int ROUNDS = 6;
  private static final int CHANGES = 40;
  private static final int USERS = 4;
  private static final List<String> MODELS = List.of("Alpha", "Beta", "Gamma");
  private static final List<String> RULED = List.of("secret", "extra");

  @Test
  void listsAndSingleReadsGiveWhatTheRulesSay(@TempDir Path folder) throws Exception {
    long seeds = System.nanoTime();
    Coverage coverage = new Coverage();
    int rounds = Rounds.orElse(ROUNDS);
    for (int round = 0; round < rounds || wantsMore(coverage, round, rounds); round++) {
      long seed = seeds + round;
      Path data = Files.createDirectory(folder.resolve("round-" + round));
      Run run = new Run(new Random(seed), coverage);
      try (OpenEngine engine = OpenEngine.at(data, run.schema, Clock.systemUTC())) {
        run.fill(engine);
        run.check(engine);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + "\n" + run.schema, e);
      }
    }
    // a proof in which nobody sees some and not others would prove nothing
    assertThat(coverage.isEnough(rounds)).as(coverage.toString()).isTrue();
  }

  /// Few rounds may happen to be of little use: more make up for it.
  private static boolean wantsMore(Coverage coverage, int round, int rounds) {
    return !coverage.isEnough(rounds) && round < 10 * rounds;
  }

  /// How often a caller saw some of the records, or some of the fields, and not all.
  private static final class Coverage {
    private int someRecords;
    private int someFields;
    private int restored;

    boolean isEnough(int rounds) {
      return someRecords > 4 * rounds && someFields > rounds && restored > 0;
    }

    @Override
    public String toString() {
      return "some of the records %d times, some of the fields %d times, %d restored"
          .formatted(someRecords, someFields, restored);
    }
  }

  private static final class Run {
    private final Coverage coverage;
    private final Random random;
    private final Map<String, Rules> records = new HashMap<>();
    private final Map<String, Rules> fields = new HashMap<>();
    private final String schema;
    private final RuleWorld world = new RuleWorld();
    private final Map<String, Set<String>> ids = new TreeMap<>();

    Run(Random random, Coverage coverage) {
      this.coverage = coverage;
      this.random = random;
      StringBuilder text = new StringBuilder();
      text.append(
          "type User @model @account %s {\n  team: String\n  rank: Int\n  kinds: [String!]%s\n}\n"
              .formatted(ruled("User", true), ruledFields("User")));
      for (int i = 0; i < MODELS.size(); i++) {
        String model = MODELS.get(i);
        text.append(
            """
            type %s @model %s {
              owner: User @relation(onDelete: SET_NULL)
              parent: %s @relation(onDelete: SET_NULL)
              n: Int
              flag: Boolean
              kind: String%s
            }
            """
                .formatted(
                    model,
                    ruled(model, false),
                    MODELS.get(Math.max(0, i - 1)),
                    ruledFields(model)));
      }
      schema = text.toString();
    }

    private String ruled(String model, boolean user) {
      if (random.nextInt(12) == 0) {
        records.put(model, new Rules(List.of()));
        return "";
      }
      Rules rules = RuleShapes.rules(random, user);
      records.put(model, rules);
      return rules.text();
    }

    private String ruledFields(String model) {
      StringBuilder text = new StringBuilder();
      for (String field : RULED) {
        text.append("\n  ").append(field).append(": String");
        if (random.nextInt(3) > 0) {
          Rules rules = RuleShapes.rules(random, model.equals("User"));
          fields.put(model + "." + field, rules);
          text.append(" ").append(rules.text());
        }
      }
      return text.toString();
    }

    void fill(OpenEngine engine) {
      for (int i = 0; i < USERS; i++) {
        Map<String, @Nullable Object> user = user();
        user.put("email", "u" + i + "@example.com");
        user.put("roles", subset(RuleShapes.ROLES));
        create(engine, "User", "u" + i, user);
      }
      for (int i = 0; i < CHANGES; i++) {
        String model = RuleShapes.pick(random, MODELS);
        Set<String> there = world.now().of(model).keySet();
        switch (there.isEmpty() ? 0 : random.nextInt(6)) {
          case 0, 1, 2 -> create(engine, model, model.charAt(0) + "" + i, values(model));
          case 3 -> merge(engine, "User", "u" + random.nextInt(USERS), user());
          case 4 -> merge(engine, model, any(there), values(model));
          default -> delete(engine, model, any(there));
        }
      }
    }

    private Map<String, @Nullable Object> user() {
      Map<String, @Nullable Object> values = new LinkedHashMap<>();
      values.put("team", maybe(RuleShapes.pick(random, RuleShapes.WORDS)));
      values.put("rank", maybe((long) random.nextInt(3)));
      values.put("kinds", maybe(subset(RuleShapes.WORDS)));
      return values;
    }

    private Map<String, @Nullable Object> values(String model) {
      String parent = MODELS.get(Math.max(0, MODELS.indexOf(model) - 1));
      Set<String> parents = world.now().of(parent).keySet();
      Map<String, @Nullable Object> values = new LinkedHashMap<>();
      values.put("owner", maybe("u" + random.nextInt(USERS)));
      values.put("parent", parents.isEmpty() ? null : maybe(any(parents)));
      values.put("n", maybe((long) random.nextInt(3)));
      values.put("flag", maybe(random.nextBoolean()));
      values.put("kind", maybe(RuleShapes.pick(random, RuleShapes.WORDS)));
      values.put("secret", "s");
      values.put("extra", "e");
      return values;
    }

    private @Nullable Object maybe(Object value) {
      return random.nextInt(4) == 0 ? null : value;
    }

    private List<String> subset(List<String> all) {
      return all.stream().filter(_ -> random.nextBoolean()).toList();
    }

    private String any(Set<String> from) {
      return RuleShapes.pick(random, List.copyOf(from));
    }

    private void create(
        OpenEngine engine, String name, String id, Map<String, @Nullable Object> values) {
      Model model = engine.schema().require(name);
      var input = InputReader.read(model, values, InputReader.Mode.CREATE);
      submit(engine, new Command.Create(model, id, true, input));
      ids.computeIfAbsent(name, _ -> new TreeSet<>()).add(id);
      world.put(name, id, values);
    }

    private void merge(
        OpenEngine engine, String name, String id, Map<String, @Nullable Object> values) {
      Model model = engine.schema().require(name);
      Map<String, @Nullable Object> before = world.now().record(name, id);
      var input = InputReader.read(model, values, InputReader.Mode.MERGE);
      submit(engine, new Command.Merge(model, id, input, Precondition.NONE));
      boolean changed =
          values.entrySet().stream()
              .anyMatch(
                  entry -> !java.util.Objects.equals(before.get(entry.getKey()), entry.getValue()));
      if (changed) {
        world.put(name, id, values);
      }
    }

    private void delete(OpenEngine engine, String name, String id) {
      submit(engine, new Command.Delete(engine.schema().require(name), id, Precondition.NONE));
      world.remove(name, id);
    }

    private static void submit(OpenEngine engine, Command command) {
      var authorized = engine.access().authorize(Caller.operator("test"), command);
      WriteResult result =
          engine.sequencer().submit(new UnitOfWork(List.of(authorized), "test", Optional.empty()));
      assertThat(result).isInstanceOf(WriteResult.Written.class);
    }

    void check(OpenEngine engine) throws ExpressionException {
      assertThat(engine.log().head().position()).isEqualTo(world.last());
      List<Caller> callers = new ArrayList<>();
      callers.add(Caller.ANONYMOUS);
      callers.add(Caller.machine("k", Set.copyOf(subset(RuleShapes.ROLES))));
      for (int i = 0; i < USERS; i++) {
        callers.add(account(engine, "u" + i));
      }
      for (Caller caller : callers) {
        for (String model : records.keySet()) {
          check(engine, caller, model, Moment.NOW, world.now());
          long position = 1 + random.nextLong(world.last());
          check(engine, caller, model, new Moment.AtPosition(position), world.at(position));
        }
      }
      // last, because the world is not told of what they bring back
      for (Caller caller : callers) {
        ids.forEach((model, each) -> each.forEach(id -> restore(engine, caller, model, id)));
      }
    }

    /// Nobody brings back a version that its history does not show them.
    private void restore(OpenEngine engine, Caller caller, String name, String id) {
      Model model = engine.schema().require(name);
      long version = 1 + random.nextLong(3);
      Set<Long> shown = new TreeSet<>();
      try {
        engine
            .query()
            .versions(
                engine
                    .access()
                    .authorize(caller, new Read.Versions(model, id, 50, Optional.empty())))
            .ifPresent(page -> page.versions().forEach(each -> shown.add(each.version())));
        Command command =
            new Command.Restore(model, id, new OlderVersion.Numbered(version), Precondition.NONE);
        var authorized = engine.access().authorize(caller, command);
        WrittenOutcome.of(
            engine
                .sequencer()
                .submit(new UnitOfWork(List.of(authorized), "test", Optional.empty())));
      } catch (Problem problem) {
        assertThat(problem.code()).isNotIn(ErrorCode.INTERNAL_ERROR, ErrorCode.STORAGE_UNAVAILABLE);
        return;
      }
      coverage.restored++;
      assertThat(shown).describedAs(caller.actor() + " " + name + " " + id).contains(version);
    }

    private static Caller account(OpenEngine engine, String id) {
      Read.One read = new Read.One(engine.schema().account(), id, Moment.NOW, Selection.ALL);
      Entity account =
          engine
              .query()
              .one(engine.access().authorize(Caller.operator("test"), read))
              .orElseThrow()
              .item()
              .entity();
      Set<String> roles = new HashSet<>();
      if (account.value(account.model().field("roles").orElseThrow()) instanceof List<?> given) {
        given.forEach(role -> roles.add((String) role));
      }
      return Caller.account(account, roles, "session");
    }

    private Rules rules(String model) {
      return java.util.Objects.requireNonNull(records.get(model));
    }

    private Asker asker(Caller caller) {
      return new Asker(
          caller.known(),
          List.copyOf(caller.roles()),
          caller.account().map(account -> world.now().record("User", account.id())));
    }

    private void check(
        OpenEngine engine, Caller caller, String name, Moment moment, RuleWorld.State state)
        throws ExpressionException {
      Model model = engine.schema().require(name);
      Asker asker = asker(caller);
      Map<String, Set<String>> expected = new TreeMap<>();
      state
          .of(name)
          .forEach((id, record) -> {
            Question question = new Question(record, asker, state);
            if (rules(name).allow(question)) {
              expected.put(id, visible(name, question));
            }
          });
      if (!expected.isEmpty() && expected.size() < state.of(name).size()) {
        coverage.someRecords++;
      }
      if (expected.values().stream().distinct().count() > 1) {
        coverage.someFields++;
      }
      String what = caller.actor() + caller.roles() + " " + name + " " + moment;
      Map<String, Set<String>> singles = new TreeMap<>();
      for (String id : ids.getOrDefault(name, Set.of())) {
        single(engine, caller, new Read.One(model, id, moment, Selection.ALL))
            .ifPresent(found -> singles.put(id, visible(found.item())));
      }
      assertThat(singles).describedAs("single reads of " + what).isEqualTo(expected);
      assertThat(listed(engine, caller, model, moment, Optional.empty(), expected.size()))
          .describedAs("list of " + what)
          .isEqualTo(expected);
      if (!name.equals("User")) {
        checkFiltered(engine, caller, model, moment, state, expected);
      }
    }

    private void checkFiltered(
        OpenEngine engine,
        Caller caller,
        Model model,
        Moment moment,
        RuleWorld.State state,
        Map<String, Set<String>> readable)
        throws ExpressionException {
      long number = random.nextInt(3);
      boolean overParent = random.nextBoolean();
      String filter = (overParent ? "parent.n == " : "n >= ") + number;
      Map<String, Set<String>> expected = new TreeMap<>(readable);
      expected
          .keySet()
          .removeIf(id ->
              !(overParent
                  ? parentIs(model, state.record(model.name(), id), number, caller, state)
                  : state.record(model.name(), id).get("n") instanceof Long n && n >= number));
      Predicate predicate = Expressions.compile(engine.schema(), model, filter, Vocabulary.FILTER);
      assertThat(listed(engine, caller, model, moment, Optional.of(predicate), expected.size()))
          .describedAs(caller.actor() + " " + model + " " + moment + " with " + filter)
          .isEqualTo(expected);
    }

    /// A filter finds no related record that the caller may not read.
    private boolean parentIs(
        Model model,
        Map<String, @Nullable Object> record,
        long number,
        Caller caller,
        RuleWorld.State state) {
      String parentModel = MODELS.get(Math.max(0, MODELS.indexOf(model.name()) - 1));
      Map<String, @Nullable Object> parent =
          record.get("parent") instanceof String id ? state.of(parentModel).get(id) : null;
      return parent != null
          && rules(parentModel).allow(new Question(parent, asker(caller), state))
          && java.util.Objects.equals(parent.get("n"), number);
    }

    private Set<String> visible(String model, Question question) {
      Set<String> visible = new TreeSet<>();
      for (String field : RULED) {
        Rules rules = fields.get(model + "." + field);
        if (rules == null || rules.allow(question)) {
          visible.add(field);
        }
      }
      return visible;
    }

    private static Set<String> visible(Item item) {
      Set<String> visible = new TreeSet<>();
      for (String field : RULED) {
        if (item.visible().test(item.entity().model().field(field).orElseThrow())) {
          visible.add(field);
        }
      }
      return visible;
    }

    private static Optional<FoundRecord> single(OpenEngine engine, Caller caller, Read.One read) {
      try {
        return engine.query().one(engine.access().authorize(caller, read));
      } catch (Problem problem) {
        requireRefusal(caller, problem);
        return Optional.empty();
      }
    }

    private static void requireRefusal(Caller caller, Problem problem) {
      assertThat(problem.code())
          .isIn(
              ErrorCode.FORBIDDEN,
              caller.known() ? ErrorCode.FORBIDDEN : ErrorCode.UNAUTHENTICATED);
    }

    /// All pages of a list, of random size and order.
    private Map<String, Set<String>> listed(
        OpenEngine engine,
        Caller caller,
        Model model,
        Moment moment,
        Optional<Predicate> filter,
        int count) {
      List<Read.Sort> sort = sort(model);
      int limit = 1 + random.nextInt(5);
      Map<String, Set<String>> listed = new TreeMap<>();
      Optional<Read.Key> after = Optional.empty();
      do {
        Read.Page read =
            new Read.Page(model, moment, Selection.ALL, filter, sort, limit, after, true);
        Page page;
        try {
          page = engine.query().list(engine.access().authorize(caller, read));
        } catch (Problem problem) {
          requireRefusal(caller, problem);
          return listed;
        }
        assertThat(page.count()).hasValue(count);
        assertThat(page.items().size() == limit || page.next().isEmpty()).isTrue();
        for (Item item : page.items()) {
          assertThat(listed.put(item.entity().id(), visible(item))).isNull();
        }
        after = page.next();
      } while (after.isPresent());
      return listed;
    }

    private List<Read.Sort> sort(Model model) {
      List<String> names =
          model.account() ? List.of("rank", "team") : List.of("n", "flag", "kind", "owner");
      List<Read.Sort> sort = new ArrayList<>();
      for (String name : names) {
        if (random.nextInt(3) == 0) {
          sort.add(new Read.Sort(model.field(name).orElseThrow(), random.nextBoolean()));
        }
      }
      return sort;
    }
  }
}
