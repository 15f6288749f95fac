package dev.varve.proof;

import dev.varve.proof.FieldShape.Kind;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A value as a caller may give it, and as it is kept and answered.
record Choice(@Nullable Object given, @Nullable Object kept) {
  // as long as texts of an index may be
  private static final String BIG = "a very long text ".repeat(120);

  static Choice same(@Nullable Object value) {
    return new Choice(value, value);
  }

  /// The object of the names and values given in turn; null values stay.
  static Map<String, @Nullable Object> object(@Nullable Object... namesAndValues) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      members.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
    }
    return Collections.unmodifiableMap(members);
  }

  /// A value of the kind, from a small pool, so that equal ones meet often.
  static Choice of(FieldShape field, RandomGenerator random) {
    return switch (field.kind()) {
      case TEXT -> same(pick(random, "", "a", "b", "É😀", "it's \"x\"\n%_", BIG));
      case CODE -> same(pick(random, "x", "y", "z", "X", "v", "w"));
      case INT ->
          pick(
              random,
              same(0L),
              same(1L),
              same(2L),
              same(-7L),
              new Choice(new BigDecimal("3.0"), 3L));
      case LONG ->
          pick(
              random,
              same(Long.MIN_VALUE),
              same(0L),
              new Choice("9007199254740993", 9007199254740993L));
      case FLOAT ->
          pick(
              random,
              new Choice(2L, new BigDecimal("2.0")),
              same(new BigDecimal("0.1")),
              new Choice(new BigDecimal("-0.50"), new BigDecimal("-0.5")));
      case BOOLEAN -> same(random.nextBoolean());
      case DECIMAL ->
          field.name().equals("budget")
              ? pick(random, new Choice(3L, "3.0"), same("7.5"))
              : pick(
                  random,
                  new Choice(2L, "2.00"),
                  new Choice("1.5", "1.50"),
                  new Choice(new BigDecimal("-0.05"), "-0.05"),
                  new Choice("0", "0.00"));
      case DATE -> same(pick(random, "2026-01-31", "2024-02-29", "0001-01-01"));
      case INSTANT ->
          pick(
              random,
              same("2026-01-31T09:30:00Z"),
              new Choice("2026-01-31T09:30:00.5+01:00", "2026-01-31T08:30:00.500Z"),
              new Choice("1969-12-31T23:59:59.9999999Z", "1969-12-31T23:59:59.999999Z"));
      case EMAIL ->
          same(pick(random, "a@example.com", "b@example.com", "c@example.com", "d@example.com"));
      case URL -> same(pick(random, "https://example.com/a?b=c", "http://example.org"));
      case UUID ->
          pick(
              random,
              same("0198c5f2-6f1a-7c3e-9b1d-2f4a8e6c0b57"),
              new Choice(
                  "0198C5F2-6F1A-7C3E-9B1D-2F4A8E6C0B58", "0198c5f2-6f1a-7c3e-9b1d-2f4a8e6c0b58"));
      case LEVEL -> same(pick(random, "LOW", "HIGH"));
      case JSON ->
          pick(
              random,
              same("text"),
              same(new BigDecimal("1.50")),
              same(List.of(1L, Map.of("a", 1L), "b")),
              same(object("a", 1L, "b", object("c", null, "d", true))),
              same(object("b", "text")));
      case ADDRESS -> same(address(random));
      case INTS -> same(pick(random, List.of(), List.of(1L, 2L), List.of(2L, 2L, 3L)));
      case ADDRESSES ->
          same(random.nextBoolean() ? List.of() : List.of(address(random), address(random)));
      case REFERENCE -> throw new IllegalArgumentException("a record has to be chosen");
    };
  }

  private static Map<String, @Nullable Object> address(RandomGenerator random) {
    Map<String, @Nullable Object> address = new LinkedHashMap<>();
    address.put("street", pick(random, "Elm 1", "Oak 2"));
    if (random.nextBoolean()) {
      address.put("city", pick(random, "Oslo", "Rome"));
    }
    if (random.nextBoolean()) {
      address.put("floor", (long) random.nextInt(3));
    }
    return address;
  }

  /// What a merge may say of a value that has members: some of them, null to remove one.
  static Map<String, @Nullable Object> patch(Kind kind, RandomGenerator random) {
    List<Map<String, @Nullable Object>> patches =
        kind == Kind.ADDRESS
            ? Arrays.asList(
                object(),
                object("city", "Rome"),
                object("city", null, "floor", 1L),
                object("street", "Ash 3"),
                object("street", "Ash 3", "city", null))
            : Arrays.asList(
                object(),
                object("a", null),
                object("a", object("x", null, "y", 1L)),
                object("b", object("c", 1L, "d", null)),
                object("b", List.of(1L)));
    return patches.get(random.nextInt(patches.size()));
  }

  @SafeVarargs
  private static <T> T pick(RandomGenerator random, T... values) {
    return values[random.nextInt(values.length)];
  }

  /// RFC 7396, section 2, word for word.
  static @Nullable Object mergePatch(@Nullable Object target, @Nullable Object patch) {
    if (!(patch instanceof Map<?, ?> members)) {
      return patch;
    }
    Map<String, @Nullable Object> result = new LinkedHashMap<>();
    if (target instanceof Map<?, ?> map) {
      map.forEach((name, value) -> result.put((String) name, value));
    }
    for (Map.Entry<?, ?> member : new ArrayList<>(members.entrySet())) {
      String name = (String) member.getKey();
      if (member.getValue() == null) {
        result.remove(name);
      } else {
        result.put(name, mergePatch(result.get(name), member.getValue()));
      }
    }
    return result;
  }
}
