package dev.varve.identity.provider;

/// A provider has not said who somebody is. The text is for operators: it says what happened and holds nothing secret.
public final class ProviderFailed extends Exception {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /// What people are told.
  public enum Kind {
    /// They have not gone through with it there.
    DENIED,
    /// The provider does not answer at the moment.
    UNAVAILABLE,
    /// Its answer is not to be believed, or not understood.
    WRONG_ANSWER
  }

  ProviderFailed(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  ProviderFailed(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  static ProviderFailed wrong(String message) {
    return new ProviderFailed(Kind.WRONG_ANSWER, message);
  }

  public Kind kind() {
    return kind;
  }
}
