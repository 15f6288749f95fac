package dev.varve.face.graphql.operation;

import java.util.ArrayList;
import java.util.List;

/// The names of what a page with cursors has.
final class Connections {
  static final String EDGES = "edges";
  static final String NODES = "nodes";
  static final String NODE = "node";
  static final String CURSOR = "cursor";
  static final String PAGE_INFO = "pageInfo";
  static final String TOTAL_COUNT = "totalCount";

  private Connections() {}

  static boolean isCount(CollectedField field) {
    return field.name().equals(TOTAL_COUNT);
  }

  /// All that is asked of the records of a page, wherever it stands.
  static List<CollectedField> records(CollectedField connection) {
    List<CollectedField> fields = new ArrayList<>();
    for (CollectedField child : connection.children()) {
      switch (child.name()) {
        case NODES -> fields.addAll(child.children());
        case EDGES -> {
          for (CollectedField part : child.children()) {
            if (part.name().equals(NODE)) {
              fields.addAll(part.children());
            }
          }
        }
        default -> {}
      }
    }
    return fields;
  }
}
