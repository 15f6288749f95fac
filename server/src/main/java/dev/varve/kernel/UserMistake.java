package dev.varve.kernel;

import java.util.List;

/// A command that cannot do what it was asked to, for reasons that the user can mend.
public final class UserMistake extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// @param lines what is wrong and what to do, for the terminal
  public UserMistake(List<String> lines) {
    super(String.join(System.lineSeparator(), lines), null, false, false);
  }
}
