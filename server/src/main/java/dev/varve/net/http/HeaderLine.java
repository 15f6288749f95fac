package dev.varve.net.http;

/// One line of a header section, as it was sent or is to be sent. The same name may stand in many.
public record HeaderLine(String name, String value) {
  /// Whether it has this name, in whatever case.
  public boolean is(String other) {
    return name.equalsIgnoreCase(other);
  }
}
