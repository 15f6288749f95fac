package dev.varve.graphql;

import dev.varve.http.Answer;
import dev.varve.http.Routes;

/// GraphiQL, for browsers.
final class GraphiQl {
  void addTo(Routes.Builder routes, String path) {}

  static Answer page() {
    throw new IllegalStateException();
  }
}
