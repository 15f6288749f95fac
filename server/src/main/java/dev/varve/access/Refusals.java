package dev.varve.access;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.Problem;
import dev.varve.schema.Model;
import dev.varve.schema.Operation;

/// What callers are told who may not do something. It says the next step, and nothing of the records.
final class Refusals {
  private Refusals() {}

  static Problem unauthenticated(Model model, Operation operation) {
    return new Problem(
        ErrorCode.UNAUTHENTICATED,
        "Nobody is signed in, and to %s %s somebody must be: sign in, and send the access token as Authorization: Bearer TOKEN"
            .formatted(verb(operation), model.name()));
  }

  /// @param forOthers whether a rule allows it to other callers
  static Problem forbidden(Model model, Operation operation, boolean forOthers) {
    return new Problem(
        ErrorCode.FORBIDDEN,
        (forOthers
                ? "No rule allows you to %s %s: it takes a role that you do not have, or to be its owner. An administrator can give roles"
                : "No rule allows anybody to %s %s: whoever runs this service can, with a rule for "
                    + operation
                    + " on "
                    + model.name())
            .formatted(verb(operation), model.name()));
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
