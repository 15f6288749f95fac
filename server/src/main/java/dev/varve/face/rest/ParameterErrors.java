package dev.varve.face.rest;

import dev.varve.kernel.ErrorCode;
import dev.varve.kernel.FieldError;
import dev.varve.kernel.Problem;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Collects what is wrong with the query parameters of one request, so that all of it is told at once.
final class ParameterErrors {
  // enough to mend a request by; more is noise
  private static final int ERRORS_MAX = 50;

  private final List<FieldError> errors = new ArrayList<>();
  private final Set<ErrorCode> codes = EnumSet.noneOf(ErrorCode.class);

  void add(String parameter, String message) {
    add(ErrorCode.INVALID_PARAMETER, parameter, message);
  }

  void add(ErrorCode code, String parameter, String message) {
    if (errors.size() < ERRORS_MAX) {
      errors.add(new FieldError(parameter, message));
    }
    codes.add(code);
  }

  /// Takes over what another stage found wrong with the value of a parameter.
  void add(String parameter, Problem problem) {
    if (problem.details().isEmpty()) {
      add(problem.code(), parameter, problem.text());
    } else {
      problem.details().forEach(detail -> add(problem.code(), detail.field(), detail.message()));
    }
  }

  /// @throws Problem with all that was collected: under its own code when all is of one kind, else
  ///     INVALID_PARAMETER
  void throwIfAny() {
    if (errors.isEmpty()) {
      return;
    }
    ErrorCode code = codes.size() == 1 ? codes.iterator().next() : ErrorCode.INVALID_PARAMETER;
    throw new Problem(code, errors.size() == 1 ? single(code) : "Invalid query parameters", errors);
  }

  private static String single(ErrorCode code) {
    return switch (code) {
      case INVALID_CURSOR -> "Invalid cursor";
      case INVALID_INSTANT -> "Invalid moment";
      default -> "Invalid query parameter";
    };
  }
}
