package dev.varve.identity.passkey;

/// An answer of an authenticator proves nothing.
///
/// Its message is for whoever sees the page or writes it, and follows the name of a member: `must come from ...`. It never holds a
/// challenge.
public final class PasskeyRefusal extends Exception {
  private static final long serialVersionUID = 1L;

  public PasskeyRefusal(String message) {
    // the place where it arises says nothing that the message does not
    super(message, null, false, false);
  }

  public static PasskeyRefusal ofChallenge() {
    return new PasskeyRefusal(
        "answers a challenge that is not good here: it was used, is older than five minutes, or was made for something else. Ask for other options");
  }

  /// Of one of which there may be two.
  public static PasskeyRefusal ofCopy() {
    return new PasskeyRefusal(
        "counts its uses, and this one does not follow the last: there may be a copy of it. Try again, and remove the passkey if that goes on");
  }

  /// What is wrong, never absent here.
  public String text() {
    return String.valueOf(getMessage());
  }
}
