package dev.varve.face.gateway.resilience;

/// Whether a service is asked.
public enum BreakerState {
  CLOSED(0),
  /// One request at a time is let through as a trial.
  HALF_OPEN(1),
  OPEN(2);

  private final int number;

  BreakerState(int number) {
    this.number = number;
  }

  /// What metrics say for it.
  public int number() {
    return number;
  }
}
