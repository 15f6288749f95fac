package dev.varve.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.kernel.Json;
import dev.varve.lane.access.Caller;
import dev.varve.lane.access.Moment;
import dev.varve.lane.access.Read;
import dev.varve.lane.access.Selection;
import dev.varve.lane.expression.ExpressionException;
import dev.varve.lane.expression.Expressions;
import dev.varve.lane.expression.Predicate;
import dev.varve.lane.expression.Vocabulary;
import dev.varve.lane.query.FoundRecord;
import dev.varve.lane.query.Item;
import dev.varve.lane.query.Page;
import dev.varve.lane.query.Versions;
import dev.varve.node.OpenEngine;
import dev.varve.schema.Model;
import dev.varve.schema.record.Entity;
import dev.varve.schema.record.EntityWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Holds what the read lane answers against the world.
final class Agreement {
  private final OpenEngine engine;
  private final World world;
  private final RandomGenerator random;

  Agreement(OpenEngine engine, World world, RandomGenerator random) {
    this.engine = engine;
    this.world = world;
    this.random = random;
  }

  /// Every record and some lists at every position, at the instants of units, and now; every history.
  void check() {
    assertThat(engine.log().head().position()).as("end of the log").isEqualTo(world.position());
    for (long position = 0; position <= world.position(); position++) {
      for (ModelShape model : world.shapes().models()) {
        if (model.history()) {
          ones(model, new Moment.AtPosition(position), position);
          list(model, new Moment.AtPosition(position), position);
        }
      }
      instant(position);
    }
    for (ModelShape model : world.shapes().models()) {
      // twice: what was read is in the cache then
      ones(model, Moment.NOW, world.position());
      ones(model, Moment.NOW, world.position());
      list(model, Moment.NOW, world.position());
      if (model.history()) {
        histories(model);
      }
    }
  }

  private void instant(long position) {
    if (position == 0) {
      return;
    }
    Moment moment = new Moment.AtInstant(world.instantOf(position));
    list(world.shapes().model("Member"), moment, world.positionAt(world.instantOf(position)));
  }

  private Set<String> ids(ModelShape model) {
    TreeSet<String> ids =
        new TreeSet<>(world.at(world.position()).versionsOf(model.name()).keySet());
    ids.add(model.idPrefix() + "-never");
    return ids;
  }

  private void ones(ModelShape shape, Moment moment, long position) {
    Model model = engine.schema().require(shape.name());
    for (String id : ids(shape)) {
      Optional<FoundRecord> found =
          engine
              .query()
              .one(
                  engine
                      .access()
                      .authorize(Caller.ANONYMOUS, new Read.One(model, id, moment, Selection.ALL)));
      World.Item item = world.at(position).of(shape.name()).get(id);
      String place = "%s '%s' at %s".formatted(shape.name(), id, moment);
      assertThat(found.map(answer -> plain(answer.item().entity())).orElse(null))
          .as(place)
          .isEqualTo(item == null ? null : expected(shape, item));
      found.ifPresent(answer -> {
        assertThat(answer.position()).as(place).isEqualTo(position);
        if (answer.rendered().isPresent()) {
          assertThat(plain(answer.rendered().get()))
              .as(place)
              .isEqualTo(expected(shape, Objects.requireNonNull(item)));
        }
      });
    }
  }

  private void list(ModelShape shape, Moment moment, long position) {
    Wanted wanted = Wanted.of(shape, random);
    World.State state = world.at(position);
    List<Map<String, @Nullable Object>> expected =
        wanted.in(state, shape).stream().map(item -> expected(shape, item)).toList();
    String place =
        "%s where %s by %s at %s"
            .formatted(shape.name(), wanted.condition().text(), wanted.sorts(), moment);
    Model model = engine.schema().require(shape.name());
    List<Map<String, @Nullable Object>> listed = new ArrayList<>();
    Optional<Read.Key> after = Optional.empty();
    do {
      Page page = page(model, moment, wanted, after);
      assertThat(page.position()).as(place).isEqualTo(position);
      assertThat(page.count()).as(place).hasValue(expected.size());
      assertThat(page.items().size()).as(place).isLessThanOrEqualTo(wanted.limit());
      for (Item item : page.items()) {
        listed.add(plain(item.entity()));
        expansions(shape, state, item, place);
      }
      after = page.next();
    } while (after.isPresent() && listed.size() <= expected.size());
    assertThat(listed).as(place).isEqualTo(expected);
  }

  private Page page(Model model, Moment moment, Wanted wanted, Optional<Read.Key> after) {
    Read.Page read =
        new Read.Page(
            model,
            moment,
            new Selection(Optional.empty(), expansions(model)),
            Optional.of(filter(model, wanted.condition().text())),
            wanted.sorts().stream().map(sort -> sort(model, sort)).toList(),
            wanted.limit(),
            after,
            true);
    return engine.query().list(engine.access().authorize(Caller.ANONYMOUS, read));
  }

  private List<Selection.Expansion> expansions(Model model) {
    return model.fields().stream()
        .filter(field -> field.relation().isPresent())
        .<Selection.Expansion>map(field ->
            new Selection.ToOne(
                field,
                engine.schema().require(field.relation().orElseThrow().target()),
                Selection.ALL))
        .toList();
  }

