package dev.varve.face.gateway;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// The path of a route: plain names, `*` or `{name}` for any one segment, and `**` at the end for whatever is left, also
/// nothing. Immutable.
///
/// Patterns are ordered by what they leave open: where two match, the one whose own segment comes first goes first, a name
/// before any segment before a tail, and the longer one before the shorter.
final class PathPattern implements Comparable<PathPattern> {
  private static final String ANY = "*";
  private static final String TAIL = "**";

  private final String text;
  private final List<String> segments;
  // which of them match any one segment
  private final BitSet open = new BitSet();
  private final boolean tail;

  /// @throws IllegalArgumentException with what is wrong, to follow the text
  PathPattern(String text) {
    if (!text.startsWith("/")) {
      throw new IllegalArgumentException("a path starts with a slash, such as /shipping/**");
    }
    List<String> parts = new ArrayList<>(List.of(text.substring(1).split("/", -1)));
    this.tail = parts.getLast().equals(TAIL);
    if (tail) {
      parts.removeLast();
    }
    for (int i = 0; i < parts.size(); i++) {
      requireSegment(parts.get(i), i, parts.size());
    }
    this.text = text;
    this.segments = List.copyOf(parts);
    for (int i = 0; i < parts.size(); i++) {
      open.set(i, isOpen(parts.get(i)));
    }
  }

  private static void requireSegment(String segment, int index, int count) {
    if (segment.isEmpty() && (index < count - 1)) {
      throw new IllegalArgumentException("it has two slashes in a row");
    }
    if (!isOpen(segment) && !segment.matches("[A-Za-z0-9._~!$&'()+,;=:@-]*")) {
      throw new IllegalArgumentException(
          "its segment '%s' is neither plain nor * or {name}; ** stands at the end alone"
              .formatted(segment));
    }
    if (segment.equals(".") || segment.equals("..")) {
      throw new IllegalArgumentException("no request has the segment '%s'".formatted(segment));
    }
  }

  private static boolean isOpen(String segment) {
    return segment.equals(ANY) || segment.matches("\\{[A-Za-z][A-Za-z0-9]*}");
  }

  /// Whether a path leads here.
  ///
  /// @param path its segments, decoded
  boolean matches(List<String> path) {
    int fixed = segments.size();
    if (tail ? path.size() < fixed : path.size() != fixed) {
      return false;
    }
    for (int i = 0; i < fixed; i++) {
      String segment = segments.get(i);
      boolean fits = isOpen(i) ? !path.get(i).isEmpty() : segment.equals(path.get(i));
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  /// Whether every path that leads to the other leads here too.
  boolean covers(PathPattern other) {
    boolean fits =
        tail
            ? other.segments.size() >= segments.size()
            : !other.tail && other.segments.size() == segments.size();
    for (int i = 0; fits && i < segments.size(); i++) {
      String theirs = other.segments.get(i);
      fits = isOpen(i) ? !theirs.isEmpty() : segments.get(i).equals(theirs);
    }
    return fits;
  }

  private boolean isOpen(int index) {
    return open.get(index);
  }

  /// Whether it takes whatever nothing else takes.
  boolean isEverything() {
    return tail && segments.isEmpty();
  }

  /// Its first segment, if that is a plain name.
  String firstName() {
    return segments.isEmpty() || isOpen(0) ? "" : segments.getFirst();
  }

  /// The same path in the words of [dev.varve.net.http.Routes].
  String routePattern() {
    StringBuilder pattern = new StringBuilder();
    for (int i = 0; i < segments.size(); i++) {
      pattern.append('/').append(isOpen(i) ? "{segment%d}".formatted(i + 1) : segments.get(i));
    }
    return tail ? pattern.append("/{path...}").toString() : pattern.toString();
  }

  @Override
  public int compareTo(PathPattern other) {
    int common = Math.min(segments.size(), other.segments.size());
    for (int i = 0; i < common; i++) {
      int order = Boolean.compare(isOpen(i), other.isOpen(i));
      if (order != 0) {
        return order;
      }
    }
    int longer = Integer.compare(other.segments.size(), segments.size());
    return longer != 0 ? longer : Boolean.compare(tail, other.tail);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PathPattern pattern && routePattern().equals(pattern.routePattern());
  }

  @Override
  public int hashCode() {
    return routePattern().hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
