package dev.varve.lane.live;

/// A notice with its bytes as a face renders it, made once for all who get it.
public record Frame(Notice notice, byte[] bytes) {
  /// Renders a notice.
  @FunctionalInterface
  public interface Writer {
    byte[] bytes(Notice notice);
  }
}
