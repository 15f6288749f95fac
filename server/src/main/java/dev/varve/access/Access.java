package dev.varve.access;

import dev.varve.access.Caller.Kind;
import dev.varve.expression.Predicates;
import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.schema.Model;
import dev.varve.schema.Operation;
import dev.varve.schema.Schema;

/// The rules of a schema, compiled, and the one place that says yes.
public final class Access {
  private static final Grants EVERYTHING = new Everything();

  private final Grants rules;

  Access(Grants rules) {
    this.rules = rules;
  }

  /// Compiles every rule of a schema, or names everything that is wrong with them.
  public static RulesResult compile(Schema schema) {
    return new RuleCompiler(schema).compile();
  }

  /// The rules for a caller, for whoever describes what may be done.
  public Grants grants(Caller caller) {
    return switch (caller.kind()) {
      case ANONYMOUS, ACCOUNT, MACHINE -> rules;
      case OPERATOR -> EVERYTHING;
    };
  }

  /// Lets a command pass to the write lane, bound by the rules for the caller.
  ///
  /// @throws Problem with FORBIDDEN when no rule could ever allow it
  public Authorized<Command> authorize(Caller caller, Command command) {
    Grants grants = grants(caller);
    requireSome(grants, command.model(), command.operation());
    return new Authorized<>(command, caller, grants);
  }

  /// Lets somebody make their own account, which no rule for the model has to allow; the rules for its fields bind
  /// them.
  ///
  /// @param caller the account that is to be
  public Authorized<Command> authorizeSignUp(Caller caller, Command.Create create) {
    return new Authorized<>(create, caller, new SignUpGrants(grants(caller), create.model()));
  }

  /// Lets a read pass to the read lane, bound by the rules for the caller.
  ///
  /// @throws Problem with FORBIDDEN when no rule could ever allow it, with INVALID_PARAMETER when it
  ///     filters, sorts or expands by what the caller may not see
  public <R extends Read> Authorized<R> authorize(Caller caller, R read) {
    Grants grants = grants(caller);
    requireSome(grants, read.model(), Operation.READ);
    if (caller.kind() != Kind.OPERATOR) {
      new ReadCheck(grants).check(read);
    }
    return new Authorized<>(read, caller, grants);
  }

  private static void requireSome(Grants grants, Model model, Operation operation) {
    if (grants.records(model, operation).equals(Predicates.never())) {
      throw new Problem(
          ErrorCode.FORBIDDEN,
          "No rule allows anybody to %s %s: whoever runs this service can, with a rule for %s on %s"
              .formatted(verb(operation), model.name(), operation, model.name()));
    }
  }

  private static String verb(Operation operation) {
    return switch (operation) {
      case CREATE -> "create";
      case READ -> "read";
      case UPDATE -> "update";
      case DELETE -> "delete";
    };
  }
}
