package dev.varve.identity.mail;

/// A mail was not taken. The message has neither an address nor anything else of the mail in it.
final class MailFailed extends Exception {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /// What is to be done.
  enum Kind {
    /// The mail server takes none now, which is no fault of the mail: it waits with all others.
    AWAY,
    /// It may be taken next time.
    LATER,
    /// It never will be.
    NEVER
  }

  MailFailed(Kind kind, String reason) {
    super(reason);
    this.kind = kind;
  }

  Kind kind() {
    return kind;
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
