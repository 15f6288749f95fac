package dev.varve.lane.expression;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.schema.EnumType;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.RelationType;
import dev.varve.schema.ScalarType;
import dev.varve.schema.ValueType;
import dev.varve.schema.record.Entity;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;

/// Any expression over any records: memory, current rows and rows of a moment give the same answer.
///
/// Values come from small pools, so that equal ones, neighbours and the odd ones (code points beyond 16
/// bits, wildcards, 64-bit limits, fractions that no double holds) meet often.
class AgreementTest {
  private static final int ORDERS = 8;
  private static final int USERS = 3;
  private static final int TEAMS = 2;

  private static final List<String> TEXTS =
      List.of(
          "",
          "a",
          "A",
          "ab",
          "abc",
          "b",
          "é",
          "e\u0301",
          "\uFFFD",
          "\uD7FF",
          "\uE000",
          "😀",
          "😀a",
          "\uDBFF\uDFFF",
          "a%",
          "_",
          "O'Neil",
          "\\",
          "10",
          "9",
          "true",
          "null",
          "a\nb",
          " a",
          "ß",
          "ẞ",
          "SS",
          "ss",
          "É",
          "E\u0301",
          "ı",
          "I",
          "i",
          "İ",
          "ΣΑΣ",
          "σας",
          "\u0301");
  private static final List<Long> INTS = List.of(-2L, -1L, 0L, 1L, 2L, 3L, 2_147_483_647L);
  private static final List<Long> LONGS =
      List.of(
          Long.MIN_VALUE,
          -1L,
          0L,
          1L,
          9_007_199_254_740_992L,
          9_007_199_254_740_993L,
          Long.MAX_VALUE);
  private static final List<Double> FLOATS =
      List.of(
          -1.5,
          -0.0,
          0.0,
          0.1,
          0.30000000000000004,
          0.3,
          1.0,
          1.5,
          2.0,
          1e-300,
          Double.MIN_VALUE,
          Double.MAX_VALUE,
          -Double.MAX_VALUE,
          9_007_199_254_740_992.0,
          123_456.789,
          1.0 / 3);
  private static final List<String> NUMBERS =
      List.of(
          "-2147483649",
          "-2",
          "-1.5",
          "-1",
          "-0.0",
          "0",
          "0.0",
          "0.001",
          "0.1",
          "0.3",
          "0.30000000000000004",
          "0.5",
          "1",
          "1.0",
          "1.5",
          "1.50",
          "1.505",
          "2",
          "2.5",
          "3",
          "19.9",
          "100",
          "1e2",
          "1e-3",
          "1e30",
          "-1e30",
          "9007199254740992",
          "9007199254740993",
          "9007199254740992.5",
          "9223372036854775807",
          "123456.789",
          "9223372036854775807.5",
          "99999999999999.99",
          "1e300",
          "0.3333333333333333");
  private static final List<String> DECIMALS =
      List.of(
          "-1.50",
          "-0.05",
          "0.00",
          "0.10",
          "1.50",
          "1.51",
          "2.00",
          "19.90",
          "100.00",
          "99999999999999.99");
  private static final List<Instant> INSTANTS =
      List.of(
          Instant.parse("0001-01-01T00:00:00Z"),
          Instant.parse("1969-12-31T23:59:59.999999Z"),
          Instant.parse("1970-01-01T00:00:00Z"),
          Instant.parse("2026-03-01T11:59:59.999Z"),
          Instant.parse("2026-03-01T12:00:00Z"),
          Instant.parse("2026-03-01T12:00:00.000001Z"),
          Instant.parse("2026-03-01T12:00:00.100Z"),
          Instant.parse("2026-03-01T13:00:00Z"),
          Instant.parse("9999-12-31T23:59:59.999999Z"));
  private static final List<LocalDate> DATES =
      List.of(
          LocalDate.parse("0001-01-01"),
          LocalDate.parse("2026-02-28"),
          LocalDate.parse("2026-03-01"),
          LocalDate.parse("9999-12-31"));
  private static final List<String> UUIDS =
      List.of("0198c5f2-6f1a-7c3e-9b1d-2f4a8e6c0b57", "ffffffff-ffff-ffff-ffff-ffffffffffff");

  /// A path over which expressions are written, and the field it ends at.
  private record Place(String text, Field field) {}

  private static final List<Place> PLACES = places();

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void memoryAndSqlSelectTheSame(
      @ForAll("worlds") List<Entity> world,
      @ForAll("expressions") @Size(12) List<String> expressions)
      throws SQLException, ExpressionException {
    try (Shelf shelf = new Shelf()) {
      requireAgreement(shelf, world, expressions);
    }
  }

