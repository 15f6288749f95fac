package dev.varve.schema.record;

import dev.varve.kernel.AnyJson;
import dev.varve.schema.EnumType;
import dev.varve.schema.Field;
import dev.varve.schema.Model;
import dev.varve.schema.RelationType;
import dev.varve.schema.ScalarType;
import dev.varve.schema.ValueType;
import dev.varve.schema.sdl.Schemas;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.jspecify.annotations.Nullable;

/// Random records of a model that has a field of every kind.
public final class AnyEntity {
  /// A model with fields of every type, alone and in lists.
  public static final Model MODEL =
      Schemas.parse(
              """
              type Everything @model {
                id: ID!
                anId: ID
                text: String
                int: Int
                long: Long
                float: Float
                boolean: Boolean
                cents: Decimal @scale(digits: 2)
                wholes: Decimal @scale(digits: 0)
                fractions: Decimal @scale(digits: 18)
                dateTime: DateTime
                date: Date
                uuid: UUID
                email: Email
                url: Url
                json: JSON
                color: Color
                other: Everything
                value: Outer
                texts: [String]
                ints: [Int!]
                longs: [Long]
                floats: [Float]
                booleans: [Boolean]
                decimals: [Decimal] @scale(digits: 3)
                dateTimes: [DateTime]
                dates: [Date]
                jsons: [JSON]
                colors: [Color!]
                values: [Outer]
              }
              type Outer { text: String inner: Inner inners: [Inner!] json: JSON }
              type Inner { amount: Decimal! @scale(digits: 1) date: Date color: Color flags: [Boolean] }
              enum Color { RED GREEN BLUE }
              """)
          .require("Everything");

  private static final long DIGITS_18 = 999_999_999_999_999_999L;

  private AnyEntity() {}

  /// Records of [#MODEL] with every field absent now and then.
  public static Arbitrary<Entity> entities() {
    List<Arbitrary<@Nullable Object>> values =
        MODEL.fields().stream().map(AnyEntity::valueOrNull).toList();
    return Combinators.combine(values)
        .as(drawn -> new Entity(MODEL, drawn.toArray(new @Nullable Object[0])));
  }

  private static Arbitrary<@Nullable Object> valueOrNull(Field field) {
    Arbitrary<Object> value = value(field);
    return field.required() ? value.map(drawn -> drawn) : value.injectNull(0.2);
  }

  private static Arbitrary<Object> value(Field field) {
    Arbitrary<Object> element = element(field);
    if (!field.list()) {
      return element;
    }
    double absent = field.elementsRequired() ? 0 : 0.2;
    return element.injectNull(absent).list().ofMaxSize(4).map(Collections::unmodifiableList);
  }

  private static Arbitrary<Object> element(Field field) {
    return switch (field.type()) {
      case ScalarType scalar -> scalar(field, scalar);
      case EnumType type -> Arbitraries.of(type.values()).map(value -> value);
      case RelationType _ -> ids();
      case ValueType type -> members(type);
    };
  }

  private static Arbitrary<Object> members(ValueType type) {
    List<Arbitrary<@Nullable Object>> values =
        type.fields().stream().map(AnyEntity::valueOrNull).toList();
    return Combinators.combine(values).as(drawn -> members(type, drawn));
  }

  private static Object members(ValueType type, List<@Nullable Object> drawn) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    for (Field field : type.fields()) {
      Object value = drawn.get(field.ordinal());
      if (value != null) {
        members.put(field.name(), value);
      }
    }
    return Collections.unmodifiableMap(members);
  }

  private static Arbitrary<Object> scalar(Field field, ScalarType type) {
    return switch (type) {
      case ID -> ids();
      case STRING -> AnyJson.texts().map(value -> value);
      case INT -> Arbitraries.integers().map(Integer::longValue);
      case LONG -> Arbitraries.longs().map(value -> value);
      case FLOAT -> floats();
      case BOOLEAN -> Arbitraries.of(true, false).map(value -> value);
      case DECIMAL ->
          Arbitraries.longs()
              .between(-DIGITS_18, DIGITS_18)
              .map(unscaled -> BigDecimal.valueOf(unscaled, field.scale()));
      case DATE_TIME -> instants();
      case DATE ->
          Arbitraries.longs()
              .between(LocalDate.of(1, 1, 1).toEpochDay(), LocalDate.of(9999, 12, 31).toEpochDay())
              .map(LocalDate::ofEpochDay);
      case UUID ->
          Arbitraries.longs().tuple2().map(bits -> new UUID(bits.get1(), bits.get2()).toString());
      case EMAIL -> Arbitraries.of("ada@example.com", "\u00e4.b+c@d-e.example").map(value -> value);
      case URL ->
          Arbitraries.of("https://example.com/", "http://a.b/c?d=%20#e").map(value -> value);
      case JSON -> AnyJson.values().filter(value -> value != null).map(value -> value);
    };
  }

  private static Arbitrary<Object> ids() {
    return AnyJson.texts()
        .filter(text -> !text.isEmpty() && text.chars().noneMatch(Character::isISOControl))
        .map(text -> text);
  }

  /// Finite ones but -0.0, which no caller can give: JSON numbers are read as decimals.
  private static Arbitrary<Object> floats() {
    return Arbitraries.oneOf(
            Arbitraries.doubles(),
            Arbitraries.longs().map(Double::longBitsToDouble),
            Arbitraries.of(0.1, 1e21, Double.MIN_VALUE, Double.MAX_VALUE))
        .filter(Double::isFinite)
        .map(number -> number + 0.0);
  }

  private static Arbitrary<Object> instants() {
    return Arbitraries.longs()
        .between(
            ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse("0001-01-01T00:00:00Z")),
            ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse("9999-12-31T23:59:59.999999Z")))
        .map(micros -> Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
  }
}
