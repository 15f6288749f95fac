package dev.varve.lane.expression;

import dev.varve.kernel.Folding;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// How a shorthand filter compares: the word in brackets, as in `total[gte]=100` or `name[eqIgnoreCase]=ann`.
///
/// @param folding what texts may differ in, for the tests of text
public record Operator(Test test, Folding folding) {
  /// What is asked of a value.
  public enum Test {
    EQ("eq", true),
    NE("ne", true),
    GT("gt", false),
    GTE("gte", false),
    LT("lt", false),
    LTE("lte", false),
    IN("in", true),
    CONTAINS("contains", true),
    STARTS_WITH("startsWith", true),
    ENDS_WITH("endsWith", true),
    IS_NULL("isNull", false);

    private final String word;
    private final boolean foldable;

    Test(String word, boolean foldable) {
      this.word = word;
      this.foldable = foldable;
    }
  }

  public static final Operator EQ = new Operator(Test.EQ);
  public static final Operator NE = new Operator(Test.NE);
  public static final Operator GT = new Operator(Test.GT);
  public static final Operator GTE = new Operator(Test.GTE);
  public static final Operator LT = new Operator(Test.LT);
  public static final Operator LTE = new Operator(Test.LTE);
  public static final Operator IN = new Operator(Test.IN);
  public static final Operator CONTAINS = new Operator(Test.CONTAINS);
  public static final Operator STARTS_WITH = new Operator(Test.STARTS_WITH);
  public static final Operator ENDS_WITH = new Operator(Test.ENDS_WITH);
  public static final Operator IS_NULL = new Operator(Test.IS_NULL);

  private static final List<Operator> ALL = all();

  private Operator(Test test) {
    this(test, Folding.EXACT);
  }

  private static List<Operator> all() {
    Stream<Operator> exact = Arrays.stream(Test.values()).map(Operator::new);
    Stream<Operator> folded =
        Stream.of(Folding.CASE, Folding.ACCENTS)
            .flatMap(folding ->
                Arrays.stream(Test.values())
                    .filter(test -> test.foldable)
                    .map(test -> new Operator(test, folding)));
    return Stream.concat(exact, folded).toList();
  }

  /// All of them.
  public static List<Operator> values() {
    return ALL;
  }

  public String word() {
    return switch (folding) {
      case EXACT -> test.word;
      case CASE -> test.word + "IgnoreCase";
      case ACCENTS -> test.word + "IgnoreAccents";
    };
  }

  public static Optional<Operator> of(String word) {
    return ALL.stream().filter(operator -> operator.word().equals(word)).findFirst();
  }

  /// All words, for messages.
  public static List<String> words() {
    return ALL.stream().map(Operator::word).toList();
  }
}