  /// Fewer tries: each statement goes to a server and back.
  @Property(tries = 40, edgeCases = EdgeCasesMode.NONE)
  void memoryAndPostgresSelectTheSame(
      @ForAll("worlds") List<Entity> world,
      @ForAll("expressions") @Size(12) List<String> expressions)
      throws SQLException, ExpressionException {
    try (Shelf shelf = Shelf.inPostgres()) {
      requireAgreement(shelf, world, expressions);
    }
  }

  private static void requireAgreement(Shelf shelf, List<Entity> world, List<String> expressions)
      throws ExpressionException {
    world.forEach(shelf::put);
    putOtherMoments(shelf, world);
    for (String source : expressions) {
      Predicate predicate = Shop.filter(source);
      Set<String> expected = shelf.inMemory(Shop.ORDER, predicate);
      assertThat(shelf.inSql(Shop.ORDER, predicate, OptionalLong.empty()))
          .as(() -> source + "\n" + shelf.text(Shop.ORDER, predicate, OptionalLong.empty()))
          .isEqualTo(expected);
      assertThat(shelf.inSql(Shop.ORDER, predicate, OptionalLong.of(Shelf.POSITION)))
          .as(() -> "as of: " + source)
          .isEqualTo(expected);
    }
  }

  /// What held before is what others hold now: an expression that saw it would be found out.
  private static void putOtherMoments(Shelf shelf, List<Entity> world) {
    for (int i = 0; i < world.size(); i++) {
      Entity entity = world.get(i);
      Entity other = world.get((i + 1) % world.size());
      if (other.model().equals(entity.model())) {
        @Nullable Object[] values = other.values();
        values[0] = entity.id();
        shelf.putEarlier(new Entity(entity.model(), values));
      }
    }
  }

  @Provide
  Arbitrary<List<Entity>> worlds() {
    List<Arbitrary<Entity>> entities = new ArrayList<>();
    for (int i = 0; i < TEAMS; i++) {
      entities.add(entity(Shop.TEAM, "t" + i));
    }
    for (int i = 0; i < USERS; i++) {
      entities.add(entity(Shop.USER, "u" + i));
    }
    for (int i = 0; i < ORDERS; i++) {
      entities.add(entity(Shop.ORDER, "o" + i));
    }
    return Combinators.combine(entities).as(made -> made);
  }

  private static Arbitrary<Entity> entity(Model model, String id) {
    List<Field> fields = model.fields().stream().filter(field -> !field.system()).toList();
    return values(fields).map(values -> Shop.entity(model, id, values));
  }

  /// A third of the values is absent.
  private static Arbitrary<Map<String, Object>> values(List<Field> fields) {
    return Combinators.combine(fields.stream().map(field -> value(field).injectNull(0.33)).toList())
        .as(values -> {
          Map<String, Object> present = new LinkedHashMap<>();
          for (int i = 0; i < fields.size(); i++) {
            if (values.get(i) != null) {
              present.put(fields.get(i).name(), values.get(i));
            }
          }
          return present;
        });
  }

  private static Arbitrary<Object> value(Field field) {
    Arbitrary<Object> element = element(field);
    return field.list()
        ? element.injectNull(0.1).list().ofMaxSize(3).map(list -> (Object) list)
        : element;
  }

  private static Arbitrary<Object> element(Field field) {
    return switch (field.type()) {
      case EnumType enumType ->
          Arbitraries.of(List.copyOf(enumType.values())).map(Object.class::cast);
      case RelationType relation ->
          Arbitraries.of(List.copyOf(ids(relation.target()))).map(Object.class::cast);
      case ValueType valueType -> values(valueType.fields()).map(Object.class::cast);
      case ScalarType scalar -> Arbitraries.of(pool(scalar, field.scale())).map(Object.class::cast);
    };
  }

  /// The last of them is the id of a record that is not there.
  private static List<String> ids(String model) {
    return switch (model) {
      case "Team" -> List.of("t0", "t1", "t9");
      case "User" -> List.of("u0", "u1", "u2", "u9");
      default -> List.of("o0", "o1", "o2", "o9");
    };
  }

