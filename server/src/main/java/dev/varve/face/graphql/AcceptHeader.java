package dev.varve.face.graphql;

import java.util.Locale;
import java.util.Optional;

/// What the header `Accept` allows for an answer (RFC 9110, section 12.5.1).
final class AcceptHeader {
  static final String GRAPHQL = "application/graphql-response+json";
  static final String JSON = "application/json";
  static final String HTML = "text/html";
  static final String EVENTS = "text/event-stream";

  private static final int EXACT = 2;
  private static final Rank UNNAMED = new Rank(-1, -1);

  private final String header;

  AcceptHeader(Optional<String> header) {
    this.header = header.filter(text -> !text.isBlank()).orElse("*/*");
  }

  /// How much a media type is wanted: its quality, and how exactly it is named.
  private record Rank(double quality, int exactness) implements Comparable<Rank> {
    @Override
    public int compareTo(Rank other) {
      int byQuality = Double.compare(quality, other.quality);
      return byQuality != 0 ? byQuality : Integer.compare(exactness, other.exactness);
    }

    boolean isAcceptable() {
      return quality > 0;
    }
  }

  /// The media type of the answer; absent when none is acceptable that this server has. Where neither is named, as in
  /// `*/*`, it is the one that everybody reads.
  Optional<String> mediaType() {
    Rank graphql = rank(GRAPHQL);
    Rank json = rank(JSON);
    if (!graphql.isAcceptable() && !json.isAcceptable()) {
      return Optional.empty();
    }
    boolean prefersJson = json.compareTo(graphql) > 0;
    return Optional.of(prefersJson || graphql.exactness() < EXACT ? JSON : GRAPHQL);
  }

  /// Whether of the two only plain JSON is acceptable, as with clients that are older than the other.
  boolean takesJsonAlone() {
    return rank(JSON).isAcceptable() && !rank(GRAPHQL).isAcceptable();
  }

  /// Whether a page is wanted more than data, as browsers do.
  boolean prefersPage() {
    Rank page = rank(HTML);
    return page.isAcceptable()
        && page.compareTo(rank(GRAPHQL)) > 0
        && page.compareTo(rank(JSON)) > 0;
  }

  /// Whether events are acceptable where there are several results.
  boolean takesEvents() {
    Rank events = rank(EVENTS);
    return events.isAcceptable() && events.exactness() == EXACT;
  }

  /// Whether events are wanted more than data that comes at once.
  boolean prefersEvents() {
    Rank events = rank(EVENTS);
    return takesEvents() && events.compareTo(rank(GRAPHQL)) > 0 && events.compareTo(rank(JSON)) > 0;
  }

  /// What the most exact range that fits says.
  private Rank rank(String mediaType) {
    String anyOfItsKind = mediaType.substring(0, mediaType.indexOf('/')) + "/*";
    Rank best = UNNAMED;
    for (String range : header.split(",", -1)) {
      String[] parts = range.split(";", -1);
      String type = parts[0].strip().toLowerCase(Locale.ROOT);
      int exactness =
          type.equals(mediaType)
              ? EXACT
              : type.equals(anyOfItsKind) ? 1 : type.equals("*/*") ? 0 : UNNAMED.exactness();
      if (exactness > best.exactness()) {
        best = new Rank(quality(parts), exactness);
      }
    }
    return best;
  }

  private static double quality(String[] parts) {
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].strip().toLowerCase(Locale.ROOT);
      if (parameter.startsWith("q=")) {
        try {
          return Double.parseDouble(parameter.substring(2));
        } catch (NumberFormatException e) {
          return 0;
        }
      }
    }
    return 1;
  }
}
