package dev.varve.schema.sdl;

import java.util.ArrayDeque;
import java.util.Deque;

/// How large the program of a regular expression would be, told before it is compiled: RE2 unrolls
/// counted repetitions, and `((a{1000}){1000}){1000}` would fill the memory.
final class RegexSize {
  private final String regex;
  private final long max;
  private final Deque<Long> outer = new ArrayDeque<>();
  private long sum;
  private long last;
  private int at;

  private RegexSize(String regex, long max) {
    this.regex = regex;
    this.max = max;
  }

  /// Whether there would be more than `max` instructions, about one for each character that is matched.
  static boolean exceeds(String regex, long max) {
    return new RegexSize(regex, max).size() > max;
  }

  private long size() {
    while (at < regex.length() && sum + last <= max) {
      step();
    }
    return sum + last;
  }

  private void step() {
    switch (regex.charAt(at)) {
      case '(' -> {
        outer.push(sum + last);
        begin(1, 1);
        sum = 0;
      }
      case ')' -> {
        long group = sum + last + 1;
        sum = outer.isEmpty() ? 0 : outer.pop();
        last = group;
        at++;
      }
      case '[' -> begin(1, classLength());
      case '\\' -> begin(1, escapeLength());
      case '{' -> repeat();
      case '*', '+', '?' -> {
        last++;
        at++;
      }
      default -> begin(1, 1);
    }
  }

  /// What stood before counts as it is; a repetition that follows is of the new part alone.
  private void begin(long size, int characters) {
    sum += last;
    last = size;
    at += characters;
  }

  private int classLength() {
    int end = at + 1;
    if (end < regex.length() && regex.charAt(end) == '^') {
      end++;
    }
    if (end < regex.length() && regex.charAt(end) == ']') {
      end++;
    }
    while (end < regex.length() && regex.charAt(end) != ']') {
      end += regex.charAt(end) == '\\' ? 2 : 1;
    }
    return end + 1 - at;
  }

  private int escapeLength() {
    boolean named = regex.startsWith("p{", at + 1) || regex.startsWith("P{", at + 1);
    int end = named ? regex.indexOf('}', at) : -1;
    return end < 0 ? 2 : end + 1 - at;
  }

  private void repeat() {
    int end = regex.indexOf('}', at);
    String counts = end < 0 ? "" : regex.substring(at + 1, end);
    if (!counts.matches("[0-9]{1,6}(,[0-9]{0,6})?")) {
      begin(1, 1);
      return;
    }
    long count = 1;
    for (String each : counts.split(",", -1)) {
      count = Math.max(count, each.isEmpty() ? 1 : Long.parseLong(each));
    }
    last = last * count + 1;
    at = end + 1;
  }
}
