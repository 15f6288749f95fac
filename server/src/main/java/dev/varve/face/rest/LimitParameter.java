package dev.varve.face.rest;

import dev.varve.lane.query.Page;
import dev.varve.schema.RestNames;
import java.util.Optional;

/// `limit=30`: how many there are on a page.
public final class LimitParameter {
  public static final String NAME = RestNames.LIMIT;

  private LimitParameter() {}

  static int take(Parameters parameters) {
    Optional<String> text = parameters.take(NAME);
    if (text.isEmpty()) {
      return Page.LIMIT_STANDARD;
    }
    int limit = number(text.get());
    if (limit < 1 || limit > Page.LIMIT_MAX) {
      parameters.errors().add(NAME, "must be a whole number from 1 to " + Page.LIMIT_MAX);
      return Page.LIMIT_STANDARD;
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
