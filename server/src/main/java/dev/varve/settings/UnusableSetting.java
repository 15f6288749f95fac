package dev.varve.settings;

/// A setting that is well-formed, and yet cannot be: found out when it is used, such as a file that is not there.
public final class UnusableSetting extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String key;

  /// @param key the setting to look at, such as `http.tls.key`
  /// @param message what is wrong and what to do
  public UnusableSetting(String key, String message) {
    super(message, null, false, false);
    this.key = key;
  }

  public String key() {
    return key;
  }
}
