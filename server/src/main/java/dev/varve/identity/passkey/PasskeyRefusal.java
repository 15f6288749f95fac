package dev.varve.identity.passkey;

/// An answer of an authenticator proves nothing.
///
/// Its message is for whoever sees the page or writes it, and follows the name of a member: `must come from ...`. It never holds a
/// challenge.
public final class PasskeyRefusal extends Exception {
  private static final long serialVersionUID = 1L;

  PasskeyRefusal(String message) {
    // the place where it arises says nothing that the message does not
    super(message, null, false, false);
  }

  /// What is wrong, never absent here.
  public String text() {
    return String.valueOf(getMessage());
  }
}
