package dev.varve.kernel;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import org.jspecify.annotations.Nullable;

/// Random plain values, as [Json] reads them.
public final class AnyJson {
  private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);

  private static final BigDecimal DECIMAL_MAX = new BigDecimal("1e20");

  private AnyJson() {}

  /// Any value, null among them.
  public static Arbitrary<@Nullable Object> values() {
    return Arbitraries.recursive(AnyJson::leaves, AnyJson::nested, 0, 3);
  }

  /// Any object.
  public static Arbitrary<Map<String, @Nullable Object>> objects() {
    return objects(values());
  }

  /// Text of all planes, with characters that JSON escapes.
  public static Arbitrary<String> texts() {
    return Arbitraries.oneOf(
            Arbitraries.of(
                "a", "b", " ", "\"", "\\", "/", "\n", "\t", "\u0001", "\u007f", "\u0085"),
            Arbitraries.of("\u00e9", "\u20ac", "\u2028", "\ufeff", "\uffff", "\ud83d\ude00"),
            Arbitraries.chars().range('\u0100', '\ud7ff').map(String::valueOf))
        .list()
        .ofMaxSize(6)
        .map(parts -> String.join("", parts));
  }

  private static Arbitrary<@Nullable Object> leaves() {
    return Arbitraries.<@Nullable Object>oneOf(
            texts(),
            Arbitraries.of(true, false),
            Arbitraries.longs(),
            Arbitraries.bigIntegers()
                .between(LONG_MAX.add(BigInteger.ONE), LONG_MAX.pow(4))
                .map(BigDecimal::new),
            Arbitraries.bigDecimals().between(DECIMAL_MAX.negate(), DECIMAL_MAX).ofScale(6),
            Arbitraries.integers()
                .between(-900, 900)
                .map(exponent ->
                    new BigDecimal(BigInteger.valueOf(12_345), exponent == 0 ? 1 : exponent)))
        .injectNull(0.1);
  }

  private static Arbitrary<@Nullable Object> nested(Arbitrary<@Nullable Object> inner) {
    return Arbitraries.<@Nullable Object>oneOf(
        inner, inner.list().ofMaxSize(3).map(Collections::unmodifiableList), objects(inner));
  }

  private static Arbitrary<Map<String, @Nullable Object>> objects(
      Arbitrary<@Nullable Object> members) {
    Arbitrary<String> names = Arbitraries.oneOf(Arbitraries.of("a", "b", "c"), texts());
    return Arbitraries.maps(names, members)
        .ofMaxSize(4)
        .map(map -> Collections.unmodifiableMap(new LinkedHashMap<>(map)));
  }
}
