package dev.varve.store.sql;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Names the rules that stored texts follow: `1, Java 25`.
///
/// @param number of Varve's own part
/// @param java the release whose Unicode says what is a letter, and how it folds: a newer one knows more of them
public record TextRuleSet(int number, int java) {
  private static final Pattern TEXT = Pattern.compile("(\\d{1,9}), Java (\\d{1,9})");

  /// Those of the Java that this runs on.
  public static TextRuleSet here(int number) {
    return new TextRuleSet(number, Runtime.version().feature());
  }

  /// @return empty for a text that names none
  public static Optional<TextRuleSet> of(String text) {
    Matcher matcher = TEXT.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new TextRuleSet(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))))
        : Optional.empty();
  }

  /// Whether a program with the others' rules came first.
  public boolean isNewerThan(TextRuleSet other) {
    return number > other.number || (number == other.number && java > other.java);
  }

  @Override
  public String toString() {
    return "%d, Java %d".formatted(number, java);
  }
}
