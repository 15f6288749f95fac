package dev.varve.rest;

import java.util.Optional;

/// `limit=30`: how many there are on a page.
final class LimitParameter {
  static final String NAME = "limit";
  static final int STANDARD = 30;
  // a page is rendered in memory, with up to four levels of related records
  static final int MAX = 500;

  private LimitParameter() {}

  static int take(Parameters parameters) {
    Optional<String> text = parameters.take(NAME);
    if (text.isEmpty()) {
      return STANDARD;
    }
    int limit = number(text.get());
    if (limit < 1 || limit > MAX) {
      parameters.errors().add(NAME, "must be a whole number from 1 to " + MAX);
      return STANDARD;
    }
    return limit;
  }

  private static int number(String text) {
    if (text.isEmpty() || text.length() > 9) {
      return -1;
    }
    int number = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = number * 10 + c - '0';
    }
    return number;
  }
}
