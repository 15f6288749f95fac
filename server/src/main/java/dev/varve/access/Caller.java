package dev.varve.access;

/// Who asks.
///
/// @param actor the name that the log keeps
public record Caller(Kind kind, String actor) {
  /// A request that came without credentials.
  public static final Caller ANONYMOUS = new Caller(Kind.ANONYMOUS, "anonymous");

  /// How the caller is known.
  public enum Kind {
    ANONYMOUS,
    /// Whoever holds the machine and its data folder: the command line. Rules do not apply.
    OPERATOR
  }

  /// The command line, doing what `task` names.
  public static Caller operator(String task) {
    return new Caller(Kind.OPERATOR, "operator:" + task);
  }
}
