package dev.varve.lane.access;

import dev.varve.schema.Operation;
import dev.varve.schema.SourceLocation;
import java.util.List;

/// What rules say to a caller about a model, or about a field or a list of it, in words.
///
/// @param subject `Order`, or `Order.note`
/// @param lines in the order of operations, each with one line at least
public record Explanation(String subject, List<Line> lines) {
  public Explanation {
    lines = List.copyOf(lines);
  }

  /// One thing that a rule says.
  ///
  /// @param allowed whether on some records at least
  /// @param text such as `where record.status == 'SHARED'`, or why not
  /// @param location of the rule; [SourceLocation#NONE] where there is none in the schema file
  public record Line(Operation operation, boolean allowed, String text, SourceLocation location) {}
}
