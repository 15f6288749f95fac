package dev.varve.docs;

import dev.varve.kernel.Json;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Holds what a page shows against what really came. `…` stands for anything: for a value, for a part of
/// a text, for further elements of an array, for further members of an object, for further lines.
final class Shown {
  private static final String ANY = "…";

  private Shown() {}

  /// The JSON documents that stand in a block, one after the other, as plain values.
  static List<Object> documents(String text) {
    List<Object> documents = new ArrayList<>();
    for (String document : new Splitter(text).split()) {
      documents.add(Json.read(document.getBytes(StandardCharsets.UTF_8)));
    }
    return documents;
  }

  /// What differs between a document shown and the real one; nothing when they agree.
  static Optional<String> difference(Object shown, Object real) {
    return difference("the answer", shown, real);
  }

  private static Optional<String> difference(String place, Object shown, Object real) {
    return switch (shown) {
      case String text when text.equals(ANY) -> Optional.empty();
      case String text when real instanceof String other && matches(text, other) ->
          Optional.empty();
      case Map<?, ?> members when real instanceof Map<?, ?> others ->
          members(place, members, others);
      case List<?> elements when real instanceof List<?> others ->
          elements(place, elements, others);
      case null, default ->
          Objects.equals(plain(shown), plain(real))
              ? Optional.empty()
              : Optional.of("%s is %s, the page says %s".formatted(place, text(real), text(shown)));
    };
  }

  private static Object plain(Object value) {
    return value instanceof BigDecimal number ? number.stripTrailingZeros() : value;
  }

  private static String text(Object value) {
    return value instanceof Map || value instanceof List || value instanceof String
        ? new String(Json.bytes(json -> Json.write(json, value)), StandardCharsets.UTF_8)
        : String.valueOf(value);
  }

  private static Optional<String> members(String place, Map<?, ?> shown, Map<?, ?> real) {
    List<String> names = shown.keySet().stream().map(String::valueOf).toList();
    List<String> named = names.stream().filter(name -> !name.startsWith(ANY)).toList();
    List<String> there =
        real.keySet().stream()
            .map(String::valueOf)
            .filter(name -> named.size() == names.size() || named.contains(name))
            .toList();
    if (!there.equals(named)) {
      return Optional.of("%s has the members %s, the page says %s".formatted(place, there, named));
    }
    return named.stream()
        .flatMap(name -> difference(place + "." + name, shown.get(name), real.get(name)).stream())
        .findFirst();
  }

  private static Optional<String> elements(String place, List<?> shown, List<?> real) {
    int gap = shown.indexOf(ANY);
    int before = gap < 0 ? shown.size() : gap;
    int after = gap < 0 ? 0 : shown.size() - gap - 1;
    boolean fits = gap < 0 ? real.size() == before : real.size() >= before + after;
    if (!fits) {
      return Optional.of(
          "%s has %d elements, the page shows %d: %s"
              .formatted(place, real.size(), before + after, text(real)));
    }
    for (int i = 0; i < before + after; i++) {
      int shownAt = i < before ? i : i + 1;
      int realAt = i < before ? i : real.size() - after + i - before;
      Optional<String> difference =
          difference(place + "[" + realAt + "]", shown.get(shownAt), real.get(realAt));
      if (difference.isPresent()) {
        return difference;
      }
    }
    return Optional.empty();
  }

  /// Whether a line is the one shown.
  static boolean matches(String shown, String real) {
    String regex =
        Pattern.compile(ANY)
            .splitAsStream(shown + " ")
            .map(Pattern::quote)
            .collect(Collectors.joining(".*"));
    return Pattern.compile(regex, Pattern.DOTALL).matcher(real + " ").matches();
  }

  /// What differs between the lines shown and the real ones; blanks at their ends do not count.
  static Optional<String> linesDifference(List<String> shown, List<String> real) {
    int at = 0;
    boolean skipping = false;
    for (String line : shown) {
      if (line.strip().equals(ANY)) {
        skipping = true;
        continue;
      }
      while (skipping && at < real.size() && !matches(line.strip(), real.get(at).strip())) {
        at++;
      }
      skipping = false;
      if (at == real.size() || !matches(line.strip(), real.get(at).strip())) {
        return Optional.of(
            "the page shows the line%n  %s%nthe real lines are%n  %s"
                .formatted(line, String.join(System.lineSeparator() + "  ", real)));
      }
      at++;
    }
    return skipping || at == real.size()
        ? Optional.empty()
        : Optional.of("there are more lines than the page shows: " + real.subList(at, real.size()));
  }

  /// Splits a text into documents and turns each bare `…` into JSON.
  private static final class Splitter {
    private final String text;
    private final List<String> documents = new ArrayList<>();
    private final StringBuilder document = new StringBuilder();
    private final Deque<Character> open = new ArrayDeque<>();
    private boolean valueWanted;
    private int gaps;

    Splitter(String text) {
      this.text = text;
    }

    List<String> split() {
      boolean inString = false;
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (inString) {
          document.append(c);
          if (c == '\\') {
            i++;
            document.append(text.charAt(i));
          }
          inString = c != '"';
        } else {
          inString = c == '"';
          step(c);
        }
      }
      finish();
      return documents;
    }

    private void step(char c) {
      switch (c) {
        case '…' -> document.append(gap());
        case '{', '[' -> {
          open.push(c);
          document.append(c);
        }
        case '}', ']' -> {
          open.pop();
          document.append(c);
        }
        default -> document.append(c);
      }
      if (!Character.isWhitespace(c)) {
        valueWanted = c == ':';
      }
      if (open.isEmpty() && (c == '}' || c == ']')) {
        finish();
      }
    }

    private String gap() {
      boolean member = !open.isEmpty() && open.peek() == '{' && !valueWanted;
      return member ? "\"" + ANY + ++gaps + "\":0" : "\"" + ANY + "\"";
    }

    private void finish() {
      if (!document.toString().isBlank()) {
        documents.add(document.toString());
      }
      document.setLength(0);
    }
  }
}
