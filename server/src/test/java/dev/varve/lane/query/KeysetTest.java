package dev.varve.lane.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.CodePoints;
import dev.varve.kernel.TestFolders;
import dev.varve.lane.access.Command;
import dev.varve.lane.access.Precondition;
import dev.varve.node.TestStorage;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.record.Entity;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/// Pages put together are the whole list, in order, whatever it is sorted by; now and as of a position.
class KeysetTest {
  private static final String SCHEMA =
      """
      type Item @model
        @index(fields: ["round", "rank", "name"])
        @index(fields: ["round", "size"])
        @index(fields: ["round", "createdAt"])
        @auth(rules: [{allow: public}]) {
        id: ID!
        round: Int!
        rank: Int!
        name: String!
        size: Int
        label: String
        price: Decimal @scale(digits: 2)
        weight: Float
        fresh: Boolean
        due: Date
      }
      """;

  // those that were started, and the one that is asked
  private static final List<Backend> STARTED = new ArrayList<>();
  private static @Nullable Backend sqlite;
  private static @Nullable Backend postgres;
  private static @Nullable Backend asked;
  private static @Nullable Path folder;
  private static int round;

  @BeforeContainer
  static void start() throws IOException {
    folder = Files.createTempDirectory("varve-keyset");
  }

  private static Backend start(String name, boolean inPostgres) {
    Path data = Path.of(String.valueOf(folder)).resolve(name);
    if (inPostgres) {
      TestStorage.inPostgres(data);
    }
    Backend backend = new Backend(data, SCHEMA);
    STARTED.add(backend);
    return backend;
  }

  @AfterContainer
  static void stop() throws IOException {
    STARTED.forEach(Backend::close);
    TestFolders.delete(Path.of(String.valueOf(folder)));
  }

  private static Backend items() {
    Backend backend = asked;
    if (backend == null) {
      throw new IllegalStateException("Not started");
    }
    return backend;
  }

  @Property(tries = 60)
  void pagesPutTogetherAreTheSortedList(
      @ForAll("records") List<Map<String, Object>> records,
      @ForAll("sorts") List<String> sorts,
      @ForAll @IntRange(min = 1, max = 7) int limit) {
    sqlite = sqlite == null ? start("sqlite", false) : sqlite;
    asked = sqlite;
    requireOrder(records, sorts, limit);
  }

  /// Its texts are in another order unless it is told: that of a language.
  @Property(tries = 30)
  void pagesPutTogetherAreTheSameListInPostgres(
      @ForAll("records") List<Map<String, Object>> records,
      @ForAll("sorts") List<String> sorts,
      @ForAll @IntRange(min = 1, max = 7) int limit) {
    postgres = postgres == null ? start("postgres", true) : postgres;
    asked = postgres;
    requireOrder(records, sorts, limit);
  }

  private static void requireOrder(
      List<Map<String, Object>> records, List<String> sorts, int limit) {
    round++;
    long position = write(records);
    List<Entity> stored = question().limit(500).list().items().stream().map(Item::entity).toList();
    List<String> expected = stored.stream().sorted(order(sorts)).map(Entity::id).toList();

    assertThat(stored).hasSameSizeAs(records);
    assertThat(sorted(sorts).limit(limit).idsOfAllPages()).isEqualTo(expected);

    change(stored);
    assertThat(sorted(sorts).limit(limit).asOf(position).idsOfAllPages()).isEqualTo(expected);
  }

  private static Question question() {
    return items().of("Item").filter("round == " + round);
  }

  private static Question sorted(List<String> sorts) {
    return question().sort(sorts.toArray(String[]::new));
  }

  private static long write(List<Map<String, Object>> records) {
    List<Command> commands = new ArrayList<>();
    for (Map<String, Object> record : records) {
      Map<String, Object> ofThisRound = new HashMap<>(record);
      ofThisRound.put("round", (long) round);
      ofThisRound.put("id", record.get("id") + "-" + round);
      commands.add(items().creation("Item", ofThisRound));
    }
    return items().unit(commands.toArray(Command[]::new));
  }

  /// Every other record is changed, every third is deleted.
  private static void change(List<Entity> stored) {
    items().pass(Duration.ofSeconds(1));
    List<Command> commands = new ArrayList<>();
    for (int i = 0; i < stored.size(); i++) {
      String id = stored.get(i).id();
      if (i % 2 == 0) {
        commands.add(items().merging("Item", id, "{'rank': 7, 'size': null, 'label': 'x'}"));
      }
      if (i % 3 == 0) {
        commands.add(new Command.Delete(items().model("Item"), id, Precondition.NONE));
      }
    }
    items().unit(commands.toArray(Command[]::new));
  }

