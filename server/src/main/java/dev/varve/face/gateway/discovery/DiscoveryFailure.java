package dev.varve.face.gateway.discovery;

/// Nobody knows where the hosts of a service are. The message says why, with the name of what was asked.
public final class DiscoveryFailure extends Exception {
  private static final long serialVersionUID = 1L;

  DiscoveryFailure(String message) {
    // what is wrong is elsewhere, and its place is in the message
    super(message, null, false, false);
  }

  public String text() {
    return String.valueOf(getMessage());
  }
}
