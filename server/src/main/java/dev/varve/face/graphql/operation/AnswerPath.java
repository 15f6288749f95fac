package dev.varve.face.graphql.operation;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where in the answer a value stands.
record AnswerPath(@Nullable AnswerPath above, Object segment) {
  List<Object> path() {
    List<Object> path = new ArrayList<>();
    for (AnswerPath place = this; place != null; place = place.above) {
      path.addFirst(place.segment);
    }
    return path;
  }
}