  private void expansions(ModelShape shape, World.State state, Item item, String place) {
    item.related()
        .forEach((name, related) -> {
          String target = shape.field(name).target();
          Object id = plain(item.entity()).get(name);
          World.Item other = id == null ? null : state.of(target).get((String) id);
          assertThat(
                  ((Item.Related.One) related)
                      .item()
                      .map(found -> plain(found.entity()))
                      .orElse(null))
              .as("%s, expanded by %s", place, name)
              .isEqualTo(other == null ? null : expected(world.shapes().model(target), other));
        });
  }

  private Predicate filter(Model model, String text) {
    try {
      return Expressions.compile(engine.schema(), model, text, Vocabulary.FILTER);
    } catch (ExpressionException e) {
      throw new AssertionError(text, e);
    }
  }

  private static Read.Sort sort(Model model, String sort) {
    boolean descending = sort.startsWith("-");
    return new Read.Sort(
        model.field(descending ? sort.substring(1) : sort).orElseThrow(), descending);
  }

  private void histories(ModelShape shape) {
    for (String id : ids(shape)) {
      List<World.Version> versions =
          world.at(world.position()).versionsOf(shape.name()).getOrDefault(id, List.of());
      List<String> expected = new ArrayList<>();
      World.Item previous = null;
      for (World.Version version : versions) {
        expected.addFirst(line(shape, version, previous));
        previous = version.item();
      }
      assertThat(history(shape, id)).as("history of %s '%s'", shape.name(), id).isEqualTo(expected);
    }
  }

  private String line(ModelShape shape, World.Version version, World.@Nullable Item previous) {
    Set<String> changed = new TreeSet<>();
    for (FieldShape field : shape.fields()) {
      boolean isNew = previous == null || version.kind().equals("CREATE");
      Object was = isNew ? null : previous.values().get(field.name());
      if (!version.isDeletion()
          && !Objects.equals(was, version.item().values().get(field.name()))) {
        changed.add(field.name());
      }
    }
    return "%d %s at %d: %s %s"
        .formatted(
            version.number(),
            version.kind(),
            version.position(),
            changed,
            expected(shape, version.item()));
  }

  private List<String> history(ModelShape shape, String id) {
    Model model = engine.schema().require(shape.name());
    List<String> lines = new ArrayList<>();
    Optional<Long> before = Optional.empty();
    do {
      Optional<Versions> page =
          engine
              .query()
              .versions(
                  engine
                      .access()
                      .authorize(
                          Caller.ANONYMOUS,
                          new Read.Versions(model, id, 1 + random.nextInt(4), before)));
      if (page.isEmpty()) {
        return lines;
      }
      for (Versions.Version version : page.get().versions()) {
        lines.add(
            "%d %s at %d: %s %s"
                .formatted(
                    version.version(),
                    version.kind(),
                    version.position(),
                    new TreeSet<>(version.changed()),
                    plain(version.item().entity())));
      }
      before = page.get().nextBefore();
    } while (before.isPresent());
    return lines;
  }

  /// The record as its JSON says.
  private static Map<String, @Nullable Object> plain(Entity entity) {
    return plain(EntityWriter.render(entity));
  }

  private static Map<String, @Nullable Object> plain(byte[] json) {
    return sorted((Map<?, ?>) Objects.requireNonNull(Json.read(json)));
  }

  /// The same with all names in one order, so that two texts of it can be compared.
  private static Map<String, @Nullable Object> sorted(Map<?, ?> members) {
    Map<String, @Nullable Object> sorted = new TreeMap<>();
    members.forEach((name, value) -> sorted.put((String) name, sorted(value)));
    return sorted;
  }

  private static @Nullable Object sorted(@Nullable Object value) {
    return switch (value) {
      case Map<?, ?> members -> sorted(members);
      case List<?> elements -> Arrays.asList(elements.stream().map(Agreement::sorted).toArray());
      case null, default -> value;
    };
  }

  /// The JSON that the record should have, in the order of the fields of the answer or any other.
  Map<String, @Nullable Object> expected(ModelShape shape, World.Item item) {
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    all.put("id", item.id());
    for (FieldShape field : shape.fields()) {
      all.put(field.name(), answered(field, item.values().get(field.name())));
    }
    all.put("createdAt", item.createdAt().toString());
    all.put("updatedAt", item.updatedAt().toString());
    all.put("version", item.version());
    return sorted(all);
  }

  /// An address is answered with all its members.
  private @Nullable Object answered(FieldShape field, @Nullable Object value) {
    return switch (field.kind()) {
      case ADDRESS -> value == null ? null : address((Map<?, ?>) value);
      case ADDRESSES ->
          value == null
              ? null
              : ((List<?>) value).stream().map(element -> address((Map<?, ?>) element)).toList();
      default -> value;
    };
  }

  private Map<String, @Nullable Object> address(Map<?, ?> value) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    world.shapes().addressMembers().forEach(name -> members.put(name, value.get(name)));
    return members;
  }
}
