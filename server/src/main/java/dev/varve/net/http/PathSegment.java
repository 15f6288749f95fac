package dev.varve.net.http;

/// What a segment of a path, decoded, must not be where another server reads it too: servers differ in what they make of it.
public final class PathSegment {
  private PathSegment() {}

  /// Whether it is `.` or `..`, also with parameters behind a semicolon, which some servers take away first.
  public static boolean isDots(String segment) {
    int parameter = segment.indexOf(';');
    String name = parameter < 0 ? segment : segment.substring(0, parameter);
    return name.equals(".") || name.equals("..");
  }

  /// Whether it has a slash, a backslash or a control character within.
  public static boolean isDivided(String segment) {
    return segment.chars().anyMatch(c -> c == '/' || c == '\\' || c < ' ' || c == 0x7F);
  }
}
