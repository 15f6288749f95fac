package dev.varve.lane.expression;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// How a shorthand filter compares: the word in brackets, as in `total[gte]=100`.
public enum Operator {
  EQ("eq"),
  NE("ne"),
  GT("gt"),
  GTE("gte"),
  LT("lt"),
  LTE("lte"),
  IN("in"),
  CONTAINS("contains"),
  STARTS_WITH("startsWith"),
  ENDS_WITH("endsWith"),
  IS_NULL("isNull");

  private final String word;

  Operator(String word) {
    this.word = word;
  }

  public String word() {
    return word;
  }

  public static Optional<Operator> of(String word) {
    return Arrays.stream(values()).filter(operator -> operator.word.equals(word)).findFirst();
  }

  /// All words, for messages.
  public static List<String> words() {
    return Arrays.stream(values()).map(Operator::word).toList();
  }
}