  private static List<?> pool(ScalarType type, int scale) {
    return switch (type) {
      case ID, STRING, EMAIL, URL -> TEXTS;
      case UUID -> UUIDS;
      case INT -> INTS;
      case LONG -> LONGS;
      case FLOAT -> FLOATS;
      case BOOLEAN -> List.of(true, false);
      case DECIMAL -> DECIMALS.stream().map(text -> new BigDecimal(text).setScale(scale)).toList();
      case DATE_TIME -> INSTANTS;
      case DATE -> DATES;
      case JSON -> List.of(Map.of("a", 1L), List.of(), "text", 0L, false);
    };
  }

  @Provide
  Arbitrary<List<String>> expressions() {
    return condition(3).list().ofSize(12);
  }

  private static Arbitrary<String> condition(int depth) {
    Arbitrary<String> test = Arbitraries.of(PLACES).flatMap(AgreementTest::test);
    if (depth == 0) {
      return test;
    }
    Arbitrary<String> inner = Arbitraries.lazy(() -> condition(depth - 1));
    return Arbitraries.frequencyOf(
        net.jqwik.api.Tuple.of(6, test),
        net.jqwik.api.Tuple.of(1, Arbitraries.of("true", "false")),
        net.jqwik.api.Tuple.of(3, inner.map(a -> "!(" + a + ")")),
        net.jqwik.api.Tuple.of(2, both(inner, " && ")),
        net.jqwik.api.Tuple.of(2, both(inner, " || ")),
        net.jqwik.api.Tuple.of(
            1,
            Combinators.combine(inner, inner, inner)
                .as((a, b, c) -> "((" + a + ") ? (" + b + ") : (" + c + "))")));
  }

  private static Arbitrary<String> both(Arbitrary<String> inner, String operator) {
    return Combinators.combine(inner, inner).as((a, b) -> "(" + a + operator + b + ")");
  }

  private static Arbitrary<String> test(Place place) {
    List<Arbitrary<String>> tests = new ArrayList<>();
    tests.add(
        Arbitraries.of(
            place.text() + " == null", place.text() + " != null", "has(" + place.text() + ")"));
    Field field = place.field();
    if (field.list()) {
      tests.add(size(place));
      Kind.ofElement(field).ifPresent(kind -> addElementTests(tests, place, kind));
      return Arbitraries.oneOf(tests);
    }
    Kind.of(field).ifPresent(kind -> addTests(tests, place, kind));
    return Arbitraries.oneOf(tests);
  }

  private static Arbitrary<String> size(Place place) {
    return Combinators.combine(relational(true), Arbitraries.of("-1", "0", "1", "1.5", "2", "1e20"))
        .as((operator, number) -> "size(" + place.text() + ")" + operator + number);
  }

  private static Arbitrary<String> relational(boolean ordered) {
    return ordered
        ? Arbitraries.of(" == ", " != ", " < ", " <= ", " > ", " >= ")
        : Arbitraries.of(" == ", " != ");
  }

  private static void addElementTests(List<Arbitrary<String>> tests, Place list, Kind kind) {
    tests.add(literal(list, kind).map(literal -> literal + " in " + list.text()));
    List<String> fellows = fellows(list, kind);
    if (!fellows.isEmpty()) {
      tests.add(Arbitraries.of(fellows).map(fellow -> fellow + " in " + list.text()));
    }
  }

  private static void addTests(List<Arbitrary<String>> tests, Place place, Kind kind) {
    Arbitrary<String> literal = literal(place, kind);
    Arbitrary<String> operator = relational(kind.ordered());
    tests.add(Combinators.combine(operator, literal).as((op, value) -> place.text() + op + value));
    tests.add(Combinators.combine(operator, literal).as((op, value) -> value + op + place.text()));
    List<String> fellows = fellows(place, kind);
    tests.add(
        Combinators.combine(operator, Arbitraries.of(fellows))
            .as((op, fellow) -> place.text() + op + fellow));
    tests.add(
        Arbitraries.oneOf(literal, literal, Arbitraries.of(fellows), Arbitraries.just("null"))
            .list()
            .ofMaxSize(4)
            .map(values -> place.text() + " in [" + String.join(", ", values) + "]"));
    if (kind == Kind.BOOLEAN) {
      tests.add(Arbitraries.just(place.text()));
    }
    if (kind == Kind.TEXT) {
      tests.add(size(place));
      tests.add(
          Combinators.combine(
                  Arbitraries.of("contains", "startsWith", "endsWith"),
                  Arbitraries.oneOf(
                      Arbitraries.of(TEXTS).map(AgreementTest::quoted), Arbitraries.of(fellows)))
              .as((function, part) -> place.text() + "." + function + "(" + part + ")"));
    }
    if (place.field().foldable()) {
      tests.add(Arbitraries.of("foldCase", "foldAccents").flatMap(fold -> foldedTest(place, fold)));
    }
  }

