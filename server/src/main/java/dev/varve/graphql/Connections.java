package dev.varve.graphql;

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

  static boolean isCount(Selected field) {
    return field.name().equals(TOTAL_COUNT);
  }

  /// All that is asked of the records of a page, wherever it stands.
  static List<Selected> records(Selected connection) {
    List<Selected> fields = new ArrayList<>();
    for (Selected child : connection.children()) {
      switch (child.name()) {
        case NODES -> fields.addAll(child.children());
        case EDGES -> {
          for (Selected part : child.children()) {
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
