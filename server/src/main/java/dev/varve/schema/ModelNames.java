package dev.varve.schema;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// Turns the name of a model into the names it is served and stored under.
public final class ModelNames {
  // before a capital after a small letter or digit, before the last capital of `APIKey`, at
  // underscores
  private static final Pattern WORD_ENDS =
      Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_+");

  private static final Map<String, String> IRREGULAR =
      Map.ofEntries(
          Map.entry("person", "people"),
          Map.entry("child", "children"),
          Map.entry("man", "men"),
          Map.entry("woman", "women"),
          Map.entry("foot", "feet"),
          Map.entry("tooth", "teeth"),
          Map.entry("goose", "geese"),
          Map.entry("mouse", "mice"),
          Map.entry("half", "halves"),
          Map.entry("knife", "knives"),
          Map.entry("leaf", "leaves"),
          Map.entry("life", "lives"),
          Map.entry("shelf", "shelves"),
          Map.entry("wife", "wives"),
          Map.entry("hero", "heroes"),
          Map.entry("potato", "potatoes"),
          Map.entry("tomato", "tomatoes"),
          Map.entry("quiz", "quizzes"),
          Map.entry("analysis", "analyses"));

  private ModelNames() {}

  /// `orderLines` for `OrderLine`.
  public static String plural(String model) {
    List<String> words = words(model);
    String last = words.isEmpty() ? "" : pluralWord(words.getLast());
    StringBuilder plural = new StringBuilder();
    for (int i = 0; i < words.size(); i++) {
      String word = i == words.size() - 1 ? last : words.get(i);
      plural.append(i == 0 ? word : capitalised(word));
    }
    return plural.toString();
  }

  /// `order-lines` for `orderLines`.
  public static String path(String plural) {
    return String.join("-", words(plural));
  }

  /// `order_lines` for `orderLines`.
  public static String table(String plural) {
    return String.join("_", words(plural));
  }

  /// `orderLine` for `OrderLine`.
  public static String camelCase(String name) {
    List<String> words = words(name);
    StringBuilder camel = new StringBuilder();
    for (String word : words) {
      camel.append(camel.isEmpty() ? word : capitalised(word));
    }
    return camel.toString();
  }

  private static List<String> words(String name) {
    return Arrays.stream(WORD_ENDS.split(name))
        .filter(word -> !word.isEmpty())
        .map(word -> word.toLowerCase(Locale.ROOT))
        .toList();
  }

  private static String pluralWord(String word) {
    String irregular = IRREGULAR.get(word);
    if (irregular != null) {
      return irregular;
    }
    if (word.matches(".*(s|x|z|ch|sh)")) {
      return word + "es";
    }
    if (word.matches(".*[^aeiou]y")) {
      return word.substring(0, word.length() - 1) + "ies";
    }
    return word + "s";
  }

  private static String capitalised(String word) {
    return Character.toUpperCase(word.charAt(0)) + word.substring(1);
  }
}