  /// A test of text that ignores case, or case and accents.
  private static Arbitrary<String> foldedTest(Place place, String fold) {
    String text = place.text() + "." + fold + "()";
    Arbitrary<String> literal = Arbitraries.of(TEXTS).map(AgreementTest::quoted);
    Arbitrary<String> other =
        Arbitraries.oneOf(
                literal,
                Arbitraries.of(
                    PLACES.stream()
                        .filter(candidate -> candidate.field().foldable())
                        .map(Place::text)
                        .toList()))
            .map(found -> found + "." + fold + "()");
    return Arbitraries.oneOf(
        Combinators.combine(relational(true), other).as((op, value) -> text + op + value),
        Combinators.combine(relational(true), other).as((op, value) -> text + op + value),
        other.list().ofMaxSize(4).map(values -> text + " in [" + String.join(", ", values) + "]"),
        Combinators.combine(Arbitraries.of("contains", "startsWith", "endsWith"), other)
            .as((function, part) -> text + "." + function + "(" + part + ")"),
        Combinators.combine(relational(true), Arbitraries.of("0", "1", "2"))
            .as((op, number) -> "size(" + text + ")" + op + number),
        Arbitraries.of(text + " == null", text + " != null"));
  }

  /// The other places that can be compared with this one.
  private static List<String> fellows(Place place, Kind kind) {
    List<String> fellows = new ArrayList<>();
    for (Place other : PLACES) {
      boolean same =
          Kind.of(other.field()).filter(found -> found == kind).isPresent()
              && other.field().scale() == place.field().scale()
              && (kind != Kind.ENUM || other.field().type().equals(place.field().type()));
      if (same) {
        fellows.add(other.text());
      }
    }
    if (kind == Kind.WHOLE) {
      fellows.add("size(note)");
      fellows.add("size(shipTo.labels)");
    }
    if (kind == Kind.INSTANT) {
      fellows.add("now");
    }
    return fellows;
  }

  private static Arbitrary<String> literal(Place place, Kind kind) {
    return switch (kind) {
      case TEXT ->
          switch (place.field().type()) {
            case RelationType relation ->
                Arbitraries.of(ids(relation.target())).map(AgreementTest::quoted);
            case ScalarType scalar when scalar == ScalarType.UUID ->
                Arbitraries.of(UUIDS).map(AgreementTest::quoted);
            case ScalarType _, EnumType _, ValueType _ ->
                Arbitraries.of(TEXTS).map(AgreementTest::quoted);
          };
      case ENUM ->
          Arbitraries.of(((EnumType) place.field().type()).values()).map(AgreementTest::quoted);
      case WHOLE, FLOAT -> Arbitraries.of(NUMBERS);
      case DECIMAL ->
          Arbitraries.oneOf(
              Arbitraries.of(NUMBERS),
              Arbitraries.of(DECIMALS),
              Arbitraries.of(DECIMALS).map(AgreementTest::quoted));
      case BOOLEAN -> Arbitraries.of("true", "false");
      case INSTANT ->
          Arbitraries.oneOf(
              Arbitraries.of(INSTANTS).map(instant -> "timestamp('" + instant + "')"),
              Arbitraries.of(INSTANTS).map(instant -> "'" + instant + "'"),
              Arbitraries.of(
                  "now", "now - duration('1ms')", "now + duration('1h')", "duration('1us') + now"));
      case DATE -> Arbitraries.of(DATES).map(date -> "'" + date + "'");
    };
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'";
  }

  private static List<Place> places() {
    List<Place> places = new ArrayList<>();
    addPlaces(places, "", Shop.ORDER.fields());
    for (String relation : List.of("user", "approver", "parent.user")) {
      addPlaces(places, relation + ".", Shop.USER.fields());
    }
    addPlaces(places, "parent.", Shop.ORDER.fields().subList(0, 10));
    addPlaces(places, "user.team.", Shop.TEAM.fields());
    return List.copyOf(places);
  }

  private static void addPlaces(List<Place> places, String prefix, List<Field> fields) {
    for (Field field : fields) {
      places.add(new Place(prefix + field.name(), field));
      if (field.type() instanceof ValueType type && !field.list()) {
        addPlaces(places, prefix + field.name() + ".", type.fields());
      }
    }
  }
}
