package dev.varve.lane.access;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.schema.Model;
import dev.varve.schema.Operation;
import java.util.Collections;
import java.util.Set;

/// What callers are told who may not do something. It says the next step, and nothing of the records.
final class AccessRefusals {
  private AccessRefusals() {}

  /// @param scopes of which an application takes one
  static Problem unauthenticated(Model model, Operation operation, Set<String> scopes) {
    return Problem.unauthenticated(
        "Nobody is signed in, and to %s %s somebody must be: sign in, and send the access token as Authorization: Bearer TOKEN"
            .formatted(verb(operation), model.name()),
        scopes);
  }

  /// @param book the rules of the model
  static Problem forbidden(RuleBook book, Operation operation, Caller caller) {
    Model model = book.model();
    Set<String> scopes = book.scopes(operation);
    boolean shut =
        !caller.isUnbound()
            && Collections.disjoint(caller.application().orElseThrow().scopes(), scopes);
    if (shut && !scopes.isEmpty()) {
      return Problem.insufficientScope(
          "The application %s was not given a scope with which it may %s %s: it takes %s"
              .formatted(
                  caller.application().get().client(),
                  verb(operation),
                  model.name(),
                  String.join(" or ", scopes)),
          caller.with(scopes));
    }
    String what = verb(operation) + " " + model.name();
    return new Problem(
        ErrorCode.FORBIDDEN,
        book.isForTheKnown(operation)
            ? "No rule allows you to " + what + takes(book, operation, caller, shut)
            : "No rule allows anybody to " + what + ": " + nextStep(model, operation));
  }

  /// What would have to be otherwise about the caller.
  ///
  /// @param shut whether an application asks that no rule opens it for
  private static String takes(RuleBook book, Operation operation, Caller caller, boolean shut) {
    if (shut) {
      return " through an application: no rule names a scope for it";
    }
    boolean role = book.isForRoles(operation);
    boolean account = caller.account().isEmpty() && book.isForAccounts(operation);
    if (role && account) {
      return ": it takes a role that you do not have, or an account, which an API key is not. An administrator can give roles";
    }
    if (role) {
      return ": it takes a role that you do not have. An administrator can give roles";
    }
    return account ? ": it takes an account, which an API key is not" : "";
  }

  private static String nextStep(Model model, Operation operation) {
    if (model.account() && operation == Operation.CREATE) {
      return "accounts are made by signing up (POST /auth/sign-up), or with varve user create";
    }
    return "whoever runs this service can, with a rule for %s on %s"
        .formatted(operation, model.name());
  }

  static String verb(Operation operation) {
    return switch (operation) {
      case CREATE -> "create";
      case READ -> "read";
      case UPDATE -> "update";
      case DELETE -> "delete";
    };
  }
}
