package dev.varve.face.graphql;

import dev.varve.net.http.AcceptedTypes;
import dev.varve.net.http.AcceptedTypes.Rank;
import java.util.Optional;

/// What the header `Accept` allows for an answer (RFC 9110, section 12.5.1).
final class AcceptHeader {
  static final String GRAPHQL = "application/graphql-response+json";
  static final String JSON = "application/json";
  static final String HTML = "text/html";
  static final String EVENTS = "text/event-stream";

  private final AcceptedTypes accepted;

  AcceptHeader(Optional<String> header) {
    this.accepted = new AcceptedTypes(header);
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
    return Optional.of(prefersJson || !graphql.isExact() ? JSON : GRAPHQL);
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
    return events.isAcceptable() && events.isExact();
  }

  /// Whether events are wanted more than data that comes at once.
  boolean prefersEvents() {
    Rank events = rank(EVENTS);
    return takesEvents() && events.compareTo(rank(GRAPHQL)) > 0 && events.compareTo(rank(JSON)) > 0;
  }

  private Rank rank(String mediaType) {
    return accepted.rank(mediaType);
  }
}
