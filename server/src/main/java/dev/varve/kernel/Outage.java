package dev.varve.kernel;

/// Something that Varve stands on does not do its part now: nobody has made a mistake, and it may be over in a moment. Whoever asked is
/// told so as of a refusal.
public abstract class Outage extends RuntimeException {
  private static final long serialVersionUID = 1L;

  protected Outage(String message, Throwable cause) {
    super(message, cause);
  }

  /// What is away, as a sentence without its end.
  protected abstract String told();

  /// As it is told.
  ///
  /// @param harmless whether what was asked for changes nothing, so that it may be asked again whatever became of it
  public final Problem problem(boolean harmless) {
    return new Problem(
        ErrorCode.STORAGE_UNAVAILABLE,
        told()
            + (harmless
                ? ": try again in a moment"
                : ", and what you sent may have been done: look before you send it again"));
  }
}