  private static Comparator<Entity> order(List<String> sorts) {
    Model model = items().model("Item");
    Comparator<Entity> order = (_, _) -> 0;
    boolean descending = false;
    for (String sort : sorts) {
      descending = sort.startsWith("-");
      Field field = model.field(sort.replaceFirst("^-", "")).orElseThrow();
      Comparator<Entity> next =
          Comparator.comparing(
              entity -> entity.value(field), Comparator.nullsFirst(KeysetTest::compare));
      order = order.thenComparing(descending ? next.reversed() : next);
    }
    Comparator<Entity> byId = Comparator.comparing(Entity::id, CodePoints::compare);
    return order.thenComparing(descending ? byId.reversed() : byId);
  }

  private static int compare(Object a, Object b) {
    return switch (a) {
      case String text -> CodePoints.compare(text, (String) b);
      case Long number -> Long.compare(number, (Long) b);
      case Double number -> Double.compare(number, (Double) b);
      case Boolean bool -> Boolean.compare(bool, (Boolean) b);
      case BigDecimal decimal -> decimal.compareTo((BigDecimal) b);
      case LocalDate date -> date.compareTo((LocalDate) b);
      case Instant instant -> instant.compareTo((Instant) b);
      default -> throw new IllegalArgumentException("Not sortable: " + a.getClass());
    };
  }

  @Provide
  static Arbitrary<List<Map<String, Object>>> records() {
    // few values, so that there are ties; with code points beyond the basic plane
    Arbitrary<String> texts = Arbitraries.of("", "a", "A", "b", "\uE000", "\uD83D\uDE00", "é");
    Arbitrary<Map<String, Object>> record =
        Combinators.combine(
                Arbitraries.longs().between(0, 2),
                texts,
                Arbitraries.longs().between(0, 3).injectNull(0.3),
                texts.injectNull(0.3),
                Arbitraries.of("-0.01", "0.00", "10.00", "9.99").injectNull(0.3),
                Arbitraries.of("-1.5", "0.0", "1e300").map(BigDecimal::new).injectNull(0.3),
                Arbitraries.of(true, false).injectNull(0.3),
                Arbitraries.of("0001-01-01", "2026-03-01", "9999-12-31").injectNull(0.3))
            .as(KeysetTest::record);
    Arbitrary<String> ids = texts.map(text -> text + "i");
    return Combinators.combine(record.list().ofMinSize(1).ofMaxSize(25), ids.list().ofSize(25))
        .as(KeysetTest::withIds);
  }

  private static Map<String, Object> record(@Nullable Object... values) {
    List<String> names =
        List.of("rank", "name", "size", "label", "price", "weight", "fresh", "due");
    Map<String, Object> record = new HashMap<>();
    for (int i = 0; i < values.length; i++) {
      Object value = values[i];
      if (value != null) {
        record.put(names.get(i), value);
      }
    }
    return record;
  }

  private static List<Map<String, Object>> withIds(
      List<Map<String, Object>> records, List<String> ids) {
    List<Map<String, Object>> complete = new ArrayList<>();
    for (int i = 0; i < records.size(); i++) {
      Map<String, Object> record = new HashMap<>(records.get(i));
      // the number makes it unique, and does not follow the order of the list
      record.put("id", ids.get(i) + (i * 7) % 25);
      complete.add(record);
    }
    return complete;
  }

  @Provide
  static Arbitrary<List<String>> sorts() {
    return Combinators.combine(
            Arbitraries.of(
                    "rank",
                    "name",
                    "size",
                    "label",
                    "price",
                    "weight",
                    "fresh",
                    "due",
                    "id",
                    "createdAt",
                    "version")
                .list()
                .uniqueElements()
                .ofMaxSize(4),
            Arbitraries.of(true, false).list().ofSize(4),
            Arbitraries.of(0, 1, 2))
        .as((names, directions, kind) -> {
          List<String> sorts = new ArrayList<>();
          for (int i = 0; i < names.size(); i++) {
            boolean descending = kind == 2 ? directions.get(i) : kind == 1;
            sorts.add((descending ? "-" : "") + names.get(i));
          }
          return sorts;
        });
  }
}
